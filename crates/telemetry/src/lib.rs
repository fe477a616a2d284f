//! What a node says about itself: log lines ([`log`]) and metrics ([`Metrics`]).
//!
//! Nothing here decides anything, and nothing else reads what is written here.

pub mod log;
mod metrics;

pub use metrics::{Bound, EventResult, METRICS_CONTENT_TYPE, Metrics};
