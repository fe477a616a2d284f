//! A client: sends its events one after the other, each until it is taken, and reads in between.

use std::collections::VecDeque;

use baton_model::text_id::{CustomerId, MessageId};

use super::raft::VOTERS;
use crate::seeded::Seeded;

/// A call without an answer for this long is given up; its outcome is unknown.
const PATIENCE: u64 = 200;

/// The wait before the next call.
const REST: usize = 120;

/// Reads among the calls: one in so many.
const READS_ONE_IN: usize = 3;

/// One client.
pub(super) struct Client {
    /// What is to be sent, in this order.
    script: VecDeque<(CustomerId, MessageId)>,
    open: Option<Call>,
    rests_until: u64,
    /// The node that answered last.
    node: usize,
    /// It goes on reading when all is sent.
    pub curious: bool,
    reads: Option<CustomerId>,
}

/// A call under way.
pub(super) struct Call {
    pub number: u64,
    pub since: u64,
    pub node: usize,
    pub customer: CustomerId,
    pub kind: CallKind,
}

/// What is asked.
pub(super) enum CallKind {
    Event(MessageId),
    /// A read that must see these: they were acknowledged before it began.
    Read(Vec<MessageId>),
}

impl Client {
    pub fn new(script: VecDeque<(CustomerId, MessageId)>) -> Self {
        let reads = script.back().map(|(customer, _)| customer.clone());
        Self { script, open: None, rests_until: 0, node: 0, curious: true, reads }
    }

    /// One that begins with a certain node.
    pub fn at(node: usize, script: VecDeque<(CustomerId, MessageId)>) -> Self {
        Self { node, curious: false, ..Self::new(script) }
    }

    /// Whether everything was sent and taken.
    pub fn is_done(&self) -> bool {
        self.script.is_empty() && self.open.is_none()
    }

    /// When it does something by itself.
    pub fn due(&self) -> Option<u64> {
        match &self.open {
            Some(call) => Some(call.since + PATIENCE),
            None => (self.curious || !self.script.is_empty()).then_some(self.rests_until),
        }
    }

    /// Does what is due; returns a new call if it makes one. `leader`: a node to try, as somebody told.
    pub fn act(
        &mut self,
        now: u64,
        number: u64,
        leader: Option<usize>,
        seeded: &mut Seeded,
        known: impl Fn(&CustomerId) -> Vec<MessageId>,
    ) -> Option<&Call> {
        if self.open.as_ref().is_some_and(|call| now >= call.since + PATIENCE) {
            self.try_elsewhere(now, leader, seeded);
            return None;
        }
        if self.open.is_some() || now < self.rests_until {
            return None;
        }
        let (customer, kind) = match self.script.front() {
            Some((customer, message)) if !seeded.once_in(READS_ONE_IN) => {
                (customer.clone(), CallKind::Event(message.clone()))
            }
            _ => {
                let customer = self.reads.clone()?;
                let known = known(&customer);
                (customer, CallKind::Read(known))
            }
        };
        self.open = Some(Call { number, since: now, node: self.node, customer, kind });
        self.open.as_ref()
    }

    /// Takes the answer to a call: `true` if that is done, `false` if it must be made again. The call, if it is still open.
    pub fn answered(
        &mut self,
        number: u64,
        done: bool,
        now: u64,
        leader: Option<usize>,
        seeded: &mut Seeded,
    ) -> Option<Call> {
        let call = self.open.take_if(|call| call.number == number)?;
        if done {
            self.rests_until = now + seeded.below(REST) as u64;
            if matches!(call.kind, CallKind::Event(_)) {
                self.script.pop_front();
            }
        } else {
            self.try_elsewhere(now, leader, seeded);
        }
        Some(call)
    }

    fn try_elsewhere(&mut self, now: u64, leader: Option<usize>, seeded: &mut Seeded) {
        self.open = None;
        self.node = leader.unwrap_or_else(|| seeded.below(VOTERS));
        self.rests_until = now + seeded.below(REST) as u64;
    }
}
