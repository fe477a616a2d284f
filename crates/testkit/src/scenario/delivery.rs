//! The senders and providers of a scenario: what is in the outbox is attempted at once, and ends as the script says.

use std::collections::{BTreeMap, BTreeSet};

use baton_customer::{AttemptOutcome, OutboxChange};
use baton_model::ids::SendId;
use baton_model::reason::{Reason, ReasonCode};

/// What the provider of a channel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mood {
    /// Takes every message.
    #[default]
    Accepts,
    /// Takes none, for good.
    Refuses,
    /// Takes none; the sender tries again when the mood changes.
    Fails,
    /// May have taken it; the sender tries again when the mood changes.
    Doubts,
    /// Takes none until retries are used up.
    Exhausts,
    /// Is not asked.
    Sleeps,
    /// Is asked and does not answer until the mood changes.
    Hangs,
}

impl Mood {
    /// The mood of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "accepts" => Self::Accepts,
            "refuses" => Self::Refuses,
            "fails" => Self::Fails,
            "doubts" => Self::Doubts,
            "exhausts" => Self::Exhausts,
            "sleeps" => Self::Sleeps,
            "hangs" => Self::Hangs,
            _ => return None,
        })
    }

    /// How an attempt ends; `None`: it does not.
    fn outcome(self) -> Option<AttemptOutcome> {
        let reason = Reason::new(ReasonCode::Provider, "as the scenario says");
        match self {
            Self::Accepts => Some(AttemptOutcome::Accepted),
            Self::Refuses => Some(AttemptOutcome::Refused(reason)),
            Self::Fails => Some(AttemptOutcome::Failed(reason)),
            Self::Doubts => Some(AttemptOutcome::InDoubt(reason)),
            Self::Exhausts => Some(AttemptOutcome::Exhausted { reason, in_doubt: false }),
            Self::Sleeps | Self::Hangs => None,
        }
    }
}

/// The outbox and those who empty it.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    moods: BTreeMap<String, Mood>,
    /// The rows of the outbox.
    outbox: BTreeSet<SendId>,
    /// Sends whose attempt was made and whose sender waits before the next.
    tried: BTreeSet<SendId>,
    /// Sends whose attempt has begun and not ended.
    hanging: BTreeSet<SendId>,
}

/// What a sender does next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    /// Asks for a permit.
    Ask(SendId),
    /// Tells how the attempt that hung ended.
    Tell(SendId, AttemptOutcome),
}

impl Delivery {
    /// Sets what the provider of a channel does from now on. Sends that were tried are tried again.
    pub fn set(&mut self, channel: &str, mood: Mood) {
        self.moods.insert(channel.to_owned(), mood);
        self.tried.clear();
    }

    /// Follows the outbox; a row that is added twice or removed twice is a fault.
    pub fn follow(&mut self, change: OutboxChange) -> Result<(), String> {
        let (fine, what, send) = match change {
            OutboxChange::Release(send) => (self.outbox.insert(send), "released", send),
            OutboxChange::Withdraw(send) => (self.outbox.remove(&send), "withdrawn", send),
        };
        if matches!(change, OutboxChange::Release(_)) {
            self.tried.remove(&send);
        }
        if fine { Ok(()) } else { Err(format!("send {send} is {what} twice")) }
    }

    /// The next thing that a sender does; `channel_of` tells where a send goes.
    pub fn next(&self, channel_of: impl Fn(SendId) -> String) -> Option<Act> {
        let mood = |send: SendId| self.moods.get(&channel_of(send)).copied().unwrap_or_default();
        let told = self.hanging.iter().find_map(|send| Some(Act::Tell(*send, mood(*send).outcome()?)));
        told.or_else(|| {
            let waits = |send: &&SendId| {
                !self.tried.contains(*send) && !self.hanging.contains(*send) && mood(**send) != Mood::Sleeps
            };
            self.outbox.iter().find(waits).map(|send| Act::Ask(*send))
        })
    }

    /// An attempt begins.
    pub fn begin(&mut self, send: SendId) {
        self.hanging.insert(send);
    }

    /// An attempt ended, or was not permitted; the sender does not ask again by itself.
    pub fn end(&mut self, send: SendId) {
        self.hanging.remove(&send);
        self.tried.insert(send);
    }
}
