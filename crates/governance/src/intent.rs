//! What a message step asks for when an enrolment comes to it.

use baton_model::ids::{DefinitionsVersion, EnrolmentId, Visit};
use baton_model::send::Send;
use baton_model::text_id::{JourneyId, StepId};

/// One visit to a message step. What the message is, [`Messages`](crate::Messages) knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The run that asks.
    pub enrolment: EnrolmentId,
    /// Its journey.
    pub journey: JourneyId,
    /// The version under which it runs.
    pub version: DefinitionsVersion,
    /// The message step.
    pub step: StepId,
    /// Which visit to it.
    pub visit: Visit,
}

impl Intent {
    /// The intent that a send came from.
    pub(crate) fn of(send: &Send) -> Self {
        Self {
            enrolment: send.enrolment,
            journey: send.journey.clone(),
            version: send.version,
            step: send.step.clone(),
            visit: send.visit,
        }
    }
}
