//! What a rule is evaluated against: what is known of one customer, and the input at hand.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::catalogue::Catalogue;
use baton_model::history::{History, StoredEvent};
use baton_model::ids::SendId;
use baton_model::profile::Profile;
use baton_model::send::Send;
use baton_model::text_id::{JourneyId, SegmentId};
use baton_model::value::Fields;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What is known of one customer.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Traits, consents, subscriptions, tickets, addresses.
    pub profile: &'a Profile,
    /// The events.
    pub history: &'a History,
    /// The messages.
    pub sends: &'a BTreeMap<SendId, Send>,
    /// The segments the customer is in, and since when.
    pub segments: &'a BTreeMap<SegmentId, Timestamp>,
    /// The journeys the customer is in.
    pub live_journeys: &'a BTreeSet<JourneyId>,
    /// The topics, purposes and channels there are.
    pub catalogue: &'a Catalogue,
    /// The zone whose calendar spans such as `1d` follow.
    pub zone: &'a TimeZone,
}

/// The input at hand.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The variable `event`; without one its fields are missing.
    pub event: Option<&'a StoredEvent>,
    /// The variable `context`: what the enrolment carries; without one its fields are missing.
    pub context: Option<&'a Fields>,
    /// The variable `now`, and the end of every window.
    pub at: Timestamp,
}

impl Scope<'_> {
    /// A scope with nothing but an instant.
    pub fn at(at: Timestamp) -> Self {
        Self { event: None, context: None, at }
    }
}
