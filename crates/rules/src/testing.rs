//! A small customer for the tests of this crate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_model::catalogue::Catalogue;
use baton_model::event::EventKind;
use baton_model::history::{History, InputNumber, StoredEvent};
use baton_model::ids::SendId;
use baton_model::profile::Profile;
use baton_model::send::Send;
use baton_model::text_id::{JourneyId, MessageId, SegmentId, StepId};
use baton_model::value::{Fields, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::facts::Facts;
use crate::names::Names;

/// Everything that rules look at, owned.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) profile: Profile,
    pub(crate) history: History,
    pub(crate) sends: BTreeMap<SendId, Send>,
    pub(crate) segments: BTreeMap<SegmentId, Timestamp>,
    pub(crate) live_journeys: BTreeSet<JourneyId>,
    pub(crate) catalogue: Catalogue,
    pub(crate) zone: TimeZone,
    pub(crate) known_segments: BTreeSet<SegmentId>,
    pub(crate) known_journeys: BTreeMap<JourneyId, BTreeSet<StepId>>,
}

impl Customer {
    /// A customer nothing is known of.
    pub(crate) fn new() -> Self {
        Self {
            profile: Profile::default(),
            history: History::default(),
            sends: BTreeMap::new(),
            segments: BTreeMap::new(),
            live_journeys: BTreeSet::new(),
            catalogue: Catalogue::default(),
            zone: TimeZone::UTC,
            known_segments: BTreeSet::new(),
            known_journeys: BTreeMap::new(),
        }
    }

    /// Adds an event.
    pub(crate) fn event(&mut self, name: &str, at: Timestamp, properties: &str) {
        let number = self.history.len() as u64 + 1;
        self.history.insert(Arc::new(stored(name, number, at, properties)));
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            profile: &self.profile,
            history: &self.history,
            sends: &self.sends,
            segments: &self.segments,
            live_journeys: &self.live_journeys,
            catalogue: &self.catalogue,
            zone: &self.zone,
        }
    }

    pub(crate) fn names(&self) -> Names<'_> {
        Names { segments: &self.known_segments, journeys: &self.known_journeys, catalogue: &self.catalogue }
    }
}

/// An event as a customer keeps it; `properties` is JSON.
pub(crate) fn stored(name: &str, number: u64, at: Timestamp, properties: &str) -> StoredEvent {
    StoredEvent {
        number: InputNumber(number),
        message_id: MessageId::new(&format!("m{number}")).unwrap(),
        client_timestamp: None,
        kind: EventKind::Track,
        name: name.parse().unwrap(),
        occurred_at: at,
        received_at: at,
        historical: false,
        properties: fields(properties),
        context: Fields::new(),
    }
}

/// The fields of a JSON object.
pub(crate) fn fields(json: &str) -> Fields {
    match serde_json::from_str(json).unwrap() {
        Value::Map(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

/// An instant of RFC 3339.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}
