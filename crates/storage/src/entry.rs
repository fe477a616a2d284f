//! Log entries as bytes.
//!
//! Layout: one format version byte, then the entry in postcard's compact form (varints, length-prefixed bytes): its kind,
//! its numbers in the order of [`Form`], and for a batch the rows. Instants are whole milliseconds since 1970.
//! A log may hold entries of every version since its last purge, so a version stays readable for ever.

use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq};
use baton_shard::entry::{Activate, Batch, Entry, RowWrite};
use bytes::Bytes;
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// The format that is written.
const VERSION: u8 = 1;

/// Encodes an entry. The instants lose what is below a millisecond.
pub fn encode(entry: &Entry) -> Bytes {
    let form = match entry {
        Entry::Activate(activate) => Form::Activate { node: activate.node.0, at_ms: activate.at.as_millisecond() },
        Entry::Batch(batch) => Form::Batch {
            epoch: batch.epoch.0,
            seq: batch.seq.0,
            definitions_version: batch.definitions_version.0,
            at_ms: batch.at.as_millisecond(),
            rows: batch.writes.iter().map(|row| (Raw(&row.key), row.value.as_deref().map(Raw))).collect(),
        },
    };
    let mut bytes = Vec::with_capacity(encoded_length_guess(entry));
    bytes.push(VERSION);
    postcard::to_extend(&form, bytes)
        .expect("a vector takes any number of bytes, and the form has no refusing part")
        .into()
}

/// Decodes an entry. Keys and values share the memory of `bytes`.
pub fn decode(bytes: &Bytes) -> Result<Entry, EntryError> {
    let Some((&version, body)) = bytes.split_first() else {
        return Err(EntryError::Empty);
    };
    if version != VERSION {
        return Err(EntryError::UnknownVersion { version });
    }
    let (form, rest) = postcard::take_from_bytes::<Form<'_>>(body)?;
    if !rest.is_empty() {
        return Err(EntryError::TrailingBytes { count: rest.len() });
    }
    Ok(match form {
        Form::Activate { node, at_ms } => Entry::Activate(Activate { node: NodeId(node), at: instant(at_ms)? }),
        Form::Batch { epoch, seq, definitions_version, at_ms, rows } => Entry::Batch(Batch {
            epoch: Epoch(epoch),
            seq: Seq(seq),
            definitions_version: DefinitionsVersion(definitions_version),
            at: instant(at_ms)?,
            writes: rows
                .into_iter()
                .map(|(key, value)| RowWrite {
                    key: bytes.slice_ref(key.0),
                    value: value.map(|value| bytes.slice_ref(value.0)),
                })
                .collect(),
        }),
    })
}

/// Why bytes are not an entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// There are no bytes at all.
    #[error("a log entry is empty")]
    Empty,
    /// A later Baton wrote it.
    #[error("a log entry has format {version}, this build reads format {VERSION}: run the newer version of Baton")]
    UnknownVersion {
        /// Its first byte.
        version: u8,
    },
    /// The bytes end too early or hold an impossible value.
    #[error("a log entry cannot be read")]
    Malformed(#[from] postcard::Error),
    /// More follows after the entry.
    #[error("{count} bytes follow a log entry")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// Its instant is outside of what the calendar can express.
    #[error("a log entry has the instant {at_ms} ms, which no calendar has")]
    InstantOutOfRange {
        /// The milliseconds since 1970 that it holds.
        at_ms: i64,
    },
}

/// Version 1 of an entry as postcard sees it. The order of variants and fields is the format.
#[derive(serde::Serialize, serde::Deserialize)]
enum Form<'a> {
    Activate {
        node: u64,
        at_ms: i64,
    },
    Batch {
        epoch: u64,
        seq: u64,
        definitions_version: u64,
        at_ms: i64,
        #[serde(borrow)]
        rows: Vec<(Raw<'a>, Option<Raw<'a>>)>,
    },
}

/// Bytes that are written as one piece and read without a copy.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de [u8]>::deserialize(deserializer).map(Raw)
    }
}

fn instant(at_ms: i64) -> Result<Timestamp, EntryError> {
    Timestamp::from_millisecond(at_ms).map_err(|_| EntryError::InstantOutOfRange { at_ms })
}

/// Enough room for most entries, so that encoding one allocates once.
fn encoded_length_guess(entry: &Entry) -> usize {
    /// The version, the kind and four numbers, and the two lengths of each row, when they are small.
    const HEAD: usize = 32;
    const PER_ROW: usize = 6;
    match entry {
        Entry::Activate(_) => HEAD,
        Entry::Batch(batch) => batch
            .writes
            .iter()
            .fold(HEAD, |sum, row| sum + PER_ROW + row.key.len() + row.value.as_ref().map_or(0, Bytes::len)),
    }
}

#[cfg(test)]
mod tests;
