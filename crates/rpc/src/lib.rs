//! The gRPC API over the gateway of `baton-ports`: parse, ask this node or the one that decides, answer. And the peer port,
//! over which the nodes of a cluster talk. Nothing is decided here.
//!
//! Every error has `google.rpc` details, made by one table (`status`). Every call has a deadline. Bounds are named beside
//! what they bound; those a client meets are in `baton_wire::limits`.

mod cluster;
mod customers;
mod deadline;
mod definitions;
mod events;
mod forward;
mod health;
mod messages;
mod observer;
mod page;
mod peer;
mod request;
mod server;
mod services;
mod status;

pub use observer::{NoObserver, Observer};
pub use peer::{
    Caller, JoinError, PeerChannels, PeerClock, PeerRefusal, PeerServer, PeerServices, PeerTransport, ReadClockError,
    join, read_clock,
};
pub use server::{FoundingServer, Server, ServerError};
pub use services::Services;

#[cfg(test)]
mod tests;
