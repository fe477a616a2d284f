//! `Subscription Changed {topic, status: subscribed|unsubscribed, source}`.

use baton_model::profile::{Profile, Stated, Subscription};
use baton_model::text_id::TopicId;
use baton_model::value::Fields;
use jiff::Timestamp;

use super::{invalid, text};
use crate::Rejection;

/// The event's name.
pub(super) const CHANGED: &str = "Subscription Changed";

/// Takes over what the customer stated.
pub(super) fn change(profile: &mut Profile, properties: &Fields, at: Timestamp) -> Result<(), Rejection> {
    let topic = text(properties, "topic", "the id of a topic")?;
    let topic = TopicId::new(topic).map_err(|error| invalid("topic", error.to_string()))?;
    let value = match text(properties, "status", "`subscribed` or `unsubscribed`")? {
        "subscribed" => Subscription::Subscribed,
        "unsubscribed" => Subscription::Unsubscribed,
        other => return Err(invalid("status", format!("is `{other}`: write `subscribed` or `unsubscribed`"))),
    };
    let source = super::source(properties);
    profile.subscriptions.insert(topic, Stated { value, at, source });
    Ok(())
}
