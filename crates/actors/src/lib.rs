//! The actors: one per led shard, one per active customer, on arbiter threads of their own.
//!
//! Both are thin: receive, ask the pure core, perform what it asks for once that is durable. Invariants:
//! - a customer's commands are decided one after the other, in the order in which their shard sent them;
//! - nothing leaves on speculation: answers, timers and sends wait until the batch of their decision is applied;
//! - a proposal is never retried: the first that is not taken ends the epoch, its actors with it;
//! - no storage call runs on an arbiter.
//!
//! ```text
//!  ShardHandle ──▶ ShardActor ──command──▶ CustomerActor ──▶ Customer::apply (pure)
//!                    ▲   │ batch of rows          │ decision
//!                    │   ▼                        ▼
//!      applied ◀── Replica (Raft) ◀── writer ◀── queue
//!         └──▶ answers · timers armed · sends attempted
//! ```

mod arbiters;
mod config;
mod customer;
mod handle;
mod ports;
mod shard;

pub use arbiters::{Arbiters, StartArbitersError};
pub use config::ActorsConfig;
pub use handle::{CommandError, ShardHandle, ShardStatus};
pub use ports::{Observer, ShardPorts};

#[cfg(test)]
mod tests;
