//! What governance asks about a message step, answered from the published documents.

use baton_governance::{Message, Messages, OnRefusal, Strategy};
use baton_journey::library::Library;
use baton_journey::step::StepKind;
use baton_journey::step::message::{OnRefusal as StepRefusal, Strategy as StepStrategy};
use baton_model::ids::DefinitionsVersion;
use baton_model::text_id::{JourneyId, StepId};

/// The message steps of the versions in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepMessages<'a>(pub &'a Library);

impl Messages for StepMessages<'_> {
    fn message(&self, version: DefinitionsVersion, journey: &JourneyId, step: &StepId) -> Option<Message<'_>> {
        let journey = self.0.version(version)?.journeys.get(journey)?;
        let (_, step) = journey.find(step)?;
        let StepKind::Message(message) = &step.kind else {
            return None;
        };
        Some(Message {
            channels: &message.channels,
            strategy: strategy(message.strategy),
            template: &message.template,
            category: journey.category,
            priority: journey.priority,
            topic: message.topic.as_ref(),
            purpose: journey.purpose.as_ref(),
            role: message.role.as_deref(),
            policies: &journey.policies,
            guard: message.guard.as_ref(),
            fallback_zone: journey.timezone.as_ref(),
            max_defer: &journey.max_defer,
            on_capped: refusal(message.on_capped),
            on_suppressed: refusal(message.on_suppressed),
            on_unreachable: refusal(message.on_unreachable),
            on_failed: refusal(message.on_failed),
        })
    }
}

fn strategy(strategy: StepStrategy) -> Strategy {
    match strategy {
        StepStrategy::FirstReachable => Strategy::FirstReachable,
        StepStrategy::All => Strategy::All,
    }
}

/// What governance does with the send; where the enrolment goes after a drop is the step's affair.
fn refusal(refusal: StepRefusal) -> OnRefusal {
    match refusal {
        StepRefusal::Defer => OnRefusal::Defer,
        StepRefusal::Alternate => OnRefusal::Alternate,
        StepRefusal::Drop | StepRefusal::Exit | StepRefusal::Goto(_) => OnRefusal::Drop,
    }
}
