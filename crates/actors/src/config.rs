//! The bounds of the actors, each with why it is there and what happens when it is full.

use std::time::Duration;

/// How much a node's actors may hold at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorsConfig {
    /// Commands that may wait for one customer, so that a hot customer delays nobody else. Beyond: `retry: customer_busy`.
    pub customer_queue_max: usize,
    /// Commands that may be under way in one shard, so that memory and latency stay bounded under overload. Beyond:
    /// `retry: shard_busy`.
    pub shard_queue_max: usize,
    /// Customers with an actor per shard. Beyond it the longest idle ones are put away; none is refused.
    pub active_customers_max: usize,
    /// A customer that was idle for this long is put away.
    pub idle_max: Duration,
    /// Proposals of one shard under way at once: enough to hide a disk's latency, few enough to batch well.
    pub proposals_in_flight_max: usize,
    /// Decisions in one proposal. More wait for the next one.
    pub batch_decisions_max: usize,
    /// Bytes of rows in one proposal. More wait for the next one; a single decision may exceed it.
    pub batch_bytes_max: usize,
    /// A proposal not applied within this time ends the epoch: its leader may be cut off.
    pub proposal_timeout: Duration,
    /// Timers of one shard that are held in memory. Later ones stay on disk until their time comes near.
    pub near_timers_max: usize,
    /// How far ahead of customer time timers are read into memory.
    pub near_window: Duration,
    /// Customers of one shard that are woken at once, so that a backlog after an outage does not starve events.
    pub wakes_in_flight_max: usize,
    /// Attempts of one shard under way at once. More sends wait in the outbox, on disk.
    pub attempts_in_flight_max: usize,
    /// The wait before the second attempt of a send; each further one doubles it.
    pub retry_wait: Duration,
    /// The longest wait between two attempts.
    pub retry_wait_max: Duration,
    /// Attempts of a send, after which it is `dead` and waits for an operator.
    pub attempts_max: u32,
}

impl Default for ActorsConfig {
    fn default() -> Self {
        Self {
            customer_queue_max: 64,
            shard_queue_max: 8_192,
            active_customers_max: 20_000,
            idle_max: Duration::from_mins(5),
            proposals_in_flight_max: 4,
            batch_decisions_max: 1_024,
            batch_bytes_max: 1 << 20,
            proposal_timeout: Duration::from_secs(5),
            near_timers_max: 50_000,
            near_window: Duration::from_mins(10),
            wakes_in_flight_max: 256,
            attempts_in_flight_max: 64,
            retry_wait: Duration::from_secs(1),
            retry_wait_max: Duration::from_mins(10),
            attempts_max: 12,
        }
    }
}
