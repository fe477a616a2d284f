//! The order in which sends have their turn: priority, then first decision, then id; the sends of one visit that goes to all
//! its channels one after the other, in the order of its list.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use baton_model::ids::{ClusterId, SendId};
use baton_model::send::Send;
use jiff::Timestamp;

use crate::message::{Message, Strategy};

/// What waits for its turn.
#[derive(Debug)]
pub(super) struct Queue {
    cluster: ClusterId,
    waiting: BTreeMap<Turn, Send>,
}

/// A place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    priority: Reverse<u8>,
    decided_at: Timestamp,
    /// The id of the first channel's send if the visit goes to all its channels, else the send's own.
    visit: SendId,
    place_in_list: usize,
    id: SendId,
}

impl Queue {
    /// The queue of a cluster's customer.
    pub fn new(cluster: ClusterId) -> Self {
        Self { cluster, waiting: BTreeMap::new() }
    }

    /// Adds a send; one that waits already keeps its turn.
    pub fn push(&mut self, send: Send, message: Option<&Message<'_>>) {
        self.waiting.insert(self.turn(&send, message), send);
    }

    /// Takes whose turn it is.
    pub fn pop(&mut self) -> Option<Send> {
        self.waiting.pop_first().map(|(_, send)| send)
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The place of a send. The sends of a visit to all channels share the id of the first of them.
    fn turn(&self, send: &Send, message: Option<&Message<'_>>) -> Turn {
        let channels = message.filter(|message| message.strategy == Strategy::All).map_or(&[][..], |all| all.channels);
        let id_on = |channel| SendId::derive(self.cluster, send.enrolment, &send.step, send.visit, channel);
        let visit = channels.first().map_or(send.id, id_on);
        let place_in_list = channels.iter().position(|channel| *channel == send.channel).unwrap_or(0);
        Turn { priority: Reverse(send.priority), decided_at: send.decided_at, visit, place_in_list, id: send.id }
    }
}
