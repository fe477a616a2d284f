//! How one batch lies in a segment: `magic | length | checksum of the payload | checksum of this header | payload`.
//!
//! Both checksums cover the segment's number and the frame's offset, so a frame is well formed in one place only: what an
//! earlier life of a reused file left behind, or a copy inside a payload, is never taken for a batch. Integers are little
//! endian. A frame is written and synced as a whole before the next is begun.

/// Bytes before a frame's payload.
pub(super) const FRAME_HEADER_LEN: usize = 16;

/// The first bytes of each frame. A cheap filter for [`any_frame_from`]; the checksums decide.
const MAGIC: [u8; 4] = *b"BtnF";

/// Bytes that [`any_frame_from`] looks at together: the reserved end of a segment is long and empty.
const SEARCH_STRIDE: usize = 4096;

/// Begins a frame: room for the header, the payload is appended behind it.
pub(super) fn begin(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.resize(FRAME_HEADER_LEN, 0);
}

/// Ends a frame begun with [`begin`]: fills in the header for its place.
pub(super) fn seal(buffer: &mut [u8], segment: u64, offset: u64) {
    let (header, payload) = buffer.split_at_mut(FRAME_HEADER_LEN);
    let length = u32::try_from(payload.len()).expect("the batch bound is far below 4 GiB");
    header[..4].copy_from_slice(&MAGIC);
    header[4..8].copy_from_slice(&length.to_le_bytes());
    header[8..12].copy_from_slice(&checksum(segment, offset, payload).to_le_bytes());
    let header_checksum = checksum(segment, offset, &header[..12]);
    header[12..].copy_from_slice(&header_checksum.to_le_bytes());
}

/// The payload of the well-formed frame at `offset` of a segment's bytes, if there is one.
pub(super) fn payload_at(bytes: &[u8], segment: u64, offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let (header, rest) = rest.split_at_checked(FRAME_HEADER_LEN)?;
    if header[..4] != MAGIC {
        return None;
    }
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let place = offset as u64;
    if word(12) != checksum(segment, place, &header[..12]) {
        return None;
    }
    let payload = rest.get(..word(4) as usize)?;
    (word(8) == checksum(segment, place, payload)).then_some(payload)
}

/// The offset of the first well-formed frame at or after `from`.
pub(super) fn any_frame_from(bytes: &[u8], segment: u64, from: usize) -> Option<usize> {
    let mut start = from;
    while start < bytes.len() {
        let end = bytes.len().min(start + SEARCH_STRIDE);
        let may_begin = bytes[start..end].contains(&MAGIC[0]);
        let found = if may_begin { (start..end).find(|at| payload_at(bytes, segment, *at).is_some()) } else { None };
        if found.is_some() {
            return found;
        }
        start = end;
    }
    None
}

fn checksum(segment: u64, offset: u64, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&segment.to_le_bytes());
    hasher.update(&offset.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}
