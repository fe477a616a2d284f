//! The facts that changed since rules were last looked at, so that only rules that read them are evaluated again.

use std::collections::BTreeSet;

use baton_model::profile::Profile;
use baton_model::text_id::{EventName, JourneyId, SegmentId};
use baton_rules::Reads;

use crate::profile::zone_differs;

/// Changed facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact, named like that of `Reads`")]
pub(crate) struct Touched {
    /// Everything may have changed: other documents.
    pub all: bool,
    /// An event of this name was added.
    pub event: Option<EventName>,
    /// Segments were entered or left.
    pub segments: BTreeSet<SegmentId>,
    /// Journeys were entered or left.
    pub journeys: BTreeSet<JourneyId>,
    /// Traits.
    pub traits: bool,
    /// Consents.
    pub consents: bool,
    /// Subscriptions.
    pub subscriptions: bool,
    /// Addresses, devices, suppressions.
    pub addresses: bool,
    /// Tickets.
    pub tickets: bool,
    /// Sends.
    pub sends: bool,
    /// The zone.
    pub zone: bool,
}

impl Touched {
    /// Everything.
    pub fn everything() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a rule that reads these facts may have another value.
    pub fn concerns(&self, reads: &Reads) -> bool {
        self.all
            || (self.traits && reads.traits)
            || (self.consents && reads.consents)
            || (self.subscriptions && reads.subscriptions)
            || (self.addresses && reads.addresses)
            || (self.tickets && reads.tickets)
            || (self.sends && reads.sends)
            || (self.zone && reads.zone)
            || (!self.segments.is_empty() && reads.all_segments)
            || self.event.as_ref().is_some_and(|event| reads.events.contains(event))
            || self.segments.iter().any(|segment| reads.segments.contains(segment))
            || self.journeys.iter().any(|journey| reads.journeys.contains(journey))
    }

    /// Adds what differs between two profiles.
    pub fn note_profile(&mut self, before: &Profile, after: &Profile) {
        let traits = before.traits != after.traits;
        self.traits |= traits;
        self.consents |= before.consents != after.consents;
        self.subscriptions |= before.subscriptions != after.subscriptions;
        self.addresses |= traits || before.devices != after.devices || before.suppressed != after.suppressed;
        self.tickets |= before.tickets != after.tickets;
        self.zone |= zone_differs(before, after);
    }
}
