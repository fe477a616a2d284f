//! The process around one replica: the real course and chain of `shard`, real customers, and what an actor would do for them.
//!
//! It does one small thing at a time, chosen by the world, so that anything may happen between any two of them.

mod commands;
mod deliver;
mod leads;
mod log;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use baton_customer::{Answer, AttemptOutcome, Command, Customer, OutboxChange, Settings, TimerChange, TimerKey};
use baton_journey::library::Library;
use baton_model::ids::{Epoch, SendId, Seq};
use baton_model::text_id::{CustomerId, MessageId};
use baton_shard::chain::{Bounds, Chain};
use baton_shard::course::{Course, Round};
use baton_shard::entry::Batch;
use baton_shard::past::Past;
use jiff::Timestamp;

use super::fault::Fault;
use super::replica::{Replica, Ticket};
use super::said::Said;
use crate::seeded::Seeded;

pub(super) use commands::events_of;

/// Small, so that everything is full now and then.
const BOUNDS: Bounds = Bounds { under_way_max: 4, decisions_max: 3, bytes_max: 1 << 16, company_enough: 2 };

/// A batch that was not heard of for this long ends the epoch, in milliseconds.
const OVERDUE: u64 = 1_000;

/// The wait before an epoch is opened again, and before a send is attempted again.
const MOMENT: u64 = 50;

/// What a server may see and touch while it does one thing.
pub(super) struct Setting<'a> {
    pub node: usize,
    pub now: u64,
    /// Customer time, as the clock of this node shows it.
    pub at: Timestamp,
    pub newest: &'a Arc<Library>,
    pub settings: &'a Settings,
    pub fault: Option<Fault>,
    pub seeded: &'a mut Seeded,
    pub replica: &'a mut Replica,
    pub said: &'a mut Vec<Said>,
}

/// The process of one shard on one node.
#[derive(Default)]
pub(super) struct Server {
    course: Course<Epoch>,
    reign: Option<Reign>,
    past: BTreeMap<Epoch, Past<Item>>,
    commands: BTreeMap<u64, UnderWay>,
    commands_begun: u64,
    proposals: BTreeMap<Ticket, Proposal>,
    proposed: Ticket,
    alarms: Vec<(u64, Alarm)>,
    reads: Vec<Read>,
    /// The leadership that was heard of last.
    heard: Heard,
    kept: Option<BTreeMap<CustomerId, Resident>>,
}

/// What was heard of who leads.
#[derive(Debug, Default, PartialEq, Eq)]
enum Heard {
    #[default]
    Nothing,
    /// This replica does, in that term; or it does not.
    Leads(Option<u64>),
}

/// All that lives as long as one epoch.
struct Reign {
    chain: Chain<Item>,
    library: Arc<Library>,
    clock: Timestamp,
    residents: BTreeMap<CustomerId, Resident>,
    timers: BTreeSet<(Timestamp, CustomerId, TimerKey)>,
    waking: BTreeSet<CustomerId>,
    outbox: BTreeMap<SendId, Waiting>,
    company_over: bool,
}

/// A customer that is here, or being read.
#[derive(Default)]
struct Resident {
    customer: Option<Customer>,
    mailbox: VecDeque<(u64, Command)>,
}

/// A send in the outbox: whose, and from when on it may be attempted; `None` while it is.
struct Waiting {
    customer: CustomerId,
    from: Option<u64>,
}

/// A decision on its way.
#[derive(Debug)]
struct Item {
    command: u64,
    customer: CustomerId,
    timers: Vec<TimerChange>,
    outbox: Vec<OutboxChange>,
    answer: Answer,
}

/// A command under way, and what it is for.
struct UnderWay {
    customer: CustomerId,
    epoch: Epoch,
    /// The batch it stands in.
    placed: Option<Seq>,
    purpose: Purpose,
}

enum Purpose {
    Event { call: u64, message: MessageId },
    Wake,
    Permit(SendId),
    Settle { send: SendId, again: bool },
    Adopt,
}

enum Proposal {
    Activate(Round),
    Batch(Batch),
}

enum Alarm {
    Again(Round),
    Open(Round, Epoch),
}

struct Read {
    call: u64,
    customer: CustomerId,
    index: u64,
}

/// One thing that the process can do next.
#[derive(Debug, Clone)]
pub(super) enum Task {
    HearWhoLeads,
    HearThatNobodyLeads,
    HearOutcome,
    Alarm(usize),
    Propose,
    Work(CustomerId),
    Wake,
    Deliver,
    EndOverdue,
    PutAway,
    Adopt,
    Answer(usize),
}

impl Server {
    /// What it can do now. `restless`: also what nothing calls for.
    pub fn tasks(&self, replica: &Replica, now: u64, at: Timestamp, newest: &Library, restless: bool) -> Vec<Task> {
        let mut tasks = Vec::new();
        let mut add = |possible: bool, task: Task| {
            if possible {
                tasks.push(task);
            }
        };
        add(self.heard != Heard::Leads(replica.raft.leads()) || restless, Task::HearWhoLeads);
        add(restless && replica.raft.leads().is_some(), Task::HearThatNobodyLeads);
        add(!replica.outcomes.is_empty(), Task::HearOutcome);
        for (place, (due, _)) in self.alarms.iter().enumerate() {
            add(*due <= now, Task::Alarm(place));
        }
        for (place, read) in self.reads.iter().enumerate() {
            add(read.index <= replica.standing.applied, Task::Answer(place));
        }
        if let Some(reign) = &self.reign {
            let at = reign.clock.max(at);
            add(reign.has_work_for_log(), Task::Propose);
            for (id, resident) in &reign.residents {
                add(!resident.mailbox.is_empty(), Task::Work(id.clone()));
            }
            add(reign.timers.iter().any(|(due, who, _)| *due <= at && !reign.waking.contains(who)), Task::Wake);
            add(reign.outbox.values().any(|send| send.from.is_some_and(|from| from <= now)), Task::Deliver);
            add(reign.is_overdue(now), Task::EndOverdue);
            add(restless && !reign.residents.is_empty(), Task::PutAway);
            add(newest.current().version > reign.library.current().version, Task::Adopt);
        }
        tasks
    }

    /// When something is due by itself.
    pub fn due(&self) -> Option<u64> {
        let retries = self.reign.iter().flat_map(|reign| reign.outbox.values().filter_map(|send| send.from));
        self.alarms.iter().map(|(due, _)| *due).chain(retries).min()
    }

    /// The first instant at which a timer is due.
    pub fn timer_due(&self) -> Option<Timestamp> {
        self.reign.as_ref().and_then(|reign| reign.timers.first()).map(|(due, _, _)| *due)
    }

    /// Whether nothing is on its way, and nothing comes before `until`.
    pub fn is_quiet(&self, until: Timestamp) -> bool {
        let later = |reign: &Reign| reign.timers.first().is_none_or(|(due, _, _)| *due > until);
        let idle = |reign: &Reign| reign.chain.is_quiet() && reign.outbox.is_empty() && later(reign);
        self.commands.is_empty() && self.reign.as_ref().is_none_or(idle)
    }

    /// Where it stands, for reading.
    pub fn describe(&self) -> String {
        let under_way = self.commands.len();
        match &self.reign {
            Some(reign) => format!(
                "decides in epoch {}, {under_way} commands, {} timers, {} sends",
                reign.chain.epoch(),
                reign.timers.len(),
                reign.outbox.len()
            ),
            None => format!("does not decide, {under_way} commands"),
        }
    }

    /// Whether it decides.
    pub fn decides(&self) -> bool {
        self.reign.is_some()
    }

    /// Does one thing.
    pub fn run(&mut self, task: Task, setting: &mut Setting<'_>) {
        match task {
            Task::HearWhoLeads => self.hear_who_leads(setting),
            Task::HearThatNobodyLeads => self.hear_that_nobody_leads(setting),
            Task::HearOutcome => self.hear_outcome(setting),
            Task::Alarm(place) => self.alarm(place, setting),
            Task::Propose => self.propose_waiting(setting),
            Task::Work(customer) => self.work(&customer, setting),
            Task::Wake => self.wake(setting),
            Task::Deliver => self.deliver(setting),
            Task::EndOverdue => self.end_epoch(setting),
            Task::PutAway => self.put_away(setting),
            Task::Adopt => self.adopt(setting),
            Task::Answer(place) => self.answer_read(place, setting),
        }
    }
}

impl Reign {
    fn has_work_for_log(&self) -> bool {
        self.chain.has_waiting()
    }

    fn is_overdue(&self, now: u64) -> bool {
        let millis = std::time::Duration::from_millis;
        self.chain.overdue(millis(now), millis(OVERDUE)).is_some()
    }
}

/// Whether the sender makes another attempt after this.
fn comes_again(outcome: &AttemptOutcome) -> bool {
    matches!(outcome, AttemptOutcome::Failed(_) | AttemptOutcome::InDoubt(_))
}
