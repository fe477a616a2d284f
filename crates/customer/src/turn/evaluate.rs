//! Rules and expressions, evaluated for the customer or for one enrolment.

use baton_journey::binding::Binding;
use baton_journey::journey::Journey;
use baton_model::decision::Check;
use baton_model::explain::Explain;
use baton_model::history::StoredEvent;
use baton_model::ids::EnrolmentId;
use baton_model::value::{Fields, Value};
use baton_rules::{Expression, Facts, Outcome, Rule, Scope};
use jiff::tz::TimeZone;

use super::Turn;
use crate::Enrolment;
use crate::state::State;

/// For whom something is evaluated, and which event is at hand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct View<'v> {
    /// The journey, for its fallback zone.
    pub journey: Option<&'v Journey>,
    /// The enrolment, for its context.
    pub enrolment: Option<EnrolmentId>,
    /// The event at hand.
    pub event: Option<&'v StoredEvent>,
    /// The context where there is no enrolment yet.
    pub context: Option<&'v Fields>,
}

impl<'v> View<'v> {
    /// For an enrolment on a step.
    pub fn of(journey: &'v Journey, enrolment: EnrolmentId) -> Self {
        Self { journey: Some(journey), enrolment: Some(enrolment), ..Self::default() }
    }

    /// With an event at hand.
    pub fn with_event(self, event: &'v StoredEvent) -> Self {
        Self { event: Some(event), ..self }
    }
}

impl Turn<'_> {
    /// What a rule comes to.
    pub fn evaluate(&mut self, rule: &Rule, view: View<'_>) -> Outcome {
        let zone = zone(&self.state, view.journey, &self.environment.settings.fallback_zone);
        let facts = self.facts(zone);
        let scope = self.scope(view);
        let mut budget = self.budget.clone();
        let outcome = rule.evaluate(&facts, &scope, &mut budget);
        self.budget = budget;
        outcome
    }

    /// What a rule comes to, as a check that can be explained.
    pub fn check_rule(&mut self, name: &str, rule: &Rule, view: View<'_>) -> Check {
        let explain = self.explain(rule, view);
        Check { name: name.to_owned(), passed: explain.value, detail: String::new(), explain: Some(explain) }
    }

    /// Why a rule comes to what it comes to.
    pub fn explain(&mut self, rule: &Rule, view: View<'_>) -> Explain {
        let zone = zone(&self.state, view.journey, &self.environment.settings.fallback_zone);
        let facts = self.facts(zone);
        let scope = self.scope(view);
        let mut budget = self.budget.clone();
        let explain = rule.explain(&facts, &scope, &mut budget);
        self.budget = budget;
        explain
    }

    /// The value of an expression.
    pub fn value(&mut self, expression: &Expression, view: View<'_>) -> Option<Value> {
        let zone = zone(&self.state, view.journey, &self.environment.settings.fallback_zone);
        let facts = self.facts(zone);
        let scope = self.scope(view);
        let mut budget = self.budget.clone();
        let value = expression.evaluate(&facts, &scope, &mut budget);
        self.budget = budget;
        value
    }

    /// The value a document gives.
    pub fn bound_value(&mut self, binding: &Binding, view: View<'_>) -> Option<Value> {
        match binding {
            Binding::Literal(value) => Some(value.clone()),
            Binding::Expression(expression) => self.value(expression, view),
        }
    }

    /// The zone whose clock an enrolment of `journey` follows.
    pub fn zone_for(&self, journey: &Journey) -> TimeZone {
        zone(&self.state, Some(journey), &self.environment.settings.fallback_zone).clone()
    }

    fn facts<'f>(&'f self, zone: &'f TimeZone) -> Facts<'f> {
        Facts {
            profile: &self.state.profile,
            history: self.log.history(),
            sends: self.state.ledger.sends(),
            segments: &self.state.segments.members,
            live_journeys: &self.state.live_journeys,
            catalogue: &self.current.catalogue,
            zone,
        }
    }

    fn scope<'f>(&'f self, view: View<'f>) -> Scope<'f> {
        let enrolment = view.enrolment.and_then(|id| self.state.enrolments.live.get(&id));
        Scope { event: view.event, context: enrolment.map(Enrolment::context).or(view.context), at: self.at }
    }
}

/// The customer's zone, else the journey's fallback, else the cluster's.
fn zone<'z>(state: &'z State, journey: Option<&'z Journey>, cluster: &'z TimeZone) -> &'z TimeZone {
    let journey_zone = journey.and_then(|journey| journey.timezone.as_ref());
    state.zone.get().or(journey_zone).unwrap_or(cluster)
}
