//! What the sections of a customer take, roughly, in bytes: the measure of the bound on them.

use baton_model::value::weight;

use super::State;
use crate::Enrolment;

/// What a send takes: its ids, texts and instants.
const SEND_WEIGHT: usize = 400;

/// What an enrolment takes beside the texts that customers and their events bring.
const ENROLMENT_WEIGHT: usize = 300;

/// What one count, exposure, membership or open goal takes.
const FACT_WEIGHT: usize = 100;

impl State {
    /// The bytes of all sections but the history.
    pub fn weight(&self) -> usize {
        let enrolments = &self.enrolments;
        let live: usize = enrolments.live.values().map(enrolment).sum();
        let facts = enrolments.runs.len()
            + enrolments.exposures.len()
            + enrolments.open_goals.len()
            + self.segments.members.len()
            + self.timers.armed.len();
        self.profile.weight() + live + facts * FACT_WEIGHT + self.ledger.sends().len() * SEND_WEIGHT
    }
}

fn enrolment(enrolment: &Enrolment) -> usize {
    let event = &enrolment.event;
    let context = enrolment.context.as_ref().map_or(0, weight);
    let visits = enrolment.visits.len() * FACT_WEIGHT;
    ENROLMENT_WEIGHT + weight(&event.properties) + weight(&event.context) + context + visits
}
