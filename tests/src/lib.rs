//! Black-box tests, one binary per cost class: `journeys` plays scenario files against the pure core, `api` asks one real
//! node through its public API and kills it at random moments, `cluster` does worse to three of them, `compatibility` reads
//! the bytes of every released format, `external` needs more of the machine than that, and says what it skipped.
//!
//! Here is what several of them share: what they send, and what must have become of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

pub mod enrolments;
pub mod events;
pub mod life;
pub mod waiting;
