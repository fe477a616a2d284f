//! Report: what became of a message, as a provider or a service tells it later.

use std::sync::Arc;

use baton_model::ids::SendId;
use baton_model::send::{Engagement, MessageStatus};
use jiff::Timestamp;

use super::settle::accepted;
use super::transition::transition;
use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// What a report changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Something new was learnt. `false`: the send is not known, or that status was known, or is none that is reported.
    pub changed: bool,
    /// What to record: only if the report says that the message was accepted after all.
    pub decided: Option<Decided>,
}

/// Takes a report: each status counts the first time, at `at`. What only a message that went out can have says that a
/// provider took it, if nobody had said so. A bounce or failure after that takes nothing back: the attempt was made.
pub fn report(
    id: SendId,
    status: MessageStatus,
    at: Timestamp,
    ledger: &mut Arc<Ledger>,
    world: &World<'_>,
) -> Reported {
    let nothing = Reported { changed: false, decided: None };
    let Some(mut send) = ledger.get(id).cloned() else {
        return nothing;
    };
    let learnt = note(&mut send.engagement, status, at.min(world.at));
    let before = send.state.clone();
    if let Some(state) = accepted(&before, world).filter(|_| proves_acceptance(status)) {
        send.state = state;
        let decided = Some(transition(send, Some(&before), Vec::new(), ledger, world));
        return Reported { changed: true, decided };
    }
    if learnt {
        Arc::make_mut(ledger).put(send);
    }
    Reported { changed: learnt, decided: None }
}

/// Whether only a message that a provider took can come to that.
fn proves_acceptance(status: MessageStatus) -> bool {
    match status {
        MessageStatus::Accepted
        | MessageStatus::Delivered
        | MessageStatus::Opened
        | MessageStatus::Clicked
        | MessageStatus::Replied
        | MessageStatus::Complained => true,
        // A bounce may be the very refusal that an attempt ended with.
        MessageStatus::Bounced | MessageStatus::Decided | MessageStatus::Failed | MessageStatus::NotSent => false,
    }
}

/// Notes the first instant of a status; `false` if it was known or is not the customer's.
fn note(engagement: &mut Engagement, status: MessageStatus, at: Timestamp) -> bool {
    let place = match status {
        MessageStatus::Delivered => &mut engagement.delivered,
        MessageStatus::Opened => &mut engagement.opened,
        MessageStatus::Clicked => &mut engagement.clicked,
        MessageStatus::Replied => &mut engagement.replied,
        MessageStatus::Bounced => &mut engagement.bounced,
        MessageStatus::Complained => &mut engagement.complained,
        MessageStatus::Decided | MessageStatus::Accepted | MessageStatus::Failed | MessageStatus::NotSent => {
            return false;
        }
    };
    let first = place.is_none();
    place.get_or_insert(at);
    first
}
