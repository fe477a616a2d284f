//! The rules between attempts: when a provider may be asked, which one, and how long to wait before the next attempt.
//!
//! Everything here is pure: machine time and jitter are arguments, so a test drives hours in microseconds. A
//! [`Lane`] is the providers of one channel in order of preference, each behind a [`Gate`]:
//!
//! ```text
//! lane ─▶ gate 1: breaker ─▶ slots ─▶ rate ─▶ permit ─▶ (attempt) ─▶ settle
//!    └──▶ gate 2, only while the breaker of gate 1 is open
//! ```

mod backoff;
mod breaker;
mod gate;
mod lane;
mod rate;

pub use backoff::{Backoff, BackoffError};
pub use breaker::{Breaker, BreakerConfig, Pass};
pub use gate::{Gate, GateConfig, Hold};
pub use lane::{Lane, Permit, Wait};
pub use rate::{Rate, RateError, RateLimit};
