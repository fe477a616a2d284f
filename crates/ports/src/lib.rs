//! What the core needs from the world, as narrow traits: an ordered record store, channels to deliver on, clocks; and
//! the gateway, through which the outside asks.
//!
//! Adapters implement them; `node` wires them together. Nothing here names a framework.

pub mod channel;
pub mod clock;
pub mod courier;
pub mod gateway;
pub mod readiness;
pub mod record_store;
pub mod replica;
pub mod routing;
