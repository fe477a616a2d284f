//! The life of a send: one file per transition.

mod attempt;
mod cancel;
mod dead;
mod decide;
mod permit;
mod report;
mod settle;
mod wake;

pub use attempt::AttemptOutcome;
pub use cancel::cancel;
pub use dead::{drop_dead, retry_dead};
pub use decide::decide;
pub use permit::{Permit, PermitAnswer, permit};
pub use report::{Reported, report};
pub use settle::settle;
pub use wake::next_wake;
