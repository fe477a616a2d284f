//! Released sends: the rows by which a shard finds what to attempt.
//!
//! Key: kind 0x21 and the send's id. As many as are released and not ended. Value, layout version 1: whose send it is.

use baton_model::ids::SendId;
use baton_model::text_id::CustomerId;
use baton_ports::record_store::{KeyRange, Order, Records};

use super::{ReadError, key, layout};

/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

/// At most `limit` released sends with their customers, by id.
pub fn outbox(records: &dyn Records, limit: usize) -> Result<Vec<(SendId, CustomerId)>, ReadError> {
    let rows = records.range(KeyRange::prefix(key::prefix(key::Kind::Outbox)), Order::Ascending);
    rows.take(limit)
        .map(|row| {
            let row = row?;
            let customer =
                layout::read_row(VERSION, &row.value).map_err(|cause| ReadError::row("outbox", &row.key, cause))?;
            Ok((key::read_outbox(&row.key)?, customer))
        })
        .collect()
}
