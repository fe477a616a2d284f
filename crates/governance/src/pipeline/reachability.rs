//! Row 3: the channel reaches the customer and carries messages of this role and topic.

use baton_model::decision::Check;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::{ChannelId, TopicId};

use super::{Refusal, Subject, passed, refused};
use crate::message::Message;
use crate::world::World;

const NAME: &str = "reachability";

/// Refuses a channel that cannot take the message. Only an input can change that.
pub(super) fn check(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Option<Refusal> {
    let Subject { send, message, world, .. } = subject;
    let Err(reason) = reaches(&send.channel, send.role.as_deref(), send.topic.as_ref(), world) else {
        checks.push(passed(NAME, send.channel.as_str()));
        return None;
    };
    checks.push(refused(NAME, &reason.detail));
    Some(Refusal { reason, action: message.on_unreachable, wake: None })
}

/// The channels of a message that can take it, in the order of preference.
pub(crate) fn reachable<'m>(message: &'m Message<'_>, world: &World<'_>) -> impl Iterator<Item = &'m ChannelId> {
    message.channels.iter().filter(|channel| reaches(channel, message.role, message.topic, world).is_ok())
}

/// Why the channel cannot take a message of that role and topic, if it cannot.
fn reaches(channel: &ChannelId, role: Option<&str>, topic: Option<&TopicId>, world: &World<'_>) -> Result<(), Reason> {
    let Some(known) = world.catalogue.channels.get(channel) else {
        return Err(Reason::new(ReasonCode::Unreachable, format!("channel `{channel}` is no longer published")));
    };
    let carried = known.roles.is_empty() || role.is_some_and(|role| known.roles.iter().any(|known| known == role));
    if !carried {
        let role = role.map_or("without a role".to_owned(), |role| format!("of role `{role}`"));
        return Err(Reason::new(ReasonCode::ChannelRole, format!("`{channel}` carries no messages {role}")));
    }
    let topic = topic.and_then(|topic| world.catalogue.topics.get(topic));
    if let Some(topic) = topic.filter(|topic| !topic.channels.is_empty() && !topic.channels.contains(channel)) {
        let detail = format!("topic `{}` is not sent on `{channel}`", topic.id);
        return Err(Reason::new(ReasonCode::ChannelRole, detail));
    }
    match known.kind.address(world.profile) {
        Some(_) => Ok(()),
        None => Err(Reason::new(ReasonCode::Unreachable, format!("no address for `{channel}`"))),
    }
}
