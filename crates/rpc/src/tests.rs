//! A real server on a real loopback connection over a scripted gateway: codes, details, order, streams.

mod errors;
mod events;
pub(crate) mod fixture;
mod forwarding;
mod founding;
mod lists;
mod peers;
pub(crate) mod scripted;
pub(crate) mod scripted_cluster;
mod server;
mod streams;
