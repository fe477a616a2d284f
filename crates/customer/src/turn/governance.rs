//! Governance, asked in the course of a decision: what it decided becomes records and outbox rows.

use std::sync::Arc;

use baton_governance::{Decided, Holds, Ledger, World};
use baton_model::decision::Verdict;
use baton_model::ids::EnrolmentId;
use baton_model::reason::Reason;
use baton_rules::Budget;

use super::Turn;
use crate::state::State;

impl Turn<'_> {
    /// Lets governance look at the ledger in the world of this decision. Facts are those of before: the ledger it changes is
    /// the only thing that changes.
    pub fn govern<T>(&mut self, ask: impl FnOnce(&mut Arc<Ledger>, &World<'_>, &mut Budget) -> T) -> T {
        let State { ledger, profile, segments, live_journeys, zone, .. } = &mut self.state;
        let settings = self.environment.settings;
        let before = Arc::clone(ledger);
        let world = World {
            profile,
            history: self.log.history(),
            segments: &segments.members,
            live_journeys,
            catalogue: &self.current.catalogue,
            policies: &self.current.policies,
            messages: &self.messages,
            holds: Holds {
                cluster: settings.cluster_hold.as_ref(),
                journeys: &settings.journey_holds,
                channels: &settings.channel_holds,
            },
            zone: zone.get().unwrap_or(&settings.fallback_zone),
            zone_assumed: zone.get().is_none(),
            erased: false,
            cluster: self.environment.cluster,
            epoch: self.environment.epoch,
            at: self.at,
        };
        let answer = ask(ledger, &world, &mut self.budget);
        self.touched.sends |= !Arc::ptr_eq(&before, ledger);
        answer
    }

    /// Writes down what governance decided.
    pub fn take_decided(&mut self, all: impl IntoIterator<Item = Decided>) {
        for decided in all {
            if let Verdict::NoSend { enrolled, reason, .. } = &decided.verdict {
                self.no_send.insert(enrolled.enrolment, reason.clone());
            }
            self.output.outbox.extend(decided.outbox);
            self.record(decided.verdict, decided.checks, decided.next);
        }
    }

    /// Ends the pending sends of an enrolment that ended.
    pub fn cancel_sends(&mut self, enrolment: EnrolmentId, reason: &Reason) {
        let decided = self.govern(|ledger, world, _| baton_governance::cancel(enrolment, reason, ledger, world));
        self.take_decided(decided);
    }
}
