//! The writer of a shard: collects decisions while earlier proposals are under way, and proposes them in order.
//!
//! Invariants: at most `proposals_in_flight_max` proposals are under way; a decision that wrote nothing waits for the
//! newest batch before it; a batch that is not taken ends the epoch, and whoever waited for a later one is told so.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture};
use baton_customer::{Answer, OutboxChange, TimerChange};
use baton_model::ids::Seq;
use baton_ports::clock::MachineTime;
use baton_ports::gateway::RetryReason;
use baton_ports::replica::ProposeError;
use baton_shard::entry::{Applied, Batch, Entry, RowWrite};

use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::decided::{CommandNumber, Decided, Fate};

/// While a proposal is under way, a smaller batch waits this long for company: small batches cost CPU.
const COMPANY_WAIT: Duration = Duration::from_millis(1);

/// A batch of this many decisions waits for no company.
const COMPANY_ENOUGH: usize = 64;

/// Tells the shard that decisions wait.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Flush;

/// Decisions on their way.
#[derive(Default)]
pub(crate) struct Writer {
    waiting: VecDeque<Decided>,
    in_flight: VecDeque<InFlight>,
    /// Someone waits for a batch of its own, with no rows: an adoption.
    alone: Vec<CommandNumber>,
    proposed: Seq,
    applied: Seq,
    company_timer: bool,
}

/// A proposal under way. Its own decisions travel with its future, and wait here when an earlier one has yet to be heard
/// of: batches are applied in order, but actix polls the futures of an actor in any.
struct InFlight {
    seq: Seq,
    since: MachineTime,
    /// Decisions without rows that depend on this batch or an earlier one.
    riders: Vec<Decided>,
    ended: Option<Ended>,
}

/// A proposal whose fate is known.
struct Ended {
    decided: Vec<Decided>,
    alone: Vec<CommandNumber>,
    result: Result<Applied, ProposeError>,
}

impl Writer {
    /// The last batch applied in this epoch.
    pub(crate) fn applied(&self) -> Seq {
        self.applied
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_empty() && self.alone.is_empty()
    }

    /// The oldest proposal under way: which, and since when.
    fn oldest(&self) -> Option<(Seq, MachineTime)> {
        self.in_flight.front().map(|batch| (batch.seq, batch.since))
    }

    /// Takes the next batch's worth of decisions.
    fn next_batch(&mut self, decisions_max: usize, bytes_max: usize) -> (Vec<Decided>, Vec<RowWrite>) {
        let (mut taken, mut writes, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some(mut decided) = self.waiting.pop_front() {
            bytes += decided.writes.iter().map(row_bytes).sum::<usize>();
            writes.append(&mut decided.writes);
            taken.push(decided);
            if taken.len() >= decisions_max || bytes >= bytes_max {
                break;
            }
        }
        (taken, writes)
    }
}

fn row_bytes(row: &RowWrite) -> usize {
    row.key.len() + row.value.as_ref().map_or(0, bytes::Bytes::len)
}

impl ShardActor {
    /// Writes a batch without rows, so that the shard's documents become part of its order.
    pub(super) fn write_alone(&mut self, context: &Rc<ShardContext>, number: CommandNumber, ctx: &mut Context<Self>) {
        self.writer.alone.push(number);
        self.propose_waiting(context, ctx);
    }

    /// Proposes what waits, as far as the bounds allow.
    pub(super) fn propose_waiting(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        self.writer.waiting.extend(context.take_queue());
        loop {
            let writer = &self.writer;
            let nothing = writer.waiting.is_empty() && writer.alone.is_empty();
            if nothing || writer.in_flight.len() >= self.config.proposals_in_flight_max {
                return;
            }
            if !writer.in_flight.is_empty() && writer.waiting.len() < COMPANY_ENOUGH && writer.alone.is_empty() {
                self.wait_for_company(ctx);
                return;
            }
            self.propose_one(context, ctx);
        }
    }

    fn wait_for_company(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.writer.company_timer, true) {
            return;
        }
        ctx.run_later(COMPANY_WAIT, |actor, ctx| {
            actor.writer.company_timer = false;
            let Some(context) = actor.leading() else { return };
            let room = actor.writer.in_flight.len() < actor.config.proposals_in_flight_max;
            if room && !actor.writer.waiting.is_empty() {
                actor.propose_one(&context, ctx);
            }
            actor.go_on(&context, ctx);
        });
    }

    fn propose_one(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let (decided, writes) = self.writer.next_batch(self.config.batch_decisions_max, self.config.batch_bytes_max);
        let alone = std::mem::take(&mut self.writer.alone);
        if writes.is_empty() && alone.is_empty() {
            self.answer_or_ride(context, decided, ctx);
            return;
        }
        self.writer.proposed = Seq(self.writer.proposed.0 + 1);
        let seq = self.writer.proposed;
        let definitions_version = context.version();
        let batch = Batch { epoch: context.epoch, seq, definitions_version, at: context.now(), writes };
        for number in decided.iter().map(|item| item.command).chain(alone.iter().copied()) {
            self.under_way.proposed(number);
        }
        if !decided.is_empty() {
            self.ports.observer.proposed(decided.len());
        }
        self.writer.in_flight.push_back(InFlight {
            seq,
            since: context.machine_now(),
            riders: Vec::new(),
            ended: None,
        });
        let applied = self.ports.replica.propose(Entry::Batch(batch)).into_actor(self);
        let batch_context = Rc::clone(context);
        ctx.spawn(applied.map(move |result, actor, ctx| {
            actor.batch_ended(&batch_context, seq, Ended { decided, alone, result }, ctx);
        }));
    }

    /// Decisions that wrote nothing are answered at once if nothing is under way, else with the newest batch.
    fn answer_or_ride(&mut self, context: &Rc<ShardContext>, decided: Vec<Decided>, ctx: &mut Context<Self>) {
        if let Some(newest) = self.writer.in_flight.back_mut() {
            newest.riders.extend(decided);
            return;
        }
        let seq = self.writer.applied;
        for item in decided {
            self.take_effect(context, seq, item, ctx);
        }
    }

    fn batch_ended(&mut self, context: &Rc<ShardContext>, seq: Seq, ended: Ended, ctx: &mut Context<Self>) {
        if !self.leads_with(context) {
            self.answer_late(context, seq, ended, ctx);
            return;
        }
        if let Some(batch) = self.writer.in_flight.iter_mut().find(|batch| batch.seq == seq) {
            batch.ended = Some(ended);
        }
        while self.leads_with(context) && self.writer.in_flight.front().is_some_and(|batch| batch.ended.is_some()) {
            let Some(InFlight { seq, riders, ended: Some(ended), .. }) = self.writer.in_flight.pop_front() else {
                return;
            };
            if matches!(ended.result, Ok(Applied::Taken)) {
                self.batch_applied(context, seq, ended, riders, ctx);
            } else {
                // Its riders are answered with the rest of the epoch: they depend on what was refused.
                self.batch_refused(context, seq, ended, ctx);
            }
        }
    }

    /// Whether the epoch of that context is the one that this shard decides in.
    pub(super) fn leads_with(&self, context: &Rc<ShardContext>) -> bool {
        self.leading().is_some_and(|leading| Rc::ptr_eq(&leading, context))
    }

    /// A batch that is not taken ends the epoch.
    fn batch_refused(&mut self, context: &Rc<ShardContext>, seq: Seq, ended: Ended, ctx: &mut Context<Self>) {
        let reason = format!("batch {seq} was not taken: {:?}", ended.result);
        self.answer_late(context, seq, ended, ctx);
        self.end_epoch(&reason, ctx);
    }

    /// Answers the batches whose fate is known and that wait for an earlier one, before the epoch ends.
    pub(super) fn answer_ended(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let ended = self.writer.in_flight.iter_mut().filter_map(|batch| Some((batch.seq, batch.ended.take()?)));
        for (seq, ended) in ended.collect::<Vec<_>>() {
            self.answer_late(context, seq, ended, ctx);
        }
    }

    /// Answers a batch that was refused, or applied under an epoch that has ended here since.
    fn answer_late(&mut self, context: &Rc<ShardContext>, seq: Seq, ended: Ended, ctx: &mut Context<Self>) {
        let Ended { decided, alone, result } = ended;
        let fate = match result {
            // Applied under an epoch that has ended here since: timers and sends were read again with the new one.
            Ok(Applied::Taken) => None,
            Ok(_) | Err(ProposeError::NotLeading { .. } | ProposeError::Busy) => {
                Some(Fate::Retry(RetryReason::NoLeader))
            }
            Err(ProposeError::Unknown { .. } | ProposeError::Stopped { .. }) => Some(Fate::Unknown),
        };
        let position = self.position(context, seq);
        for Decided { command, answer, .. } in decided {
            self.answer(command, fate.clone().unwrap_or_else(|| Fate::of(answer, position)), ctx);
        }
        for number in alone {
            self.answer(number, fate.clone().unwrap_or(Fate::Applied(Answer::Done, position)), ctx);
        }
    }

    fn batch_applied(
        &mut self,
        context: &Rc<ShardContext>,
        seq: Seq,
        ended: Ended,
        riders: Vec<Decided>,
        ctx: &mut Context<Self>,
    ) {
        let position = self.position(context, seq);
        assert!(seq > self.writer.applied, "batches take effect in the order in which they were proposed");
        self.writer.applied = seq;
        for item in ended.decided.into_iter().chain(riders) {
            self.take_effect(context, seq, item, ctx);
        }
        for number in ended.alone {
            self.answer(number, Fate::Applied(Answer::Done, position), ctx);
        }
        self.go_on(context, ctx);
    }

    /// A decision is durable: its timers are armed, its sends released, and whoever asked is told.
    fn take_effect(&mut self, context: &Rc<ShardContext>, seq: Seq, decided: Decided, ctx: &mut Context<Self>) {
        let Decided { command, customer, timers, outbox, answer, writes: _ } = decided;
        for change in timers {
            match change {
                TimerChange::Arm { due, timer } => self.timers.near.arm((due, customer.clone(), timer)),
                TimerChange::Disarm { due, timer } => self.timers.disarm(&(due, customer.clone(), timer)),
            }
        }
        for change in outbox {
            match change {
                OutboxChange::Release(send) => self.outbox.release(send, customer.clone(), context.machine_now()),
                OutboxChange::Withdraw(send) => self.outbox.withdraw(send),
            }
        }
        let position = self.position(context, seq);
        self.answer(command, Fate::of(answer, position), ctx);
    }

    /// Ends the epoch if a proposal is under way for too long.
    pub(super) fn end_if_overdue(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let Some((seq, since)) = self.writer.oldest() else { return };
        if context.machine_now().since(since) >= self.config.proposal_timeout {
            self.end_epoch(&format!("batch {seq} was not applied in {:?}", self.config.proposal_timeout), ctx);
        }
    }
}

impl Handler<Flush> for ShardActor {
    type Result = ();

    fn handle(&mut self, _: Flush, ctx: &mut Context<Self>) {
        if let Some(context) = self.leading() {
            self.go_on(&context, ctx);
        }
    }
}
