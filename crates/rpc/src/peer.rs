//! Between the nodes of one cluster: the peer port, and the connections to those of the others.
//!
//! ```text
//! PeerTransport ─┐                                          ┌─► PeerService ─► Inbox, Membership
//!                ├─► PeerChannels ══ one HTTP/2 connection ═► admission
//! forwarding  ───┘      per peer                            └─► the API, answered here and never forwarded
//! ```
//!
//! Every call says which cluster it comes from; a node of another one is refused by name.

mod admission;
mod channels;
mod clock;
mod join;
mod server;
mod service;
mod transport;

pub(crate) use admission::Admission;
pub use admission::PeerRefusal;
pub use channels::{Caller, PeerChannels};
pub use clock::{PeerClock, ReadClockError, read_clock};
pub use join::{JoinError, join};
pub use server::{PeerServer, PeerServices};
pub use transport::PeerTransport;

use std::error::Error;
use std::time::Duration;

use tonic::Status;

/// The most bytes of one frame of Raft. Consensus makes them of 2 MiB and at most one larger message, which is one entry.
/// A larger one ends the stream.
const FRAME_BYTES_MAX: usize = 16 << 20;

/// The most bytes of any other message on the peer port: a part of a snapshot with a single large row, or a batch of as many
/// events of the largest size as a stream collects. A larger one is refused.
pub(crate) const MESSAGE_BYTES_MAX: usize = 72 << 20;

/// What one call may have on its way unread, so that a stream is not held back by the time of a round trip.
const STREAM_WINDOW_BYTES: u32 = 4 << 20;

/// What one connection may have on its way unread: that of many calls, of which one may be slow to read.
const CONNECTION_WINDOW_BYTES: u32 = 64 << 20;

/// How often a silent peer is asked whether it lives, in both directions.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(1);

/// How long a peer may take to say so; then the connection is given up, and whoever waits on it knows. A link that is open
/// on one side only would look like a slow one for ever.
const KEEPALIVE_WITHIN: Duration = Duration::from_secs(2);

/// How long handing over one part of a snapshot may take, with its installation. The sender tries again after that.
const PART_MAX: Duration = Duration::from_mins(1);

/// What a peer said, or what happened on the way to it with its first cause, such as `tcp connect error: Connection refused`.
pub(crate) fn reason(status: &Status) -> String {
    let mut cause = status.source();
    while let Some(deeper) = cause.and_then(Error::source) {
        cause = Some(deeper);
    }
    match cause.map(ToString::to_string) {
        Some(cause) if !status.message().contains(&cause) => format!("{}: {cause}", status.message()),
        _ => status.message().to_owned(),
    }
}
