//! A client that knows its way through a cluster. Any node takes any call; this client asks the right one at once, asks
//! another when one is gone, and sends events until each is answered.
//!
//! * [`Client::ingest`] sends events. `retry` and `unknown` are sent again under the same `message_id`, so nothing happens
//!   twice; the events of a customer are never taken out of order; the total time is bounded.
//! * [`Client::ask`] makes any other call that may be repeated, [`Client::tell`] one that may not.
//!
//! ```text
//! events ─▶ delivery (pure: what next, to whom, when to give up) ─▶ calls, a few at a time ─▶ nodes
//!               ▲                                                     │
//!               └── answers ◀─────────────────────────────────────────┤
//!           routes (pure: who leads which shard, who is suspect) ◀── hints, GetCluster
//! ```
//!
//! A wrong route costs a detour, never an answer: nodes hand on what another one decides.

mod address;
mod answer;
mod backoff;
mod client;
mod config;
mod failing;
mod hint;
mod ingest;
mod node;
mod nodes;
mod routes;
#[cfg(test)]
mod tests;

pub use address::{Address, InvalidAddress};
pub use answer::Answer;
pub use client::{Client, Unreachable};
pub use config::{ClientConfig, ConfigError};
pub use node::Node;
