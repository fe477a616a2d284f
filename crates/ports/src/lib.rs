//! What the core needs from the world, as narrow traits: an ordered record store, channels to deliver on, clocks.
//!
//! Adapters implement them; `node` wires them together. Nothing here names a framework.

pub mod channel;
pub mod record_store;
