//! Sends a snapshot to a member, a chunk at a time, at a bounded rate, and goes on after an interruption.
//!
//! The rows are read as they are sent, on a storage thread, from a view that stands still: nothing else waits for it.

use std::time::Duration;

use baton_wire::pb::peer::v1::snapshot_answer::Result as Answer;
use baton_wire::pb::peer::v1::{SnapshotAnswer, SnapshotPart};
use bytes::Bytes;
use openraft::alias::SnapshotOf;
use openraft::raft::SnapshotResponse;

use super::peer::{CallError, Peer, decode, encode};
use crate::snapshot::SnapshotData;
use crate::type_config::{TypeConfig, Vote};

/// How often one part is sent before the transfer is given up. openraft then begins another.
const TRIES_MAX: u32 = 5;
/// How long to wait before a part is sent again.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// How long a part may take, the last one with the installing of all.
const PART_MAX: Duration = Duration::from_mins(1);

/// How snapshots are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SnapshotSettings {
    /// Bytes a second that one transfer takes of the network.
    pub(crate) bytes_per_second: u64,
}

/// Sends all of it and returns when the member has installed it.
pub(super) async fn send(
    peer: &Peer,
    vote: Vote,
    snapshot: SnapshotOf<TypeConfig, SnapshotData>,
) -> Result<SnapshotResponse<TypeConfig>, CallError> {
    let (vote, meta) = (encode(&vote)?, encode(&snapshot.meta)?);
    let rate = peer.peers.snapshots.bytes_per_second.max(1);
    let mut chunks = snapshot.snapshot.into_chunks();
    let mut due = 0;
    loop {
        let pulled = peer.peers.readers.run(move || {
            let chunk = chunks.next();
            (chunks, chunk)
        });
        let (rest, chunk) = pulled.await.map_err(|lost| CallError::Other(lost.to_string()))?;
        chunks = rest;
        let Some(chunk) = chunk else { return Err(CallError::other("the snapshot ends before its last chunk")) };
        let chunk = chunk.map_err(|error| CallError::Other(error.to_string()))?;
        // The member kept these from a transfer that was interrupted.
        if chunk.number < due {
            continue;
        }
        let number = chunk.number;
        let part = SnapshotPart {
            group: peer.peers.group.0,
            from: peer.peers.replica.0,
            to: peer.target,
            vote: vote.clone(),
            meta: meta.clone(),
            number,
            chunk: Bytes::from(chunk.encode().concat()),
        };
        let pause = Duration::from_micros(part.chunk.len() as u64 * 1_000_000 / rate);
        match put(peer, part).await? {
            Answer::Installed(vote) => return Ok(SnapshotResponse::new(decode::<Vote>(&vote)?)),
            Answer::Next(next) if next > number => due = next,
            Answer::Next(_) => return Err(CallError::other("the member has begun anew")),
            Answer::Refusal(refusal) => return Err(CallError::Refused { detail: refusal.detail }),
        }
        tokio::time::sleep(pause).await;
    }
}

async fn put(peer: &Peer, part: SnapshotPart) -> Result<Answer, CallError> {
    let mut tries = 0;
    loop {
        let sending = peer.peers.links.transport().put_snapshot(&peer.member, part.clone());
        let failure = match tokio::time::timeout(PART_MAX, sending).await {
            Ok(Ok(SnapshotAnswer { result: Some(answer) })) => return Ok(answer),
            Ok(Ok(SnapshotAnswer { result: None })) => CallError::other("the answer is empty"),
            Ok(Err(error)) => error.into(),
            Err(_) => CallError::Other(format!("no answer within {PART_MAX:?}")),
        };
        tries += 1;
        if tries == TRIES_MAX {
            return Err(failure);
        }
        tokio::time::sleep(TRY_AGAIN_AFTER).await;
    }
}
