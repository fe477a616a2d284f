//! The one place where everything is wired: configuration, clocks, storage, groups, actors, servers.
//!
//! Nothing outside this crate reads a clock, draws a random number or looks at the environment.

mod birth;
pub mod clock;
pub mod config;
mod definitions;
mod gateway;
pub mod identity;
mod leaders;
mod node;
mod observer;
mod providers;
mod readiness;
mod routing;
mod settings;
mod shards;
mod start_error;
mod system;
mod timed_disk;

pub use definitions::LoadDefinitionsError;
pub use node::{Birth, Node};
pub use providers::ProviderError;
pub use start_error::StartError;
