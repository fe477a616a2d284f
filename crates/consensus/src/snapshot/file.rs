//! A snapshot as a file: its chunks in order. One that does not end with the last chunk is not a snapshot.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use bytes::Bytes;

use super::chunk::{Chunk, HEADER_BYTES};
use super::{SnapshotData, SnapshotError};

/// Its chunks, read as they are pulled.
pub(crate) fn read(path: &Path) -> Result<SnapshotData, SnapshotError> {
    let mut file = BufReader::new(File::open(path)?);
    let mut number = 0;
    let mut ended = false;
    Ok(SnapshotData::from_chunks(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let chunk = read_chunk(&mut file, number).transpose()?;
        number += 1;
        ended = chunk.as_ref().map_or(true, |chunk| chunk.last);
        Some(chunk)
    })))
}

/// The next chunk; `None` where the file ends.
fn read_chunk(file: &mut impl Read, number: u32) -> Result<Option<Chunk>, SnapshotError> {
    let mut header = [0; HEADER_BYTES];
    match file.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let damaged = |source| SnapshotError::Chunk { number, source };
    let mut body = vec![0; Chunk::body_bytes(&header).map_err(damaged)?];
    file.read_exact(&mut body)?;
    Chunk::decode(&header, Bytes::from(body)).map(Some).map_err(damaged)
}
