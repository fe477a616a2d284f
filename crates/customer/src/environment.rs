//! What a decision depends on besides the customer and the command.

use std::collections::BTreeMap;

use baton_journey::library::Library;
use baton_model::ids::{ClusterId, Epoch};
use baton_model::profile::Pause;
use baton_model::text_id::{ChannelId, JourneyId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The world of one decision.
#[derive(Debug, Clone, Copy)]
pub struct Environment<'a> {
    /// The published documents that are in use.
    pub library: &'a Library,
    /// The cluster; part of every send id.
    pub cluster: ClusterId,
    /// The current activation of the shard.
    pub epoch: Epoch,
    /// What is set alike on all nodes.
    pub settings: &'a Settings,
    /// Customer time.
    pub at: Timestamp,
}

/// Settings of the cluster that decisions depend on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The zone of customers about whom nothing better is known.
    pub fallback_zone: TimeZone,
    /// The name of [`Settings::fallback_zone`].
    pub fallback_zone_name: String,
    /// Events older than this trigger nothing.
    pub trigger_max_age: SignedDuration,
    /// How long a `message_id` alone makes an event a repeat.
    pub dedup_retention: SignedDuration,
    /// How long inputs are kept; a client timestamp older than this is rejected.
    pub history_retention: SignedDuration,
    /// How long decision records are kept.
    pub records_retention: SignedDuration,
    /// How long ended sends are kept.
    pub sends_retention: SignedDuration,
    /// Everything is held.
    pub cluster_hold: Option<Pause>,
    /// Journeys that are held.
    pub journey_holds: BTreeMap<JourneyId, Pause>,
    /// Channels that are held.
    pub channel_holds: BTreeMap<ChannelId, Pause>,
}

impl Default for Settings {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            fallback_zone: TimeZone::UTC,
            fallback_zone_name: "UTC".to_owned(),
            trigger_max_age: days(1),
            dedup_retention: days(7),
            history_retention: days(400),
            records_retention: days(90),
            sends_retention: days(400),
            cluster_hold: None,
            journey_holds: BTreeMap::new(),
            channel_holds: BTreeMap::new(),
        }
    }
}
