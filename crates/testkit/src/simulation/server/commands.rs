//! Commands to customers: each waits in its customer's mailbox, is decided, and goes to the chain.

use baton_customer::{Command, Customer, Environment};
use baton_model::event::Event;
use baton_model::ids::{ClusterId, Epoch};
use baton_model::text_id::{CustomerId, MessageId};
use baton_storage::records;

use super::{Item, Purpose, Read, Server, Setting, UnderWay};
use crate::simulation::fault::Fault;
use crate::simulation::said::{EventAnswer, Said};

/// Customers woken in one go.
const WAKES_MAX: usize = 4;

impl Server {
    /// An event came in.
    pub fn ingest(&mut self, call: u64, customer: &CustomerId, event: Event, setting: &mut Setting<'_>) {
        let message = event.message_id.clone();
        if self.reign.is_none() {
            let (customer, answer) = (customer.clone(), EventAnswer::Retry);
            setting.said.push(Said::Answered { call, customer, message, answer });
            return;
        }
        self.send(customer, Purpose::Event { call, message }, Command::Ingest(Box::new(event)));
    }

    /// A read came in: it waits until all is applied that was committed before.
    pub fn read(&mut self, call: u64, customer: &CustomerId, setting: &mut Setting<'_>) {
        let needs_lease = setting.fault != Some(Fault::ReadsWithoutLease);
        match setting.replica.raft.read_index(setting.now, needs_lease) {
            Some(index) => self.reads.push(Read { call, customer: customer.clone(), index }),
            None => setting.said.push(Said::NotRead { call }),
        }
    }

    pub(super) fn answer_read(&mut self, place: usize, setting: &mut Setting<'_>) {
        let Read { call, customer, .. } = self.reads.remove(place);
        match events_of(&setting.replica.standing.rows, &customer) {
            Ok(seen) => setting.said.push(Said::Read { call, customer, seen }),
            Err(error) => setting.said.push(Said::Wrong(error)),
        }
    }

    pub(super) fn begin(&mut self, customer: &CustomerId, purpose: Purpose) -> u64 {
        self.commands_begun += 1;
        let epoch = self.reign.as_ref().map_or(Epoch(0), |reign| reign.chain.epoch());
        let command = UnderWay { customer: customer.clone(), epoch, placed: None, purpose };
        self.commands.insert(self.commands_begun, command);
        self.commands_begun
    }

    pub(super) fn send(&mut self, customer: &CustomerId, purpose: Purpose, command: Command) {
        let number = self.begin(customer, purpose);
        if let Some(reign) = &mut self.reign {
            reign.residents.entry(customer.clone()).or_default().mailbox.push_back((number, command));
        }
    }

    /// A customer is read, or decides about the next command.
    pub(super) fn work(&mut self, id: &CustomerId, setting: &mut Setting<'_>) {
        let Some(reign) = &mut self.reign else { return };
        let Some(resident) = reign.residents.get_mut(id) else { return };
        let Some(customer) = &mut resident.customer else {
            match records::load_customer(&setting.replica.standing.rows, id) {
                Ok(customer) => resident.customer = Some(customer.unwrap_or_else(|| Customer::new(id.clone()))),
                Err(error) => setting.said.push(Said::Wrong(format!("{id} cannot be read: {error}"))),
            }
            return;
        };
        let Some((number, command)) = resident.mailbox.pop_front() else { return };
        reign.clock = reign.clock.max(setting.at);
        let environment = Environment {
            library: &reign.library,
            cluster: ClusterId(1),
            settings: setting.settings,
            epoch: reign.chain.epoch(),
            at: reign.clock,
        };
        let decision = customer.apply(command, &environment);
        for violation in &decision.wake_violations {
            setting.said.push(Said::Wrong(format!("nothing wakes {}: {}", violation.enrolment, violation.detail)));
        }
        let writes = records::decision_writes(customer, &decision);
        let (timers, outbox, answer) = (decision.timers, decision.outbox, decision.answer);
        reign.chain.push(writes, Item { command: number, customer: id.clone(), timers, outbox, answer });
    }

    /// Wakes customers whose timers are due.
    pub(super) fn wake(&mut self, setting: &mut Setting<'_>) {
        let Some(reign) = &mut self.reign else { return };
        let at = reign.clock.max(setting.at);
        let due = reign.timers.iter().take_while(|(due, _, _)| *due <= at).map(|(_, customer, _)| customer.clone());
        let due: Vec<CustomerId> = due.filter(|customer| !reign.waking.contains(customer)).take(WAKES_MAX).collect();
        for customer in due {
            let Some(reign) = &mut self.reign else { return };
            if reign.waking.insert(customer.clone()) {
                self.send(&customer, Purpose::Wake, Command::Wake);
            }
        }
    }
}

/// The events that the rows hold of a customer, the newest first.
pub(in crate::simulation) fn events_of(
    rows: &crate::simulation::rows::MemoryRows,
    customer: &CustomerId,
) -> Result<Vec<MessageId>, String> {
    let inputs = records::inputs(rows, customer, u64::MAX, usize::MAX).map_err(|error| error.to_string())?;
    let message = |row: baton_customer::HistoryRow| match row.input {
        baton_customer::Input::Event { event, .. } => Some(event.message_id.clone()),
        _ => None,
    };
    Ok(inputs.into_iter().filter_map(message).collect())
}
