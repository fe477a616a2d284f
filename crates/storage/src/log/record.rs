//! What a frame holds: records, one after the other, each `kind u8 | group u32 | number u64 | length u32 | checksum u32 |
//! bytes`, little endian.
//!
//! | kind | number | bytes |
//! |---|---|---|
//! | `Opened` | end offset of the segment before | none; first record of each segment |
//! | `Span` | first live index of the group | one past its last index, `u64`; only behind `Opened` |
//! | `Entry` | index | what consensus encoded |
//! | `Truncate` | first index that is gone | none |
//! | `Purge` | last index that is gone | the mark that consensus keeps of it |
//! | `Row` | [`Row`] | the row's value |
//! | `Drop` | 0 | none; the group is gone |
//!
//! The checksum covers the record's own header and bytes, so that an entry read back alone is checked.

/// Bytes before a record's own.
pub(super) const RECORD_HEADER_LEN: usize = 21;

/// A small value that a group keeps beside its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Row {
    /// The vote that the replica last granted.
    Vote = 1,
    /// The last log id known to be committed; may be behind.
    Committed = 2,
    /// What the replica's records hold durably, noted by a checkpoint.
    Checkpoint = 3,
}

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Opened = 1,
    Span = 2,
    Entry = 3,
    Truncate = 4,
    Purge = 5,
    Row = 6,
    Drop = 7,
}

/// One record, borrowing its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub kind: Kind,
    pub group: u32,
    pub number: u64,
    pub bytes: &'a [u8],
}

impl Row {
    pub(super) fn from_number(number: u64) -> Option<Self> {
        [Self::Vote, Self::Committed, Self::Checkpoint].into_iter().find(|row| row.number() == number)
    }

    pub(super) fn number(self) -> u64 {
        self as u64
    }
}

impl Record<'_> {
    /// Appends the record to a frame and returns its length.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> u32 {
        let length = u32::try_from(self.bytes.len()).expect("the batch bound is far below 4 GiB");
        let start = out.len();
        out.push(self.kind as u8);
        out.extend_from_slice(&self.group.to_le_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        let checksum = checksum(&out[start..], self.bytes);
        out.extend_from_slice(&checksum.to_le_bytes());
        out.extend_from_slice(self.bytes);
        u32::try_from(out.len() - start).expect("the batch bound is far below 4 GiB")
    }
}

impl<'a> Record<'a> {
    /// Takes the first record off `bytes`; `None` if they do not begin with a whole one.
    pub(super) fn decode(bytes: &mut &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_at_checked(RECORD_HEADER_LEN)?;
        let kind = Kind::from_byte(header[0])?;
        let group = u32::from_le_bytes(header[1..5].try_into().ok()?);
        let number = u64::from_le_bytes(header[5..13].try_into().ok()?);
        let length = u32::from_le_bytes(header[13..17].try_into().ok()?);
        let expected = u32::from_le_bytes(header[17..21].try_into().ok()?);
        let (own, rest) = rest.split_at_checked(length as usize)?;
        if checksum(&header[..17], own) != expected {
            return None;
        }
        *bytes = rest;
        Some(Self { kind, group, number, bytes: own })
    }
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Opened, Self::Span, Self::Entry, Self::Truncate, Self::Purge, Self::Row, Self::Drop]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

fn checksum(header: &[u8], bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(bytes);
    hasher.finalize()
}
