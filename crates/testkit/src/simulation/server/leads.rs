//! From one epoch to the next, as the course says.

use std::collections::BTreeSet;

use baton_model::ids::{Epoch, NodeId};
use baton_model::text_id::CustomerId;
use baton_shard::chain::Chain;
use baton_shard::course::{Next, Round};
use baton_shard::entry::{Activate, Entry};
use baton_shard::outcome::Outcome;
use baton_storage::records;
use jiff::Timestamp;

use super::{Alarm, BOUNDS, Heard, MOMENT, Proposal, Purpose, Reign, Server, Setting, Waiting};
use crate::simulation::fault::Fault;
use crate::simulation::said::{EventAnswer, Said};

/// More rows than a simulated shard has.
const ROWS_MAX: usize = 100_000;

impl Server {
    pub(super) fn hear_who_leads(&mut self, setting: &mut Setting<'_>) {
        let leads = setting.replica.raft.leads();
        self.heard = Heard::Leads(leads);
        self.end_epoch(setting);
        match leads {
            Some(_) => self.activate(setting),
            None => self.course.follow(),
        }
    }

    /// A change that was short is told late: soon after, who leads is told again.
    pub(super) fn hear_that_nobody_leads(&mut self, setting: &mut Setting<'_>) {
        self.heard = Heard::Leads(None);
        self.end_epoch(setting);
        self.course.follow();
    }

    pub(super) fn alarm(&mut self, place: usize, setting: &mut Setting<'_>) {
        match self.alarms.remove(place).1 {
            Alarm::Again(round) if self.course.again(round) => self.activate(setting),
            Alarm::Open(round, epoch) if self.course.again(round) => self.open_with_documents(round, epoch, setting),
            Alarm::Again(_) | Alarm::Open(..) => {}
        }
    }

    fn activate(&mut self, setting: &mut Setting<'_>) {
        let round = self.course.activate();
        let node = NodeId(setting.node as u64);
        let entry = Entry::Activate(Activate { node, at: setting.at });
        let index = self.propose(Proposal::Activate(round), entry, setting);
        if let (Some(Fault::DecidesBeforeActivated), Some(index)) = (setting.fault, index) {
            self.open(Epoch(index), setting);
        }
    }

    pub(super) fn activated(&mut self, round: Round, outcome: &Outcome, setting: &mut Setting<'_>) {
        match self.course.activated(round, outcome) {
            Next::Nothing => {}
            Next::Open(epoch) => self.open_with_documents(round, epoch, setting),
            Next::Wait => self.alarms.push((setting.now + MOMENT, Alarm::Again(round))),
        }
    }

    fn open_with_documents(&mut self, round: Round, epoch: Epoch, setting: &mut Setting<'_>) {
        if self.course.may_open(round, &setting.replica.standing.gate, setting.newest.current().version) {
            self.open(epoch, setting);
        } else {
            self.alarms.push((setting.now + MOMENT, Alarm::Open(round, epoch)));
        }
    }

    fn open(&mut self, epoch: Epoch, setting: &mut Setting<'_>) {
        let standing = &setting.replica.standing;
        let read = || {
            let timers = records::timers_between(&standing.rows, Timestamp::MIN, latest(), ROWS_MAX)?;
            Ok::<_, records::ReadError>((timers, records::outbox(&standing.rows, ROWS_MAX)?))
        };
        let (timers, outbox) = match read() {
            Ok(rows) => rows,
            Err(error) => return setting.said.push(Said::Wrong(format!("rows cannot be read: {error}"))),
        };
        let waiting = |(send, customer)| (send, Waiting { customer, from: Some(setting.now) });
        self.reign = Some(Reign {
            chain: Chain::new(epoch, BOUNDS),
            library: setting.newest.clone(),
            clock: setting.at.max(standing.gate.at),
            residents: self.kept.take().unwrap_or_default(),
            timers: timers.into_iter().collect(),
            waking: BTreeSet::new(),
            outbox: outbox.into_iter().map(waiting).collect(),
            company_over: false,
        });
        self.course.open(epoch);
        setting.said.push(Said::Opened { epoch });
    }

    /// Stops deciding, and tells whoever can be told.
    pub(super) fn end_epoch(&mut self, setting: &mut Setting<'_>) {
        let (Some(epoch), Some(reign)) = (self.course.stop(), self.reign.take()) else { return };
        let (told, past) = reign.chain.end();
        if !past.is_over() {
            self.past.insert(epoch, past);
        }
        if setting.fault == Some(Fault::KeepsCustomers) {
            self.kept = Some(reign.residents);
        }
        self.tell(told, setting);
        let unplaced = |(number, command): (&u64, &super::UnderWay)| {
            (command.epoch == epoch && command.placed.is_none()).then_some(*number)
        };
        for number in self.commands.iter().filter_map(unplaced).collect::<Vec<u64>>() {
            self.reply(number, EventAnswer::Retry, setting);
        }
        self.alarms.push((setting.now + MOMENT, Alarm::Again(self.course.round())));
    }

    /// Takes over newer documents, and makes them part of the shard's order.
    pub(super) fn adopt(&mut self, setting: &mut Setting<'_>) {
        let Some(reign) = &mut self.reign else { return };
        reign.library = setting.newest.clone();
        let customer = crate::simulation::nobody();
        let number = self.begin(&customer, Purpose::Adopt);
        let item = super::Item {
            command: number,
            customer,
            timers: Vec::new(),
            outbox: Vec::new(),
            answer: baton_customer::Answer::Done,
        };
        if let Some(reign) = &mut self.reign {
            reign.chain.demand(item);
        }
    }

    /// Puts a customer away that has nothing under way.
    pub(super) fn put_away(&mut self, setting: &mut Setting<'_>) {
        let Some(reign) = &mut self.reign else { return };
        let epoch = reign.chain.epoch();
        let current = self.commands.values().filter(|command| command.epoch == epoch);
        let busy: BTreeSet<&CustomerId> = current.map(|command| &command.customer).collect();
        let careless = setting.fault == Some(Fault::PutsAwayBusyCustomers);
        reign.residents.retain(|id, resident| {
            let under_way = if careless { !resident.mailbox.is_empty() } else { busy.contains(id) };
            under_way || setting.seeded.once_in(2)
        });
    }
}

/// Later than any timer.
fn latest() -> Timestamp {
    Timestamp::MAX
}
