//! A real server on a real loopback connection over a scripted gateway: codes, details, order, streams.

mod errors;
mod events;
pub(crate) mod fixture;
mod lists;
pub(crate) mod scripted;
mod server;
mod streams;
