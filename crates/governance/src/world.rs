//! What a decision about sends depends on besides the ledger. All of it is passed in.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::catalogue::Catalogue;
use baton_model::history::History;
use baton_model::ids::{ClusterId, Epoch};
use baton_model::profile::{Pause, Profile};
use baton_model::send::Send;
use baton_model::text_id::{ChannelId, JourneyId, SegmentId};
use baton_rules::Facts;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ledger::Ledger;
use crate::message::{Message, Messages};
use crate::policy::Policies;

/// The world at one instant, as one customer's decision sees it.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Traits, consents, subscriptions, tickets, addresses, and the customer's own pause.
    pub profile: &'a Profile,
    /// The events.
    pub history: &'a History,
    /// The segments the customer is in, and since when.
    pub segments: &'a BTreeMap<SegmentId, Timestamp>,
    /// The journeys the customer is in.
    pub live_journeys: &'a BTreeSet<JourneyId>,
    /// The topics, purposes and channels of the current version.
    pub catalogue: &'a Catalogue,
    /// The policies of the current version: a new cap binds the sends of every version at once.
    pub policies: &'a Policies,
    /// The message steps of the versions in use.
    pub messages: &'a dyn Messages,
    /// What people hold.
    pub holds: Holds<'a>,
    /// The customer's zone, or the cluster's if it is not known.
    pub zone: &'a TimeZone,
    /// The zone is not the customer's own: nothing better is known.
    pub zone_assumed: bool,
    /// The customer was erased.
    pub erased: bool,
    /// Part of every send id.
    pub cluster: ClusterId,
    /// The current activation of the shard.
    pub epoch: Epoch,
    /// Customer time.
    pub at: Timestamp,
}

/// What people hold. A hold whose end has passed holds nothing.
#[derive(Debug, Clone, Copy)]
pub struct Holds<'a> {
    /// The kill switch of the cluster.
    pub cluster: Option<&'a Pause>,
    /// Journeys that are held.
    pub journeys: &'a BTreeMap<JourneyId, Pause>,
    /// Channels that are held.
    pub channels: &'a BTreeMap<ChannelId, Pause>,
}

impl<'a> World<'a> {
    /// What rules look at.
    pub(crate) fn facts<'f>(&self, ledger: &'f Ledger) -> Facts<'f>
    where
        'a: 'f,
    {
        Facts {
            profile: self.profile,
            history: self.history,
            sends: ledger.sends(),
            segments: self.segments,
            live_journeys: self.live_journeys,
            catalogue: self.catalogue,
            zone: self.zone,
        }
    }

    /// The message step that a send comes from.
    pub(crate) fn message(&self, send: &Send) -> Option<Message<'a>> {
        self.messages.message(send.version, &send.journey, &send.step)
    }

    /// The zone whose clock a message follows: an assumed one yields to the fallback of its journey.
    pub(crate) fn zone_of(&self, message: &Message<'a>) -> &'a TimeZone {
        match message.fallback_zone {
            Some(fallback) if self.zone_assumed => fallback,
            _ => self.zone,
        }
    }
}
