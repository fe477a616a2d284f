//! Published documents, in the system group.
//!
//! Key: kind 0x40, the document's kind, 0x00, its id, 0x00, and the version that brought it in this form, big endian. One for
//! each change ever published. Value, layout version 1.

use baton_model::ids::DefinitionsVersion;
use baton_ports::record_store::{KeyRange, Order, Records};
use baton_shard::entry::RowWrite;
use jiff::Timestamp;

use super::layout::layout_struct;
use super::{ReadError, key, layout};

/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

/// One published form of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedDocument {
    /// Such as `Journey`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The version that brought it.
    pub version: DefinitionsVersion,
    /// When that was published.
    pub published_at: Timestamp,
    /// The schema its text follows.
    pub schema: u32,
    /// The file it came from, for errors.
    pub file: String,
    /// The line of that file on which the text starts, from 1.
    pub first_line: u32,
    /// As its author wrote it.
    pub text: String,
}

layout_struct!(PublishedDocument { kind, id, version, published_at, schema, file, first_line, text });

/// The row of a published document.
pub fn document_write(document: &PublishedDocument) -> RowWrite {
    let key = key::document(&document.kind, &document.id, document.version);
    RowWrite { key, value: Some(layout::row(VERSION, document)) }
}

/// Every published form of every document, by kind, id and version.
pub fn documents(records: &dyn Records) -> Result<Vec<PublishedDocument>, ReadError> {
    let rows = records.range(KeyRange::prefix(key::prefix(key::Kind::Document)), Order::Ascending);
    rows.map(|row| {
        let row = row?;
        layout::read_row(VERSION, &row.value).map_err(|cause| ReadError::row("document", &row.key, cause))
    })
    .collect()
}
