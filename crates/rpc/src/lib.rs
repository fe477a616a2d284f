//! The gRPC API over the gateway of `baton-ports`: parse, ask, answer. Nothing is decided here.
//!
//! Every error has `google.rpc` details, made by one table (`status`). Every call has a deadline. Bounds are named beside
//! what they bound; those a client meets are in `baton_wire::limits`.

mod cluster;
mod customers;
mod deadline;
mod definitions;
mod events;
mod health;
mod messages;
mod observer;
mod page;
mod request;
mod server;
mod services;
mod status;

pub use observer::{NoObserver, Observer};
pub use server::{Server, ServerError};
pub use services::Services;

#[cfg(test)]
mod tests;
