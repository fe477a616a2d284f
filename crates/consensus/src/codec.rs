//! How openraft's own types are encoded, in the log and between nodes: a format version, then postcard.

use std::io;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The format that this version writes and reads.
const FORMAT_VERSION: u8 = 1;

/// Encodes a value.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Bytes, io::Error> {
    let bytes = postcard::to_extend(value, vec![FORMAT_VERSION]).map_err(io::Error::other)?;
    Ok(Bytes::from(bytes))
}

/// Decodes what [`encode`] wrote.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, io::Error> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    match bytes {
        [FORMAT_VERSION, value @ ..] => postcard::from_bytes(value).map_err(|e| invalid(e.to_string())),
        [version, ..] => Err(invalid(format!("format {version}: this program reads {FORMAT_VERSION}"))),
        [] => Err(invalid("an empty record".to_owned())),
    }
}
