//! Where messages go out: a file, a webhook, a mail relay; and what keeps the way to them orderly.
//!
//! * [`file`], [`webhook`], [`smtp`] implement [`Provider`](baton_ports::channel::Provider): one attempt, bounded in time,
//!   with an [`Outcome`](baton_ports::channel::Outcome) that says *unknown* wherever the message may have been taken.
//! * [`ProviderCourier`] picks the provider of each attempt and keeps its limits.
//! * [`delivery`] holds the rules between attempts: backoff, circuit breaker, rate, concurrency, fail-over. Pure.
//! * [`sink`] holds the other side, for the demo and for tests: a webhook receiver and a mail server that count sends.
//!
//! The crate reads no clock for what it says, only for how long it waits. A [`Secret`] never prints.

mod courier;
pub mod delivery;
pub mod file;
mod payload;
mod secret;
pub mod sink;
pub mod smtp;
#[cfg(test)]
mod testing;
pub mod webhook;

pub use courier::{ProviderConfig, ProviderCourier, UnknownProvider};
pub use secret::Secret;
