//! How new an answer has to be, and how old it may be.

use std::time::Duration;

/// What a question asks of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadLevel {
    /// Everything that was acknowledged before the question is in it: only who leads can answer.
    Linearizable,
    /// Whoever has a replica answers from what it has, and says how old that may be.
    Stale,
}

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Everything that was acknowledged longer ago than this is in it.
    AtMost(Duration),
    /// The replica has heard of no leader since it was started: anything may be missing.
    Unknown,
}

/// An answer with its age.
#[derive(Debug, Clone, PartialEq)]
pub struct Aged<T> {
    /// The answer.
    pub answer: T,
    /// How old it may be. `None` if it was asked to be linearizable, and is.
    pub staleness: Option<Staleness>,
}

impl<T> Aged<T> {
    /// The same, seen in another way.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Aged<U> {
        Aged { answer: map(self.answer), staleness: self.staleness }
    }
}
