//! What a client is told.

use std::time::Duration;

use crate::address::InvalidAddress;

/// What a client is told. Take [`ClientConfig::to`] and change what should differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientConfig {
    /// Nodes of the cluster, as `http://host:port` or `host:port`. One is enough to find the others; with several, the
    /// first ones may be gone.
    pub endpoints: Vec<String>,
    /// How long events and calls are tried again and again before the client gives up.
    pub give_up_after: Duration,
    /// How long one call with events may take.
    pub call_wait_max: Duration,
    /// Calls with events that may be under way at a time, for one [`ingest`](crate::Client::ingest). What exceeds it waits.
    pub calls_in_flight_max: usize,
}

impl ClientConfig {
    /// Longer than a cluster takes to elect leaders, shorter than a person waits without a word.
    pub const GIVE_UP_AFTER: Duration = Duration::from_secs(30);

    /// As long as a node takes at most to answer each event of a batch.
    pub const CALL_WAIT_MAX: Duration = Duration::from_secs(10);

    /// Enough to keep three nodes at work, and few enough that a slow one holds little back.
    pub const CALLS_IN_FLIGHT_MAX: usize = 8;

    /// The defaults, with these endpoints.
    pub fn to(endpoints: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            endpoints: endpoints.into_iter().map(Into::into).collect(),
            give_up_after: Self::GIVE_UP_AFTER,
            call_wait_max: Self::CALL_WAIT_MAX,
            calls_in_flight_max: Self::CALLS_IN_FLIGHT_MAX,
        }
    }
}

/// Why no client can be made of what it was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Nobody to ask.
    #[error("`endpoints` is empty: name at least one node, such as `http://127.0.0.1:7400`")]
    NoEndpoint,
    /// One of the endpoints is no URL.
    #[error(transparent)]
    Endpoint(#[from] InvalidAddress),
    /// Nothing could ever be sent.
    #[error("`calls_in_flight_max` is 0: write at least 1")]
    NoCalls,
}
