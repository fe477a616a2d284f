//! How members of a group reach each other.
//!
//! All groups of two nodes share one stream each way. A [`link::Link`] carries the requests of this node to one peer:
//! whatever waits when the network is free goes as one frame, so the heartbeats of many groups cost one. An
//! [`inbox::GroupsInbox`] takes what peers ask of the replicas here.
//!
//! ```text
//! group ─▶ Peer ─┐                                             ┌─▶ replica: append, in the order of its lane
//! group ─▶ Peer ─┼─▶ Link ─▶ Transport ┄┄▶ Transport ─▶ Inbox ─┼─▶ replica: vote
//! group ─▶ Peer ─┘     ◀┄┄┄┄┄┄┄┄┄┄┄ answers ┄┄┄┄┄┄┄┄┄┄┄        └─▶ refused: no such replica
//! ```

pub(crate) mod append;
pub mod inbox;
pub(crate) mod incoming_snapshot;
pub(crate) mod link;
pub(crate) mod peer;
pub(crate) mod send_snapshot;
pub mod transport;
