//! One chunk of a snapshot as bytes.
//!
//! Layout, numbers big endian: format version (u8), whether it is the last (u8, 0 or 1), number (u32), length of the body
//! (u32), CRC-32 over all of the former and the body (u32), body. The body is rows: length of the key (u32), length of the
//! value (u32), key, value.

use baton_ports::record_store::Row;
use baton_shard::entry::RowWrite;
use bytes::{Buf, BufMut, Bytes, BytesMut};

/// The format that is written.
const VERSION: u8 = 1;
/// Bytes before the body.
pub const HEADER_BYTES: usize = 14;
/// Where the checksum is in the header.
const CHECKSUM_AT: usize = 10;
/// The largest body that is read: a chunk is cut near 1 MiB and only a single row can make it larger, and no row is nearly
/// so large. A longer one is damage, and is refused before memory is taken for it.
const BODY_BYTES_MAX: u32 = 64 << 20;

/// Consecutive rows of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its place, from 0.
    pub number: u32,
    /// Whether the snapshot ends with it.
    pub last: bool,
    body: Bytes,
}

impl Chunk {
    /// A chunk of these rows.
    pub fn of(number: u32, last: bool, rows: &[Row]) -> Self {
        let size = rows.iter().map(|row| 8 + row.key.len() + row.value.len()).sum();
        let mut body = BytesMut::with_capacity(size);
        for row in rows {
            body.put_u32(length(&row.key));
            body.put_u32(length(&row.value));
            body.put_slice(&row.key);
            body.put_slice(&row.value);
        }
        Self { number, last, body: body.freeze() }
    }

    /// Its rows. They share the memory of the chunk.
    pub fn rows(&self) -> Result<Vec<RowWrite>, ChunkError> {
        let mut body = self.body.clone();
        let mut rows = Vec::new();
        while body.has_remaining() {
            let (Ok(key), Ok(value)) = (body.try_get_u32(), body.try_get_u32()) else {
                return Err(ChunkError::Malformed);
            };
            let (key, value) = (key as usize, value as usize);
            if body.remaining() < key.saturating_add(value) {
                return Err(ChunkError::Malformed);
            }
            rows.push(RowWrite { key: body.split_to(key), value: Some(body.split_to(value)) });
        }
        Ok(rows)
    }

    /// The chunk as bytes, header first.
    pub fn encode(&self) -> [Bytes; 2] {
        let mut header = BytesMut::with_capacity(HEADER_BYTES);
        header.put_u8(VERSION);
        header.put_u8(u8::from(self.last));
        header.put_u32(self.number);
        header.put_u32(length(&self.body));
        let checksum = checksum(&header, &self.body);
        header.put_u32(checksum);
        [header.freeze(), self.body.clone()]
    }

    /// How many bytes of body follow a header.
    pub fn body_bytes(header: &[u8; HEADER_BYTES]) -> Result<usize, ChunkError> {
        if header[0] != VERSION {
            return Err(ChunkError::UnknownVersion { version: header[0] });
        }
        let length = (&header[6..CHECKSUM_AT]).get_u32();
        if length > BODY_BYTES_MAX { Err(ChunkError::Malformed) } else { Ok(length as usize) }
    }

    /// The chunk of a header and the body that follows it.
    pub fn decode(header: &[u8; HEADER_BYTES], body: Bytes) -> Result<Self, ChunkError> {
        if body.len() != Self::body_bytes(header)? {
            return Err(ChunkError::Malformed);
        }
        if (&header[CHECKSUM_AT..]).get_u32() != checksum(&header[..CHECKSUM_AT], &body) {
            return Err(ChunkError::Checksum);
        }
        Ok(Self { number: (&header[2..6]).get_u32(), last: header[1] == 1, body })
    }
}

/// How a chunk is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// A later Baton wrote it.
    #[error("it has format {version}, this build reads format {VERSION}")]
    UnknownVersion {
        /// Its first byte.
        version: u8,
    },
    /// Its bytes are not those that were written.
    #[error("its checksum is wrong")]
    Checksum,
    /// Its lengths do not add up.
    #[error("its lengths do not add up")]
    Malformed,
}

fn checksum(header: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(body);
    hasher.finalize()
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("rows come out of log entries, which are far below 4 GiB")
}
