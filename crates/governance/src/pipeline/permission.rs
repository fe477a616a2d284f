//! Row 4: the customer allows the message. A "no" here is final: the message is dropped or cancelled, never deferred.

use baton_model::decision::Check;
use baton_model::profile::{Consent, Subscription};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::Category;

use super::{Refusal, Subject, passed, refused};
use crate::message::OnRefusal;

/// Refuses an erased customer, a channel on the suppression list, a purpose without consent, a topic without subscription.
/// A transactional message asks the first two only, a service message no purpose.
pub(super) fn check(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Option<Refusal> {
    let category = subject.send.category;
    let answers = [
        Some(erased(subject)),
        Some(suppression_list(subject)),
        (category == Category::Marketing).then(|| consent(subject)).flatten(),
        (category != Category::Transactional).then(|| subscription(subject)).flatten(),
    ];
    for (name, code, answer) in answers.into_iter().flatten() {
        match answer {
            Ok(detail) => checks.push(passed(name, detail)),
            Err(detail) => {
                checks.push(refused(name, &detail));
                return Some(Refusal { reason: Reason::new(code, detail), action: OnRefusal::Drop, wake: None });
            }
        }
    }
    None
}

/// A check's name, its reason if it refuses, and what it saw.
type Answer = (&'static str, ReasonCode, Result<String, String>);

fn erased(subject: &Subject<'_>) -> Answer {
    let answer = if subject.world.erased { Err(String::new()) } else { Ok(String::new()) };
    ("erased", ReasonCode::Erased, answer)
}

fn suppression_list(subject: &Subject<'_>) -> Answer {
    let channel = &subject.send.channel;
    let answer = match subject.world.profile.suppressed.get(channel) {
        Some(stated) => Err(format!("`{channel}`: {} ({})", stated.value, stated.source)),
        None => Ok(String::new()),
    };
    ("suppression_list", ReasonCode::SuppressionList, answer)
}

/// What was never said about a purpose is a no.
fn consent(subject: &Subject<'_>) -> Option<Answer> {
    let purpose = subject.send.purpose.as_ref()?;
    let answer = match subject.world.profile.consents.get(purpose) {
        Some(stated) if stated.value == Consent::Granted => Ok(format!("`{purpose}` granted ({})", stated.source)),
        Some(stated) => Err(format!("`{purpose}` denied ({})", stated.source)),
        None => Err(format!("`{purpose}` never granted")),
    };
    Some(("consent", ReasonCode::Consent, answer))
}

/// What was never said about a topic is the topic's default; a topic that is no longer published has none.
fn subscription(subject: &Subject<'_>) -> Option<Answer> {
    let topic = subject.send.topic.as_ref()?;
    let stated = subject.world.profile.subscriptions.get(topic);
    let default = subject.world.catalogue.topics.get(topic).map(|topic| topic.default);
    let answer = match (stated.map(|stated| stated.value), default) {
        (Some(Subscription::Subscribed), _) => Ok(format!("`{topic}` subscribed")),
        (Some(Subscription::Unsubscribed), _) => Err(format!("`{topic}` unsubscribed")),
        (None, Some(Subscription::Subscribed)) => Ok(format!("`{topic}` subscribed by default")),
        (None, _) => Err(format!("`{topic}` never subscribed")),
    };
    Some(("subscription", ReasonCode::Unsubscribed, answer))
}
