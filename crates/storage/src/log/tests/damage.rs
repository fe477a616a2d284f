//! A log that is not as it was written is refused, naming file and offset; a torn tail is not damage.

use std::sync::Arc;

use super::super::disk::LogDisk;
use super::super::error::OpenLogError;
use super::super::frame::{FRAME_HEADER_LEN, payload_at};
use super::super::power_loss::PowerLossDisk;
use super::super::replay::replay;
use super::super::segment::{self, FILE_HEADER_LEN};
use super::super::{RaftLog, Row};
use super::{SMALL, append, open, segment_names, texts};

/// The log of a killed process: several segments with a few batches each, all of it durable.
async fn written() -> PowerLossDisk {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    let text = "x".repeat(300);
    for index in 0..14 {
        append(&log, 7, index, &[&text]).await;
    }
    log.put_row(7, Row::Vote, "vote".into()).await.unwrap();
    let left = disk.after_kill();
    left.sync_all();
    left
}

/// Where each frame of a segment begins and ends, first to last.
fn frames(disk: &PowerLossDisk, name: &str) -> Vec<(usize, usize)> {
    let (bytes, number) = (disk.content(name), segment::number(name).unwrap());
    let mut frames = Vec::new();
    let mut offset = FILE_HEADER_LEN;
    while let Some(payload) = payload_at(&bytes, number, offset) {
        frames.push((offset, offset + FRAME_HEADER_LEN + payload.len()));
        offset += FRAME_HEADER_LEN + payload.len();
    }
    frames
}

fn refusal(disk: &PowerLossDisk) -> OpenLogError {
    RaftLog::open(SMALL, Arc::new(disk.clone())).err().expect("a damaged log was opened")
}

/// Asserts that the log is refused for this place.
fn assert_damaged(disk: &PowerLossDisk, name: &str, at: usize, context: &str) {
    match replay(disk).err() {
        Some(OpenLogError::Damaged { file, offset, .. }) => {
            assert_eq!((file.as_str(), offset), (name, at as u64), "{context}");
        }
        other => panic!("{context}: {other:?}"),
    }
}

#[tokio::test]
async fn a_flipped_bit_in_any_batch_before_the_last_is_refused() {
    let disk = written().await;
    let names = segment_names(&disk);
    assert!(names.len() > 2, "{names:?}");
    for (which, name) in names.iter().enumerate() {
        let mut frames = frames(&disk, name);
        if which + 1 == names.len() {
            assert!(frames.len() > 2, "the last segment shows the case too");
            frames.pop();
        }
        for (start, end) in frames {
            for flipped in start..end {
                disk.flip(name, flipped);
                assert_damaged(&disk, name, start, &format!("bit flipped at {name}:{flipped}"));
                disk.flip(name, flipped);
            }
        }
    }
    assert!(replay(&disk).is_ok());
}

#[tokio::test]
async fn a_damaged_last_batch_is_a_torn_tail_and_is_written_over() {
    let disk = written().await;
    let name = segment_names(&disk).pop().unwrap();
    let (start, end) = *frames(&disk, &name).last().unwrap();
    for flipped in start..end {
        let disk = disk.after_kill();
        // The two disks share nothing but their content.
        disk.sync_all();
        disk.flip(&name, flipped);
        let log = open(&disk);
        assert_eq!(log.row(7, Row::Vote), None, "the torn batch held the vote");
        assert_eq!(log.span(7).end, 14);
        append(&log, 7, 14, &["next"]).await;
        drop(log);
        assert_eq!(texts(&open(&disk), 7).await.pop(), Some((14, "next".to_owned())));
    }
}

#[tokio::test]
async fn a_damaged_last_batch_that_a_checkpoint_rests_on_is_refused() {
    let disk = written().await;
    let log = open(&disk);
    log.checkpoint().await.unwrap();
    let disk = disk.after_kill();
    let name = segment_names(&disk).pop().unwrap();
    let (start, end) = *frames(&disk, &name).last().unwrap();
    for flipped in start..end {
        disk.flip(&name, flipped);
        assert_damaged(&disk, &name, start, &format!("bit flipped at {flipped}"));
        disk.flip(&name, flipped);
    }
    disk.shorten(&name, end - 1);
    assert_damaged(&disk, &name, start, "cut off");
}

#[tokio::test]
async fn a_log_that_was_closed_has_no_torn_tail() {
    let disk = written().await;
    drop(open(&disk));
    let name = segment_names(&disk).pop().unwrap();
    let (start, end) = *frames(&disk, &name).last().unwrap();
    disk.flip(&name, end - 1);
    assert_damaged(&disk, &name, start, "closed");
}

#[tokio::test]
async fn a_missing_segment_is_refused() {
    for (missing, expected) in [(0, "entry 0 of group 7"), (1, "entry 0 of group 7")] {
        let disk = written().await;
        let name = segment_names(&disk).remove(missing);
        disk.remove(&name).unwrap();
        let refusal = refusal(&disk);
        assert!(matches!(refusal, OpenLogError::Incomplete { .. }), "{refusal}");
        assert!(refusal.to_string().contains(expected), "{refusal}");
    }
    let disk = written().await;
    open(&disk).checkpoint().await.unwrap();
    let last = segment_names(&disk).pop().unwrap();
    disk.remove(&last).unwrap();
    let refusal = refusal(&disk);
    assert!(refusal.to_string().contains(&last), "{refusal}");
}

#[tokio::test]
async fn a_damaged_note_is_refused() {
    let disk = written().await;
    open(&disk).checkpoint().await.unwrap();
    disk.flip("synced", 5);
    assert!(matches!(refusal(&disk), OpenLogError::Disk { .. }));
}

#[tokio::test]
async fn a_segment_of_another_format_is_refused() {
    for (place, expected) in [(0, "does not begin like a segment"), (8, "format version")] {
        let disk = written().await;
        disk.flip(&segment_names(&disk)[0], place);
        let refusal = refusal(&disk).to_string();
        assert!(refusal.contains(expected) && refusal.contains("offset 0"), "{refusal}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let disk = written().await;
    let name = &segment_names(&disk)[0];
    disk.flip(name, 40);
    let text = refusal(&disk).to_string();
    assert_eq!(
        text,
        "the Raft log is damaged: memory/0000000000000001.log at offset 16: its first batch, the table of groups, is not \
         well formed. This node must not start on it: stop it, move its data folder away, and rebuild it from its peers \
         as a new node"
    );
}

#[tokio::test]
async fn an_entry_that_is_damaged_while_the_node_runs_is_not_read() {
    let disk = written().await;
    let log = open(&disk);
    disk.flip(&segment_names(&disk)[0], 200);
    let read = log.entries(7, 0..3, usize::MAX).await;
    assert!(read.unwrap_err().to_string().contains("entry 0 of group 7 is damaged"));
    assert_eq!(log.entries(7, 1..3, usize::MAX).await.unwrap().len(), 2);
}
