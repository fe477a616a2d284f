//! What is known of a send's attempts: whether it is *attempting*, and whether something may have been delivered.

use baton_model::ids::Epoch;
use baton_model::send::{Hold, Send, SendState};
use jiff::Timestamp;

use crate::world::World;

/// The attempts of a send that is attempting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// When the first was permitted.
    pub since: Timestamp,
    /// The activation that permitted the last.
    pub epoch: Epoch,
    /// How many were permitted.
    pub permitted: u32,
    /// How many are known to have failed.
    pub failed: u32,
    /// Why there is none for now.
    pub hold: Option<Hold>,
}

impl Attempts {
    /// Whether some attempt is under way or ended without an answer.
    pub fn in_doubt(&self) -> bool {
        self.permitted > self.failed
    }

    /// One more of them is known to have failed.
    #[must_use]
    pub fn with_failure(self) -> Self {
        Self { failed: (self.failed + 1).min(self.permitted), ..self }
    }

    /// The state of a send with these attempts.
    pub fn into_state(self) -> SendState {
        let Self { since, epoch, permitted, failed, hold } = self;
        SendState::Attempting { since, epoch, attempts: permitted, refused: failed, hold }
    }

    /// The state of a send with these attempts that is now held, or held no more.
    pub fn state_with(&self, hold: Option<Hold>) -> SendState {
        Self { hold, ..self.clone() }.into_state()
    }
}

/// The attempts of a send that is attempting; `None` if none has begun. Permits are held in memory, so a send released under
/// an earlier activation may have had one; on a channel that is at most once each is stored before its attempt begins.
pub(crate) fn made(send: &Send, world: &World<'_>) -> Option<Attempts> {
    match &send.state {
        SendState::Attempting { since, epoch, attempts, refused, hold } => {
            Some(Attempts { since: *since, epoch: *epoch, permitted: *attempts, failed: *refused, hold: hold.clone() })
        }
        SendState::Released { at, epoch } if *epoch < world.epoch && !is_at_most_once(send, world) => {
            Some(Attempts { since: *at, epoch: *epoch, permitted: 1, failed: 0, hold: None })
        }
        _ => None,
    }
}

/// Whether the send's channel never repeats an attempt.
pub(crate) fn is_at_most_once(send: &Send, world: &World<'_>) -> bool {
    world.catalogue.channels.get(&send.channel).is_some_and(|channel| channel.at_most_once)
}

/// [`made`], where an attempt is known to have ended: a send in the outbox whose permit was forgotten had one.
pub(crate) fn made_or_first(send: &Send, world: &World<'_>) -> Option<Attempts> {
    made(send, world).or(match send.state {
        SendState::Released { at, epoch } => Some(Attempts { since: at, epoch, permitted: 1, failed: 0, hold: None }),
        _ => None,
    })
}
