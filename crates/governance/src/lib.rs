//! Governance: whether a message goes out now, later, elsewhere or never, and the life of a send afterwards.
//!
//! One customer's actor decides everything about that customer, so caps and conflicts are exact. Twelve rows in one order:
//!
//! ```text
//! Intent ─▶ 1 holds ─▶ 2 ended ─▶ 3 reachability ─▶ 4 permission ─▶ 5 suppression ─▶ 6 spacing ─▶ 8 quiet hours
//!           ─▶ 9 caps ⇄ 10 arbitration ─▶ 11 release ─▶ (outbox) ─▶ 12 permit ─▶ settle
//! ```
//!
//! (7, send-time optimisation, is not offered yet; a document that asks for it is refused.)
//!
//! * Pure and total: a "no" is a [`Decided`] with its reason and its checks; nothing here fails, waits or reads a clock.
//! * [`decide`] runs the rows for new intents and again for every deferred send, highest priority first. Asked again at
//!   the same instant it moves no send. Call it at the end of every input.
//! * [`permit`], [`settle`], [`report`] and [`cancel`] change one send's state; what follows for others is [`decide`]'s.
//! * A reservation is not a thing of its own: a send that is released or attempting *is* one, so it cannot leak.
//! * The ledger is copied only when something in it changes; unchanged, the `Arc` stays the same allocation.

mod country;
mod decided;
mod intent;
mod ledger;
mod life;
mod message;
mod pipeline;
mod policy;
#[cfg(test)]
mod testing;
mod visit;
mod world;

pub use decided::{Decided, OutboxChange};
pub use intent::Intent;
pub use ledger::{Cooldown, Ledger};
pub use life::{
    AttemptOutcome, Permit, PermitAnswer, Reported, cancel, decide, drop_dead, next_wake, permit, report, retry_dead,
    settle,
};
pub use message::{Message, Messages, OnRefusal, Strategy};
pub use policy::{AppliesTo, CheckDocument, Policies, Policy, PolicyDocument};
pub use visit::{VisitStatus, visit_status};
pub use world::{Holds, World};
