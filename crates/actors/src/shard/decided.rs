//! A decision on its way to the log, and the commands that wait for theirs.
//!
//! A command is known by its number: messages between actors carry that, and the shard keeps what to do at its end.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use actix::Context;
use baton_customer::{Answer, OutboxChange, TimerChange};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{Position, RetryReason};
use baton_shard::entry::RowWrite;

use crate::shard::ShardActor;

/// A command of a shard, counted since its actor started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CommandNumber(u64);

/// One decision: what to write, and what to do once that is applied.
pub(crate) struct Decided {
    /// The command it is about.
    pub(crate) command: CommandNumber,
    /// Whose.
    pub(crate) customer: CustomerId,
    /// The rows it wrote. Empty: nothing changed, but the answer still waits for what came before.
    pub(crate) writes: Vec<RowWrite>,
    /// Timers to arm and disarm.
    pub(crate) timers: Vec<TimerChange>,
    /// Sends to release and withdraw.
    pub(crate) outbox: Vec<OutboxChange>,
    /// What to say.
    pub(crate) answer: Answer,
}

/// A command under way.
struct Waiting {
    reply: Reply,
    busy: Option<BusyGuard>,
    /// Its decision is in a proposal: whether it is applied is for the log to say.
    proposed: bool,
}

/// Told how a command ended, on the shard's own thread.
pub(crate) type Reply = Box<dyn FnOnce(&mut ShardActor, &mut Context<ShardActor>, Fate)>;

/// The commands under way, each with what to do at its end.
#[derive(Default)]
pub(crate) struct UnderWay {
    replies: BTreeMap<CommandNumber, Waiting>,
    last: u64,
}

impl UnderWay {
    /// Notes a command. `busy` is let go when it ends.
    pub(crate) fn begin(&mut self, reply: Reply, busy: Option<BusyGuard>) -> CommandNumber {
        self.last += 1;
        let number = CommandNumber(self.last);
        self.replies.insert(number, Waiting { reply, busy, proposed: false });
        number
    }

    /// Ends a command and gives what to do; `None` if it has ended before.
    pub(crate) fn end(&mut self, number: CommandNumber) -> Option<Reply> {
        self.replies.remove(&number).map(|waiting| waiting.reply)
    }

    /// Lets the command's customer go before the command ends.
    pub(crate) fn let_go(&mut self, number: CommandNumber) {
        if let Some(waiting) = self.replies.get_mut(&number) {
            waiting.busy = None;
        }
    }

    /// The command's decision is in a proposal.
    pub(crate) fn proposed(&mut self, number: CommandNumber) {
        if let Some(waiting) = self.replies.get_mut(&number) {
            waiting.proposed = true;
        }
    }

    /// The commands of which certainly nothing will be applied when nothing more is proposed.
    pub(crate) fn not_proposed(&self) -> Vec<CommandNumber> {
        self.replies.iter().filter(|(_, waiting)| !waiting.proposed).map(|(number, _)| *number).collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.replies.len()
    }
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// Decided, and everything it depends on is applied.
    Applied(Answer, Position),
    /// Certainly nothing of it was applied.
    Retry(RetryReason),
    /// It may have been applied.
    Unknown,
    /// The decision failed; the detail is for logs and for the caller.
    Failed(String),
}

impl Fate {
    /// How a command ended whose decision, and all that it depends on, is applied.
    pub(crate) fn of(answer: Answer, position: Position) -> Self {
        match answer {
            Answer::Parked => Self::Retry(RetryReason::CustomerParked),
            answer => Self::Applied(answer, position),
        }
    }
}

/// Counts a customer's commands under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Busy(Rc<Cell<usize>>);

/// Counts one command of a customer; dropping it counts down.
#[derive(Debug)]
pub(crate) struct BusyGuard(Busy);

impl Busy {
    /// Counts one up.
    pub(crate) fn begin(&self) -> BusyGuard {
        self.0.set(self.0.get() + 1);
        BusyGuard(self.clone())
    }

    /// How many are under way.
    pub(crate) fn get(&self) -> usize {
        self.0.get()
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        let count = &self.0.0;
        count.set(count.get() - 1);
    }
}
