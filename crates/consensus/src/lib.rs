//! Raft groups over openraft, wrapped so that nothing else knows it.

mod codec;
pub mod config;
pub mod group;
pub mod log_store;
pub mod network;
pub mod observer;
pub mod snapshot;
pub mod state_machine;
pub mod type_config;
