//! The rules between attempts: when a provider may be asked, which one, and how long to wait before the next attempt.
//!
//! Everything here is pure: machine time and jitter are arguments, so a test drives hours in microseconds. Each provider
//! stands behind a [`Gate`]; [`Gates`] asks them in an order of preference:
//!
//! ```text
//! order ─▶ gate 1: breaker ─▶ slots ─▶ rate ─▶ permit ─▶ (attempt) ─▶ settle
//!     └──▶ gate 2, only while the breaker of gate 1 is open
//! ```

mod backoff;
mod breaker;
mod gate;
mod gates;
mod rate;

pub use backoff::{Backoff, BackoffError};
pub use breaker::{Breaker, BreakerConfig, Pass};
pub use gate::{Gate, GateConfig, Hold};
pub use gates::{Gates, Permit, Wait};
pub use rate::{Rate, RateError, RateLimit};
