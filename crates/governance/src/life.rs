//! The life of a send: one file per transition.
//!
//! [`decide`] is the only one that looks at other sends. The others move one send to its next state; a send that they put
//! back to *deferred* is taken up by the next [`decide`], which runs the whole pipeline for it.

mod alternate;
mod attempt;
pub(crate) mod attempts;
mod cancel;
mod dead;
mod decide;
mod end;
mod expiry;
mod permit;
mod report;
mod settle;
mod transition;
mod wake;

pub use attempt::AttemptOutcome;
pub use cancel::cancel;
pub use dead::{drop_dead, retry_dead};
pub use decide::decide;
pub use permit::{Permit, PermitAnswer, permit};
pub use report::{Reported, report};
pub use settle::settle;
pub use wake::next_wake;

#[cfg(test)]
mod tests;
