//! A segment: one file of the log. Segments are numbered from 1 without gaps; only the last one is written to.
//!
//! `BatonLog | format version u32 | 0 u32 | frames`. The first frame is the *table*: where the segment before it ends, and
//! each group's live range, purge mark and rows. So the log can be read from any segment on, the segments before the
//! oldest live entry can go, and an idle group pins nothing but its entries.

use super::frame;
use super::group::Group;
use super::record::{Kind, Record};

/// Bytes before the first frame.
pub(super) const FILE_HEADER_LEN: usize = 16;
/// The format that this version writes and reads.
pub(super) const FORMAT_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"BatonLog";
const SUFFIX: &str = ".log";
const SPARE_PREFIX: &str = "spare-";

/// The file name of a segment.
pub(super) fn name(segment: u64) -> String {
    format!("{segment:016}{SUFFIX}")
}

/// The name of a file kept to become a segment again.
pub(super) fn spare_name(segment: u64) -> String {
    format!("{SPARE_PREFIX}{segment:016}")
}

/// Whether a name is that of a spare file.
pub(super) fn is_spare(name: &str) -> bool {
    name.starts_with(SPARE_PREFIX)
}

/// The segment that a file name means.
pub(super) fn number(name: &str) -> Option<u64> {
    name.strip_suffix(SUFFIX).filter(|digits| digits.len() == 16)?.parse().ok().filter(|number| *number > 0)
}

/// The bytes that a new segment begins with: the file header and the table.
pub(super) fn opening<'a>(segment: u64, previous_end: u64, groups: impl Iterator<Item = (u32, &'a Group)>) -> Vec<u8> {
    let mut table = Vec::new();
    frame::begin(&mut table);
    Record { kind: Kind::Opened, group: 0, number: previous_end, bytes: &[] }.encode(&mut table);
    for (id, group) in groups {
        encode_group(id, group, &mut table);
    }
    frame::seal(&mut table, segment, FILE_HEADER_LEN as u64);
    let mut bytes = Vec::with_capacity(FILE_HEADER_LEN + table.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&0_u32.to_le_bytes());
    bytes.extend_from_slice(&table);
    bytes
}

/// What is wrong with the first bytes of a segment, if anything.
pub(super) fn header_problem(bytes: &[u8]) -> Option<String> {
    let (magic, rest) = bytes.split_at_checked(MAGIC.len())?;
    if magic != MAGIC {
        return Some("the file does not begin like a segment of the log".to_owned());
    }
    let version = rest.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    (version != Some(FORMAT_VERSION))
        .then(|| format!("its format version is {version:?}, this program reads {FORMAT_VERSION}"))
}

fn encode_group(id: u32, group: &Group, table: &mut Vec<u8>) {
    if let Some(purged) = group.purged() {
        Record { kind: Kind::Purge, group: id, number: purged.through, bytes: &purged.mark }.encode(table);
    }
    let end = group.durable_end().to_le_bytes();
    Record { kind: Kind::Span, group: id, number: group.durable_first(), bytes: &end }.encode(table);
    for (row, value) in group.rows() {
        Record { kind: Kind::Row, group: id, number: row.number(), bytes: value }.encode(table);
    }
}
