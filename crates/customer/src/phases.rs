//! The parts of a decision, in the order in which an input passes them.
//!
//! ```text
//! fire timers ─▶ [ segments ─▶ enrolments (exits, then waits) ─▶ entries ─▶ rounds (steps ⇄ governance) ] ─▶ finish
//!                └──────────── one pass, and one more for each inner input ─────────────────────────────┘
//! ```

pub(crate) mod arm;
pub(crate) mod depart;
pub(crate) mod enrolments;
pub(crate) mod entries;
pub(crate) mod exits;
pub(crate) mod finish;
pub(crate) mod fire;
pub(crate) mod goals;
pub(crate) mod pass;
pub(crate) mod patterns;
pub(crate) mod retention;
pub(crate) mod rounds;
pub(crate) mod segments;
pub(crate) mod waits;
pub(crate) mod wake_sources;
