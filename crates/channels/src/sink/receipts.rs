//! What a sink received, by send id.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baton_model::ids::{Epoch, SendId};
use bytes::Bytes;

/// The most sends a sink remembers. When it is full, new sends are answered *later*; known ones still count.
const SENDS_MAX: usize = 2_000_000;

/// The most bytes of bodies a sink keeps. When it is full, further sends are counted without their bodies.
const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The most permits a sink remembers of one send: far more than a send has in any test. Further ones are counted only.
const PERMITS_MAX: usize = 64;

/// What was received for one send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// How many attempts arrived, at least 1.
    pub attempts: u64,
    /// The epoch and the attempt number of the newest one.
    pub newest: (Epoch, u32),
    /// The epoch and the attempt number of each, in the order in which they arrived; the first 64.
    pub permits: Vec<(Epoch, u32)>,
    /// The body of the first one, unless the sink's memory for bodies was full.
    pub body: Option<Bytes>,
}

/// The shared book of one sink; a clone is the same book.
#[derive(Debug, Clone, Default)]
pub struct Receipts(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    by_send: BTreeMap<SendId, Receipt>,
    body_bytes: usize,
    attempts: u64,
    rejected: u64,
}

/// The book takes no further sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Receipts {
    /// How many distinct sends arrived.
    pub fn sends(&self) -> usize {
        self.book().by_send.len()
    }

    /// How many attempts arrived; those beyond [`Receipts::sends`] are repetitions.
    pub fn attempts(&self) -> u64 {
        self.book().attempts
    }

    /// How many messages were turned away: unsigned, wrongly signed, or without a send id.
    pub fn rejected(&self) -> u64 {
        self.book().rejected
    }

    /// Every send that arrived, in order of id.
    pub fn send_ids(&self) -> Vec<SendId> {
        self.book().by_send.keys().copied().collect()
    }

    /// What arrived for one send.
    pub fn get(&self, send: SendId) -> Option<Receipt> {
        self.book().by_send.get(&send).cloned()
    }

    /// Writes down one attempt.
    pub(super) fn record(&self, send: SendId, newest: (Epoch, u32), body: Bytes) -> Result<(), Full> {
        let mut book = self.book();
        let full = book.by_send.len() >= SENDS_MAX;
        let keeps_body = book.body_bytes + body.len() <= BODY_BYTES_MAX;
        if let Some(known) = book.by_send.get_mut(&send) {
            known.attempts += 1;
            known.newest = newest;
            if known.permits.len() < PERMITS_MAX {
                known.permits.push(newest);
            }
        } else if full {
            return Err(Full);
        } else {
            book.body_bytes += if keeps_body { body.len() } else { 0 };
            let body = keeps_body.then_some(body);
            book.by_send.insert(send, Receipt { attempts: 1, newest, permits: vec![newest], body });
        }
        book.attempts += 1;
        Ok(())
    }

    /// Counts one message that was turned away.
    pub(super) fn reject(&self) {
        self.book().rejected += 1;
    }

    /// No update leaves the book half written, so a panic elsewhere does not spoil it.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    //! The book at its bounds.

    use super::*;

    #[test]
    fn beyond_the_memory_for_bodies_sends_are_counted_without_them() {
        let receipts = Receipts::default();
        let mebibyte = Bytes::from(vec![b'x'; 1024 * 1024]);
        for send in 0..300 {
            receipts.record(SendId(send), (Epoch(1), 1), mebibyte.clone()).unwrap();
        }
        assert_eq!((receipts.sends(), receipts.attempts()), (300, 300));
        let with_body = receipts.send_ids().into_iter().filter(|send| receipts.get(*send).unwrap().body.is_some());
        assert_eq!(with_body.count() * mebibyte.len(), BODY_BYTES_MAX);
    }
}
