//! A shard with one customer: rows, a clock that is only moved, and nothing that runs by itself.
//!
//! Every decision is checked: rows are added and removed exactly once, sections that were not said to change have not, and the
//! customer restored from sections and rows is the customer that decided.

use std::collections::BTreeSet;

use baton_customer::{
    Answer, Command, Customer, Decision, Environment, HistoryRow, IngestAnswer, PermitAnswer, SectionSet, Settings,
    Stored, StoredSections, TimerChange, TimerKey,
};
use baton_journey::library::Library;
use baton_model::ids::{ClusterId, Epoch, SendId};
use baton_model::send::Send;
use baton_model::text_id::CustomerId;
use jiff::Timestamp;

use super::delivery::{Act, Delivery};
use super::happening::{Happening, of_record};

/// The most attempts and timers at one instant; more is a circle.
const ACTS_MAX: usize = 10_000;

/// One customer, their rows, and the world around.
pub(crate) struct Shard {
    pub customer: Customer,
    pub library: Library,
    pub settings: Settings,
    pub now: Timestamp,
    pub delivery: Delivery,
    pub happenings: Vec<Happening>,
    timers: BTreeSet<(Timestamp, TimerKey)>,
    history: Vec<HistoryRow>,
}

impl Shard {
    /// A shard with a customer nothing is known of.
    pub fn new(customer: CustomerId, now: Timestamp) -> Self {
        Self {
            customer: Customer::new(customer),
            library: Library::new(),
            settings: Settings::default(),
            now,
            delivery: Delivery::default(),
            happenings: Vec::new(),
            timers: BTreeSet::new(),
            history: Vec::new(),
        }
    }

    /// Moves the clock to `until`, firing what becomes due on the way, each timer at its instant.
    pub fn advance(&mut self, until: Timestamp) -> Result<(), String> {
        for _ in 0..ACTS_MAX {
            let due = self.timers.first().map(|(due, _)| *due).filter(|due| *due <= until);
            let Some(due) = due else {
                self.now = self.now.max(until);
                return Ok(());
            };
            self.now = self.now.max(due);
            self.decide(Command::Wake)?;
            if self.timers.first().is_some_and(|(still, _)| *still <= self.now) {
                return Err("a timer that is due stays armed after it fired".to_owned());
            }
            self.deliver()?;
        }
        Err(format!("more than {ACTS_MAX} timers"))
    }

    /// Decides about a command, then lets senders work until nothing is left for them at this instant.
    pub fn command(&mut self, command: Command) -> Result<Answer, String> {
        let answer = self.decide(command)?;
        self.deliver()?;
        Ok(answer)
    }

    /// Lets senders work.
    pub fn deliver(&mut self) -> Result<(), String> {
        for _ in 0..ACTS_MAX {
            let ledger = self.customer.sections().ledger;
            let channel = |send| ledger.get(send).map_or_else(String::new, |send| send.channel.as_str().to_owned());
            match self.delivery.next(channel) {
                None => return Ok(()),
                Some(Act::Ask(send)) => self.ask(send)?,
                Some(Act::Tell(send, outcome)) => {
                    self.delivery.end(send);
                    self.decide(Command::Settle { send, outcome })?;
                }
            }
        }
        Err(format!("more than {ACTS_MAX} attempts at one instant"))
    }

    fn ask(&mut self, send: SendId) -> Result<(), String> {
        match self.decide(Command::Permit { send, epoch: Epoch(1) })? {
            Answer::Permit(PermitAnswer::Given(permitted)) if permitted.send == send => self.delivery.begin(send),
            Answer::Permit(PermitAnswer::Given(other)) => return Err(format!("asked for {send}, got {}", other.send)),
            _ => self.delivery.end(send),
        }
        Ok(())
    }

    /// Decides about a command and follows what was decided.
    pub fn decide(&mut self, command: Command) -> Result<Answer, String> {
        let before = self.stored().sections;
        let environment = Environment {
            library: &self.library,
            cluster: ClusterId(1),
            epoch: Epoch(1),
            settings: &self.settings,
            at: self.now,
        };
        let decision = self.customer.apply(command, &environment);
        self.follow(&decision)?;
        self.check_sections(&before, decision.sections)?;
        Ok(decision.answer)
    }

    fn follow(&mut self, decision: &Decision) -> Result<(), String> {
        if decision.at != self.now {
            return Err(format!("decided at {} instead of {}", decision.at, self.now));
        }
        if let Some(violation) = decision.wake_violations.first() {
            return Err(format!("nothing would wake {}: {}", violation.enrolment, violation.detail));
        }
        for change in &decision.timers {
            let (fine, row) = match change {
                TimerChange::Disarm { due, timer } => (self.timers.remove(&(*due, *timer)), (due, timer)),
                TimerChange::Arm { due, timer } => (self.timers.insert((*due, *timer)), (due, timer)),
            };
            if !fine {
                return Err(format!("timer row {row:?} is changed twice: {change:?}"));
            }
        }
        for change in &decision.outbox {
            self.delivery.follow(*change)?;
        }
        self.history.extend(decision.history.iter().cloned());
        self.history.retain(|row| !decision.history_removed.contains(&row.number.0));
        self.note_happenings(decision);
        self.check_restored()
    }

    fn note_happenings(&mut self, decision: &Decision) {
        let ledger = self.customer.sections().ledger;
        let find = |send: SendId| -> Option<Send> { ledger.get(send).cloned() };
        self.happenings.extend(decision.records.iter().map(|record| of_record(record, find)));
        match &decision.answer {
            Answer::Ingest(IngestAnswer::Duplicate) => {
                self.happenings.push(Happening::new(decision.at, "duplicate", &[]));
            }
            Answer::Ingest(IngestAnswer::Rejected(rejection)) => {
                let words = [rejection.reason.as_str(), rejection.field.as_str()];
                self.happenings.push(Happening::new(decision.at, "reject", &words));
            }
            _ => {}
        }
    }

    /// The customer must be what its sections and rows say.
    fn check_restored(&mut self) -> Result<(), String> {
        let stored = self.stored();
        let restored = Customer::restore(self.customer.id().clone(), stored.clone());
        let same = sections(&restored) == stored.sections && restored.history() == self.customer.history();
        let armed: BTreeSet<_> = stored.sections.timers.armed.iter().map(|(timer, due)| (*due, *timer)).collect();
        self.customer = restored;
        match (same, armed == self.timers) {
            (true, true) => Ok(()),
            (false, _) => Err("the customer is another one after it was restored".to_owned()),
            (true, false) => Err("the timer rows are not the timers that are armed".to_owned()),
        }
    }

    /// Only sections that were said to change may have changed.
    fn check_sections(&self, before: &StoredSections, changed: SectionSet) -> Result<(), String> {
        let after = self.stored().sections;
        let parts = [
            (SectionSet::HEAD, before.head == after.head, "head"),
            (SectionSet::PROFILE, before.profile == after.profile, "profile"),
            (SectionSet::SEGMENTS, before.segments == after.segments, "segments"),
            (SectionSet::ENROLMENTS, before.enrolments == after.enrolments, "enrolments"),
            (SectionSet::LEDGER, before.ledger == after.ledger, "ledger"),
            (SectionSet::MARKS, before.marks == after.marks, "marks"),
            (SectionSet::TIMERS, before.timers == after.timers, "timers"),
        ];
        let silent = parts.into_iter().find(|(section, same, _)| !same && !changed.contains(*section));
        silent.map_or(Ok(()), |(_, _, name)| Err(format!("section {name} changed and would not be written")))
    }

    fn stored(&self) -> Stored {
        Stored { sections: sections(&self.customer), history: self.history.clone() }
    }
}

fn sections(customer: &Customer) -> StoredSections {
    let sections = customer.sections();
    StoredSections {
        head: *sections.head,
        profile: sections.profile.clone(),
        segments: sections.segments.clone(),
        enrolments: sections.enrolments.clone(),
        ledger: sections.ledger.clone(),
        marks: sections.marks.clone(),
        timers: sections.timers.clone(),
    }
}

/// The sends of a step, newest visit first.
pub(crate) fn sends_of<'s>(customer: &'s Customer, step: &str) -> Vec<&'s Send> {
    let sends = customer.sections().ledger.sends().values();
    let mut found: Vec<&Send> = sends.filter(|send| send.step.as_str() == step).collect();
    found.sort_by_key(|send| (send.decided_at, send.visit));
    found.reverse();
    found
}
