//! Alternate: another channel for the same visit, as another send.

use std::sync::Arc;

use baton_model::ids::SendId;
use baton_model::reason::Reason;
use baton_model::send::{Engagement, Send, SendState};
use baton_model::text_id::ChannelId;

use crate::intent::Intent;
use crate::ledger::Ledger;
use crate::message::{Message, OnRefusal, Strategy};
use crate::pipeline::reachability::reachable;
use crate::world::World;

/// A send that is decided for the first time: deferred until it has been.
pub(super) fn first(
    intent: &Intent,
    channel: &ChannelId,
    message: &Message<'_>,
    reason: Reason,
    world: &World<'_>,
) -> Send {
    Send {
        id: SendId::derive(world.cluster, intent.enrolment, &intent.step, intent.visit, channel),
        enrolment: intent.enrolment,
        journey: intent.journey.clone(),
        version: intent.version,
        step: intent.step.clone(),
        visit: intent.visit,
        channel: channel.clone(),
        template: message.template.clone(),
        category: message.category,
        priority: message.priority,
        topic: message.topic.cloned(),
        purpose: message.purpose.cloned(),
        role: message.role.map(str::to_owned),
        decided_at: world.at,
        defer_base: world.at,
        state: SendState::Deferred { wake: Some(world.at), reason },
        engagement: Engagement::default(),
    }
}

/// The send on the next channel that reaches the customer and has no send for this visit yet; `None` after the last one, and
/// for a message that goes to all its channels anyway.
pub(super) fn next(
    send: &Send,
    message: &Message<'_>,
    reason: &Reason,
    ledger: &Ledger,
    world: &World<'_>,
) -> Option<Send> {
    if message.strategy != Strategy::FirstReachable {
        return None;
    }
    let tried = |channel: &ChannelId| {
        *channel == send.channel
            || ledger.visit(send.enrolment, &send.step, send.visit).any(|known| known.channel == *channel)
    };
    let channel = reachable(message, world).find(|channel| !tried(channel))?;
    let intent = Intent::of(send);
    Some(first(&intent, channel, message, reason.clone(), world))
}

/// After a send failed for good: puts the next channel's send into the ledger if its step says so, due at once.
pub(super) fn after_failure(send: &Send, reason: &Reason, ledger: &mut Arc<Ledger>, world: &World<'_>) {
    let message = world.message(send).filter(|message| message.on_failed == OnRefusal::Alternate);
    let next = message.and_then(|message| next(send, &message, reason, ledger, world));
    if let Some(next) = next {
        Arc::make_mut(ledger).put(next);
    }
}
