//! What is under way between nodes, clients and the provider. It comes in any order, twice, or never.

use baton_customer::AttemptOutcome;
use baton_model::text_id::{CustomerId, MessageId};

use super::raft::{RaftMessage, VOTERS};
use super::said::{Attempt, EventAnswer};
use crate::seeded::Seeded;

/// While there are faults, one message in so many is lost, and one in so many comes twice.
const LOST_ONE_IN: usize = 14;

/// Something under way.
#[derive(Debug, Clone)]
pub(super) enum Message {
    Raft {
        group: usize,
        from: usize,
        to: usize,
        message: RaftMessage,
    },
    Event {
        call: u64,
        group: usize,
        node: usize,
        customer: CustomerId,
        message: MessageId,
    },
    Read {
        call: u64,
        group: usize,
        node: usize,
        customer: CustomerId,
    },
    EventAnswered {
        call: u64,
        answer: EventAnswer,
    },
    /// The events that were seen; `None` if it was refused.
    ReadAnswered {
        call: u64,
        seen: Option<Vec<MessageId>>,
    },
    Attempt {
        group: usize,
        node: usize,
        boot: u64,
        attempt: Attempt,
    },
    AttemptEnded {
        group: usize,
        node: usize,
        boot: u64,
        attempt: Attempt,
        outcome: AttemptOutcome,
    },
}

/// The network.
#[derive(Default)]
pub(super) struct Network {
    under_way: Vec<Message>,
    /// Cut links, by sender and receiver.
    pub cut: [[bool; VOTERS]; VOTERS],
    pub faulty: bool,
}

impl Network {
    /// One in which everything can go wrong.
    pub fn faulty() -> Self {
        Self { faulty: true, ..Self::default() }
    }

    /// Sends something. An attempt ends exactly once: what may happen to it on the way is part of its outcome.
    pub fn send(&mut self, message: Message, seeded: &mut Seeded) {
        let sure = matches!(message, Message::Attempt { .. } | Message::AttemptEnded { .. });
        let cut = matches!(message, Message::Raft { from, to, .. } if self.cut[from][to]);
        if cut || (self.faulty && !sure && seeded.once_in(LOST_ONE_IN)) {
            return;
        }
        if self.faulty && !sure && seeded.once_in(LOST_ONE_IN) {
            self.under_way.push(message.clone());
        }
        self.under_way.push(message);
    }

    /// Takes some message out that can arrive; `at` tells where one does not, for the time being.
    pub fn next(&mut self, seeded: &mut Seeded, sleeps: impl Fn(usize) -> bool) -> Option<Message> {
        let place = seeded.below(self.under_way.len().max(1));
        let to = match self.under_way.get(place)? {
            Message::Raft { to, .. } => Some(*to),
            Message::Event { node, .. } | Message::Read { node, .. } | Message::AttemptEnded { node, .. } => {
                Some(*node)
            }
            Message::EventAnswered { .. } | Message::ReadAnswered { .. } | Message::Attempt { .. } => None,
        };
        if to.is_some_and(sleeps) {
            return None;
        }
        Some(self.under_way.swap_remove(place))
    }
}
