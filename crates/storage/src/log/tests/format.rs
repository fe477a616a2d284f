//! The bytes of format version 1. They never change; a new format gets a new version.

use std::fmt::Write as _;

use bytes::Bytes;

use super::super::power_loss::PowerLossDisk;
use super::super::{Purged, Row};
use super::{append, open, segment_names, texts};

/// A segment with each kind of record but `Span`, and the note of a checkpoint.
const SEGMENT: &str = include_str!("format/segment_1.hex");
const NOTE: &str = include_str!("format/note_1.hex");

async fn golden() -> PowerLossDisk {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    append(&log, 1, 4, &["four", "five"]).await;
    log.truncate(1, 5).await.unwrap();
    append(&log, 1, 5, &["FIVE"]).await;
    log.put_row(1, Row::Vote, Bytes::from_static(b"vote")).await.unwrap();
    log.purge(1, Purged { through: 4, mark: Bytes::from_static(b"mark") }).await.unwrap();
    append(&log, 2, 0, &["other"]).await;
    log.drop_group(2).await.unwrap();
    log.checkpoint().await.unwrap();
    disk
}

#[tokio::test]
async fn format_1_is_written() {
    let disk = golden().await;
    let segment = disk.content("0000000000000001.log");
    let used = segment.len() - segment.iter().rev().take_while(|byte| **byte == 0).count();
    assert_eq!(hex(&segment[..used]), SEGMENT.trim_end());
    assert_eq!(hex(&disk.content("synced")), NOTE.trim_end());
}

#[tokio::test]
async fn format_1_is_read() {
    use super::super::disk::LogDisk as _;

    let disk = PowerLossDisk::default();
    disk.create("0000000000000001.log").unwrap().write_at(&bytes(SEGMENT), 0).unwrap();
    disk.create("synced").unwrap().write_at(&bytes(NOTE), 0).unwrap();
    let log = open(&disk);
    assert_eq!(segment_names(&disk), ["0000000000000001.log"]);
    assert_eq!(log.groups(), [1]);
    assert_eq!(texts(&log, 1).await, [(5, "FIVE".to_owned())]);
    assert_eq!(log.row(1, Row::Vote), Some(Bytes::from_static(b"vote")));
    assert_eq!(log.span(1).purged, Some(Purged { through: 4, mark: Bytes::from_static(b"mark") }));
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        let separator = if at > 0 && at % 32 == 0 { "\n" } else { "" };
        write!(text, "{separator}{byte:02x}").unwrap();
    }
    text
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
