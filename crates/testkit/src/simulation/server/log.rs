//! What goes to the log and what is heard of it, as the chain says.

use std::time::Duration;

use baton_customer::{Answer, IngestAnswer, OutboxChange, PermitAnswer, TimerChange};
use baton_shard::chain::{Chain, Next, Settled, Stamp};
use baton_shard::entry::{Batch, Entry};
use baton_shard::outcome::{Outcome, Told};

use super::{Item, Proposal, Purpose, Server, Setting, Waiting};
use crate::simulation::fault::Fault;
use crate::simulation::said::{EventAnswer, Said};

/// How rarely the log is too busy to take an entry.
const BUSY_ONCE_IN: usize = 60;

impl Server {
    pub(super) fn propose(&mut self, proposal: Proposal, entry: Entry, setting: &mut Setting<'_>) -> Option<u64> {
        self.proposed += 1;
        self.proposals.insert(self.proposed, proposal);
        let busy = setting.seeded.once_in(BUSY_ONCE_IN);
        setting.replica.propose(self.proposed, entry, busy)
    }

    pub(super) fn propose_waiting(&mut self, setting: &mut Setting<'_>) {
        while let Some(reign) = &mut self.reign {
            reign.clock = reign.clock.max(setting.at);
            let stamp = Stamp {
                definitions_version: reign.library.current().version,
                at: reign.clock,
                since: Duration::from_millis(setting.now),
            };
            match reign.chain.next(stamp, std::mem::take(&mut reign.company_over)) {
                Next::Nothing => return,
                Next::WaitForCompany => {
                    reign.company_over = true;
                    return;
                }
                Next::Propose(batch) => self.propose_batch(batch, setting),
                Next::TakeEffect(items) => self.take_effect(items, setting),
            }
        }
    }

    fn propose_batch(&mut self, batch: Batch, setting: &mut Setting<'_>) {
        let Some(reign) = &self.reign else { return };
        let mut early = Vec::new();
        for item in reign.chain.items(batch.seq) {
            if let Some(command) = self.commands.get_mut(&item.command) {
                command.placed = Some(batch.seq);
                early.push((item.command, item.answer.clone()));
            }
        }
        if let Some(fault @ (Fault::AnswersBeforeApplied | Fault::AttemptsBeforeApplied)) = setting.fault {
            self.act_too_early(early, fault, setting);
        }
        self.propose(Proposal::Batch(batch.clone()), Entry::Batch(batch), setting);
    }

    fn act_too_early(&mut self, early: Vec<(u64, Answer)>, fault: Fault, setting: &mut Setting<'_>) {
        for (number, answer) in early {
            let event = matches!(answer, Answer::Ingest(_)) && fault == Fault::AnswersBeforeApplied;
            let permit = matches!(answer, Answer::Permit(_)) && fault == Fault::AttemptsBeforeApplied;
            if event || permit {
                self.effective(number, answer, setting);
            }
        }
    }

    /// Some outcome that came in is heard of: not the first, for they are heard of in any order.
    pub(super) fn hear_outcome(&mut self, setting: &mut Setting<'_>) {
        let place = setting.seeded.below(setting.replica.outcomes.len());
        let (ticket, outcome) = setting.replica.outcomes.swap_remove(place);
        match self.proposals.remove(&ticket) {
            Some(Proposal::Activate(round)) => self.activated(round, &outcome, setting),
            Some(Proposal::Batch(batch)) => self.heard_of(batch, outcome, setting),
            None => setting.said.push(Said::Wrong("an outcome was heard of twice".to_owned())),
        }
    }

    fn heard_of(&mut self, batch: Batch, outcome: Outcome, setting: &mut Setting<'_>) {
        let (epoch, seq) = (batch.epoch, batch.seq);
        if setting.fault == Some(Fault::ProposesAgain) && matches!(outcome, Outcome::Unknown { .. }) {
            self.propose(Proposal::Batch(batch.clone()), Entry::Batch(batch), setting);
            return;
        }
        match &mut self.reign {
            Some(reign) if reign.chain.epoch() == epoch => {
                reign.chain.heard(seq, outcome);
                self.settle(setting);
            }
            _ => {
                let Some(past) = self.past.get_mut(&epoch) else { return };
                let told = past.heard(seq, &outcome);
                if past.is_over() {
                    self.past.remove(&epoch);
                }
                self.tell(told, setting);
            }
        }
    }

    fn settle(&mut self, setting: &mut Setting<'_>) {
        while let Some(settled) = self.reign.as_mut().and_then(|reign| Chain::settle(&mut reign.chain)) {
            match settled {
                Settled::Taken(_, items) => self.take_effect(items, setting),
                Settled::Broken(..) => self.end_epoch(setting),
            }
        }
    }

    /// Answers, and nothing else.
    pub(super) fn tell(&mut self, told: Vec<(Item, Told)>, setting: &mut Setting<'_>) {
        for (item, told) in told {
            let answer = match told {
                Told::Applied(_) => event_answer(&item.answer),
                Told::Retry => EventAnswer::Retry,
                Told::Unknown if setting.fault == Some(Fault::TellsRetryForUnknown) => EventAnswer::Retry,
                Told::Unknown => EventAnswer::Unknown,
            };
            self.reply(item.command, answer, setting);
        }
    }

    fn take_effect(&mut self, items: Vec<Item>, setting: &mut Setting<'_>) {
        for Item { command, customer, timers, outbox, answer } in items {
            let Some(reign) = &mut self.reign else { return };
            for change in timers {
                match change {
                    TimerChange::Arm { due, timer } => reign.timers.insert((due, customer.clone(), timer)),
                    TimerChange::Disarm { due, timer } => reign.timers.remove(&(due, customer.clone(), timer)),
                };
            }
            for change in outbox {
                match change {
                    OutboxChange::Release(send) => {
                        let waiting = || Waiting { customer: customer.clone(), from: Some(setting.now) };
                        reign.outbox.entry(send).or_insert_with(waiting);
                    }
                    OutboxChange::Withdraw(send) => drop(reign.outbox.remove(&send)),
                }
            }
            self.effective(command, answer, setting);
        }
    }

    /// A command has come to its end.
    fn effective(&mut self, number: u64, answer: Answer, setting: &mut Setting<'_>) {
        let Some(command) = self.commands.get(&number) else { return };
        let Some(reign) = &mut self.reign else { return };
        match (&command.purpose, answer) {
            (Purpose::Event { .. }, answer) => return self.reply(number, event_answer(&answer), setting),
            (Purpose::Permit(send), Answer::Permit(PermitAnswer::Given(permitted))) => {
                let (send, customer, epoch) = (*send, command.customer.clone(), command.epoch);
                super::deliver::begin(send, customer, epoch, permitted.attempt, setting);
            }
            (Purpose::Settle { send, again: true }, _) => {
                if let Some(waiting) = reign.outbox.get_mut(send) {
                    waiting.from = Some(setting.now + super::MOMENT);
                }
            }
            (Purpose::Permit(send) | Purpose::Settle { send, again: false }, _) => drop(reign.outbox.remove(send)),
            (Purpose::Wake, _) => drop(reign.waking.remove(&command.customer)),
            (Purpose::Adopt, _) => {}
        }
        self.commands.remove(&number);
    }

    /// Ends a command without more than an answer to whoever sent an event.
    pub(super) fn reply(&mut self, number: u64, answer: EventAnswer, setting: &mut Setting<'_>) {
        let Some(command) = self.commands.remove(&number) else { return };
        if let (EventAnswer::Retry, Some(seq)) = (answer, command.placed) {
            setting.said.push(Said::Denied { epoch: command.epoch, seq });
        }
        if let Purpose::Event { call, message } = command.purpose {
            setting.said.push(Said::Answered { call, customer: command.customer, message, answer });
        }
    }
}

fn event_answer(answer: &Answer) -> EventAnswer {
    match answer {
        Answer::Ingest(IngestAnswer::Accepted) => EventAnswer::Accepted,
        Answer::Ingest(IngestAnswer::Duplicate) => EventAnswer::Duplicate,
        _ => EventAnswer::Unknown,
    }
}
