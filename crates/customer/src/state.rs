//! The sections a customer is stored in.
//!
//! In memory each section is shared, and copied only when a decision first changes it: so a decision that fails costs
//! nothing to undo, and what it changed is what is no longer the same allocation.

pub(crate) mod enrolment;
pub(crate) mod enrolments;
pub(crate) mod head;
pub(crate) mod marks;
pub(crate) mod own_zone;
pub(crate) mod segments;
pub(crate) mod timers;
pub(crate) mod waiting;
mod weight;

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_governance::Ledger;
use baton_model::profile::Profile;
use baton_model::text_id::JourneyId;
use own_zone::OwnZone;

use crate::{Enrolments, Head, HistoryRow, Marks, SectionSet, Segments, Timers};

/// The sections of a customer, for encoding.
#[derive(Debug, Clone, Copy)]
pub struct Sections<'a> {
    /// Counters.
    pub head: &'a Head,
    /// What is known and holds.
    pub profile: &'a Profile,
    /// Segment memberships.
    pub segments: &'a Segments,
    /// Live enrolments and run counters.
    pub enrolments: &'a Enrolments,
    /// Sends.
    pub ledger: &'a Ledger,
    /// Where old rows begin.
    pub marks: &'a Marks,
    /// The timer rows there are.
    pub timers: &'a Timers,
}

/// A customer as stored: what [`Customer::restore`](crate::Customer::restore) takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stored {
    /// The sections.
    pub sections: StoredSections,
    /// The inputs that are kept, in order. Only those that hold an event, set a command aside or resume count.
    pub history: Vec<HistoryRow>,
}

/// The sections of a customer, decoded. One that was never written is its default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoredSections {
    /// Counters.
    pub head: Head,
    /// What is known and holds.
    pub profile: Profile,
    /// Segment memberships.
    pub segments: Segments,
    /// Live enrolments and run counters.
    pub enrolments: Enrolments,
    /// Sends.
    pub ledger: Ledger,
    /// Where old rows begin.
    pub marks: Marks,
    /// The timer rows there are.
    pub timers: Timers,
}

/// All sections but the history, shared until they are changed, and what follows from them.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub head: Head,
    pub profile: Arc<Profile>,
    pub segments: Arc<Segments>,
    pub enrolments: Arc<Enrolments>,
    pub ledger: Arc<Ledger>,
    pub marks: Arc<Marks>,
    pub timers: Arc<Timers>,
    /// The journeys of the live enrolments.
    pub live_journeys: Arc<BTreeSet<JourneyId>>,
    /// The zone the profile states.
    pub zone: Arc<OwnZone>,
}

impl State {
    /// The state that sections tell of.
    pub fn of_sections(sections: StoredSections) -> Self {
        let mut state = Self {
            head: sections.head,
            profile: Arc::new(sections.profile),
            segments: Arc::new(sections.segments),
            enrolments: Arc::new(sections.enrolments),
            ledger: Arc::new(sections.ledger),
            marks: Arc::new(sections.marks),
            timers: Arc::new(sections.timers),
            live_journeys: Arc::default(),
            zone: Arc::default(),
        };
        state.zone = Arc::new(OwnZone::of(&state.profile));
        state.note_live_journeys();
        state
    }

    /// The sections, for encoding.
    pub fn sections(&self) -> Sections<'_> {
        Sections {
            head: &self.head,
            profile: &self.profile,
            segments: &self.segments,
            enrolments: &self.enrolments,
            ledger: &self.ledger,
            marks: &self.marks,
            timers: &self.timers,
        }
    }

    /// Takes over a changed profile.
    pub fn set_profile(&mut self, profile: Profile) {
        if !self.zone.is_of(&profile) {
            self.zone = Arc::new(OwnZone::of(&profile));
        }
        self.profile = Arc::new(profile);
    }

    /// Takes note that an enrolment began or ended.
    pub fn note_live_journeys(&mut self) {
        let journeys = self.enrolments.live.values().map(|enrolment| enrolment.journey.clone());
        self.live_journeys = Arc::new(journeys.collect());
    }

    /// The sections that are not those of `before`.
    pub fn changed_since(&self, before: &Self) -> SectionSet {
        let parts = [
            (self.head != before.head, SectionSet::HEAD),
            (!Arc::ptr_eq(&self.profile, &before.profile), SectionSet::PROFILE),
            (!Arc::ptr_eq(&self.segments, &before.segments), SectionSet::SEGMENTS),
            (!Arc::ptr_eq(&self.enrolments, &before.enrolments), SectionSet::ENROLMENTS),
            (!Arc::ptr_eq(&self.ledger, &before.ledger), SectionSet::LEDGER),
            (!Arc::ptr_eq(&self.marks, &before.marks), SectionSet::MARKS),
            (!Arc::ptr_eq(&self.timers, &before.timers), SectionSet::TIMERS),
        ];
        let changed = parts.into_iter().filter(|(changed, _)| *changed);
        changed.fold(SectionSet::default(), |all, (_, section)| all.with(section))
    }
}
