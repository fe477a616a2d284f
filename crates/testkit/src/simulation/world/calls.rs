//! Calls of clients, from the choice of a node to the answer.

use baton_model::text_id::{CustomerId, MessageId};

use super::{CLIENTS, World};
use crate::simulation::client::{Call, CallKind};
use crate::simulation::judge::Judge;
use crate::simulation::network::Message;
use crate::simulation::raft::VOTERS;
use crate::simulation::said::EventAnswer;

impl World {
    /// Some client makes its next call, or gives one up.
    pub(super) fn call(&mut self) -> bool {
        let place = self.seeded.below(CLIENTS);
        let Some(at) = (0..CLIENTS)
            .map(|turn| (place + turn) % CLIENTS)
            .find(|at| self.clients[*at].due() <= Some(self.now) && self.clients[*at].due().is_some())
        else {
            return false;
        };
        self.calls += 1;
        // A call says by its number whose it is.
        let number = self.calls * CLIENTS as u64 + at as u64;
        let leader = self.hint();
        let judges = &self.judges;
        let known = |customer: &CustomerId| -> Vec<MessageId> {
            let acknowledged = |judge: &Judge| judge.acknowledged.get(customer).cloned();
            judges.iter().filter_map(acknowledged).flatten().collect()
        };
        let Some(call) = self.clients[at].act(self.now, number, leader, &mut self.seeded, known) else { return true };
        let Call { number: call, node, customer, kind, .. } = call;
        let (call, node, customer) = (*call, *node, customer.clone());
        let group = group_of(&self.customers, &customer, judges.len());
        let message = match kind {
            CallKind::Event(message) => Message::Event { call, group, node, customer, message: message.clone() },
            CallKind::Read(_) => Message::Read { call, group, node, customer },
        };
        self.network.send(message, &mut self.seeded);
        true
    }

    pub(super) fn event_answered(&mut self, number: u64, answer: EventAnswer) {
        let done = matches!(answer, EventAnswer::Accepted | EventAnswer::Duplicate);
        let leader = self.hint();
        let client = &mut self.clients[whose(number)];
        let Some(call) = client.answered(number, done, self.now, leader, &mut self.seeded) else { return };
        if let (true, CallKind::Event(message)) = (done, call.kind) {
            let group = group_of(&self.customers, &call.customer, self.judges.len());
            self.judges[group].acknowledged.entry(call.customer).or_default().insert(message);
        }
    }

    pub(super) fn read_answered(&mut self, number: u64, seen: Option<Vec<MessageId>>) -> Result<(), String> {
        let leader = self.hint();
        let client = &mut self.clients[whose(number)];
        let Some(call) = client.answered(number, seen.is_some(), self.now, leader, &mut self.seeded) else {
            return Ok(());
        };
        let (Some(seen), CallKind::Read(expected)) = (seen, call.kind) else { return Ok(()) };
        match expected.iter().find(|message| !seen.contains(message)) {
            Some(missed) => Err(format!("a read at node {} was stale: {missed} was acknowledged before", call.node)),
            None => Ok(()),
        }
    }

    /// A node that believes it leads something; not always, and not always rightly.
    fn hint(&mut self) -> Option<usize> {
        let group = self.seeded.below(self.judges.len());
        let first = self.seeded.below(VOTERS);
        let leads = |place: &usize| self.nodes[*place].groups[group].0.raft.leads().is_some();
        let leader = (0..VOTERS).map(|turn| (first + turn) % VOTERS).find(leads);
        leader.filter(|_| !self.seeded.once_in(4))
    }
}

/// Whose call that is.
fn whose(number: u64) -> usize {
    usize::try_from(number % CLIENTS as u64).unwrap_or(0)
}

/// Which group holds a customer.
fn group_of(customers: &[CustomerId], customer: &CustomerId, groups: usize) -> usize {
    customers.iter().position(|other| other == customer).unwrap_or(0) % groups
}
