//! What a rule looks at, so that only an input that can change it makes anybody evaluate it again.

use std::collections::BTreeSet;

use baton_model::text_id::{EventName, JourneyId, SegmentId};

/// The facts a rule's value depends on. Windows, too, change with time alone; [`crate::Outcome::next_flip`] says when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact, read by name")]
pub struct Reads {
    /// Events of these names in the history.
    pub events: BTreeSet<EventName>,
    /// Membership of these segments.
    pub segments: BTreeSet<SegmentId>,
    /// `customer.segments`: membership of any segment.
    pub all_segments: bool,
    /// Whether the customer is in these journeys.
    pub journeys: BTreeSet<JourneyId>,
    /// The traits.
    pub traits: bool,
    /// The consents.
    pub consents: bool,
    /// The subscriptions.
    pub subscriptions: bool,
    /// Addresses, devices and the suppression list.
    pub addresses: bool,
    /// The open tickets.
    pub tickets: bool,
    /// The messages and what became of them.
    pub sends: bool,
    /// The customer's zone: calendar spans, local dates, `customer.timezone`.
    pub zone: bool,
    /// The event at hand.
    pub event: bool,
    /// The enrolment's context.
    pub context: bool,
    /// The variable `now`.
    pub now: bool,
}

impl Reads {
    /// Adds what `other` reads.
    pub fn merge(&mut self, other: &Self) {
        self.events.extend(other.events.iter().cloned());
        self.segments.extend(other.segments.iter().cloned());
        self.journeys.extend(other.journeys.iter().cloned());
        self.all_segments |= other.all_segments;
        self.traits |= other.traits;
        self.consents |= other.consents;
        self.subscriptions |= other.subscriptions;
        self.addresses |= other.addresses;
        self.tickets |= other.tickets;
        self.sends |= other.sends;
        self.zone |= other.zone;
        self.event |= other.event;
        self.context |= other.context;
        self.now |= other.now;
    }
}
