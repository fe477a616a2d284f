//! `consent` and `subscribed`: what the customer allows and wants. Nothing stated is no consent, and the topic's default.

use baton_model::profile::{Consent, Subscription};
use baton_model::text_id::{PurposeId, TopicId};

use super::condition::Evaluation;
use crate::outcome::Outcome;
use crate::trace::Trace;

impl Evaluation<'_, '_> {
    /// Whether a purpose is allowed.
    pub(super) fn consent<T: Trace>(&mut self, purpose: &PurposeId, trace: &mut T) -> Outcome {
        let stated = self.facts.profile.consents.get(purpose);
        trace.operand("stated", || {
            stated
                .map_or("never", |stated| match stated.value {
                    Consent::Granted => "granted",
                    Consent::Denied => "denied",
                })
                .into()
        });
        Outcome::steady(stated.is_some_and(|stated| stated.value == Consent::Granted))
    }

    /// Whether a topic is wanted.
    pub(super) fn subscribed<T: Trace>(&mut self, topic: &TopicId, trace: &mut T) -> Outcome {
        let stated = self.facts.profile.subscriptions.get(topic).map(|stated| stated.value);
        let default = self.facts.catalogue.topics.get(topic).map(|topic| topic.default);
        let value = stated.or(default) == Some(Subscription::Subscribed);
        let source = if stated.is_some() { "the customer" } else { "the topic's default" };
        trace.operand("stated by", || source.into());
        Outcome::steady(value)
    }
}
