//! The writer of a shard: hands decisions to the chain of the epoch, proposes what it says, and acts on what was applied.
//!
//! The rules are those of `baton_shard::chain`; here are the effects: timers armed, sends released, callers answered, all of
//! it only once the batch is applied.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture};
use baton_customer::{Answer, OutboxChange, TimerChange};
use baton_model::ids::{Epoch, Seq};
use baton_ports::gateway::RetryReason;
use baton_ports::replica::ProposeError;
use baton_shard::chain::{Bounds, Chain, Next, Settled, Stamp};
use baton_shard::entry::{Applied, Batch, Entry};
use baton_shard::outcome::{Outcome, Told};
use baton_shard::past::Past;

use crate::config::ActorsConfig;
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
    /// That of the current epoch.
    chain: Option<Chain<Item>>,
    /// Those of epochs that have ended here, until all is heard of them.
    past: BTreeMap<Epoch, Past<Item>>,
    company_timer: bool,
}

/// What a batch is waited for.
enum Item {
    /// A decision takes effect.
    Decision(Decided),
    /// The shard's documents have become part of its order.
    Adoption(CommandNumber),
}

impl Item {
    fn command(&self) -> CommandNumber {
        match self {
            Self::Decision(decided) => decided.command,
            Self::Adoption(command) => *command,
        }
    }
}

impl Writer {
    /// Begins the chain of an epoch.
    pub(super) fn open(&mut self, epoch: Epoch, config: &ActorsConfig) {
        let bounds = Bounds {
            under_way_max: config.proposals_in_flight_max,
            decisions_max: config.batch_decisions_max,
            bytes_max: config.batch_bytes_max,
            company_enough: COMPANY_ENOUGH,
        };
        self.chain = Some(Chain::new(epoch, bounds));
    }

    /// The last batch applied in this epoch.
    pub(crate) fn applied(&self) -> Seq {
        self.chain.as_ref().map_or(Seq(0), Chain::taken)
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.chain.as_ref().is_none_or(Chain::is_quiet)
    }

    /// Takes what was decided, and gives what to do with all that waits.
    fn next(&mut self, context: &ShardContext, waited: bool) -> Next<Item> {
        let Some(chain) = &mut self.chain else { return Next::Nothing };
        for mut decided in context.take_queue() {
            chain.push(std::mem::take(&mut decided.writes), Item::Decision(decided));
        }
        let (definitions_version, at, since) = (context.version(), context.now(), context.machine_now().0);
        chain.next(Stamp { definitions_version, at, since }, waited)
    }
}

impl ShardActor {
    /// Writes a batch without rows, so that the shard's documents become part of its order.
    pub(super) fn write_alone(&mut self, context: &Rc<ShardContext>, number: CommandNumber, ctx: &mut Context<Self>) {
        if let Some(chain) = &mut self.writer.chain {
            chain.demand(Item::Adoption(number));
        }
        self.propose_waiting(context, ctx);
    }

    /// Proposes what waits, as far as the bounds allow.
    pub(super) fn propose_waiting(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        self.propose_all(context, false, ctx);
    }

    fn propose_all(&mut self, context: &Rc<ShardContext>, mut waited: bool, ctx: &mut Context<Self>) {
        while self.leads_with(context) {
            match self.writer.next(context, waited) {
                Next::Nothing => return,
                Next::WaitForCompany => return self.wait_for_company(ctx),
                Next::Propose(batch) => self.propose(context, batch, ctx),
                Next::TakeEffect(items) => self.take_effect(context, self.writer.applied(), items, ctx),
            }
            waited = false;
        }
    }

    fn wait_for_company(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.writer.company_timer, true) {
            return;
        }
        ctx.run_later(COMPANY_WAIT, |actor, ctx| {
            actor.writer.company_timer = false;
            let Some(context) = actor.leading() else { return };
            actor.propose_all(&context, true, ctx);
            actor.go_on(&context, ctx);
        });
    }

    fn propose(&mut self, context: &Rc<ShardContext>, batch: Batch, ctx: &mut Context<Self>) {
        let seq = batch.seq;
        let items = self.writer.chain.iter().flat_map(|chain| chain.items(seq));
        let mut decisions = 0;
        for item in items {
            self.under_way.proposed(item.command());
            decisions += usize::from(matches!(item, Item::Decision(_)));
        }
        if decisions > 0 {
            self.ports.observer.proposed(decisions);
        }
        let applied = self.ports.replica.propose(Entry::Batch(batch)).into_actor(self);
        let batch_context = Rc::clone(context);
        ctx.spawn(applied.map(move |result, actor, ctx| actor.heard(&batch_context, seq, outcome(result), ctx)));
    }

    /// A batch was heard of.
    fn heard(&mut self, context: &Rc<ShardContext>, seq: Seq, outcome: Outcome, ctx: &mut Context<Self>) {
        if !self.leads_with(context) {
            self.heard_late(context, seq, &outcome, ctx);
            return;
        }
        if let Some(chain) = &mut self.writer.chain {
            chain.heard(seq, outcome);
        }
        while self.leads_with(context) {
            match self.writer.chain.as_mut().and_then(Chain::settle) {
                None => return,
                Some(Settled::Taken(seq, items)) => {
                    self.take_effect(context, seq, items, ctx);
                    self.go_on(context, ctx);
                }
                Some(Settled::Broken(seq, outcome)) => {
                    self.end_epoch(&format!("batch {seq} was not taken: {outcome:?}"), ctx);
                }
            }
        }
    }

    /// Whether the epoch of that context is the one that this shard decides in.
    pub(super) fn leads_with(&self, context: &Rc<ShardContext>) -> bool {
        self.course.leading().is_some_and(|leading| Rc::ptr_eq(leading, context))
    }

    /// Ends the chain with its epoch: tells whoever can be told, and keeps the rest until it is heard of.
    pub(super) fn end_chain(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        self.writer.company_timer = false;
        let Some(chain) = self.writer.chain.take() else { return };
        let (told, past) = chain.end();
        if !past.is_over() {
            self.writer.past.insert(context.epoch, past);
        }
        self.tell(context, told, ctx);
    }

    fn heard_late(&mut self, context: &Rc<ShardContext>, seq: Seq, outcome: &Outcome, ctx: &mut Context<Self>) {
        let Some(past) = self.writer.past.get_mut(&context.epoch) else { return };
        let told = past.heard(seq, outcome);
        if past.is_over() {
            self.writer.past.remove(&context.epoch);
        }
        self.tell(context, told, ctx);
    }

    /// Answers and nothing else: timers and sends are read again with the next epoch.
    fn tell(&mut self, context: &Rc<ShardContext>, told: Vec<(Item, Told)>, ctx: &mut Context<Self>) {
        for (item, told) in told {
            let number = item.command();
            let fate = match (told, item) {
                (Told::Applied(seq), Item::Decision(decided)) => Fate::of(decided.answer, self.position(context, seq)),
                (Told::Applied(seq), Item::Adoption(_)) => Fate::Applied(Answer::Done, self.position(context, seq)),
                (Told::Retry, _) => Fate::Retry(RetryReason::NoLeader),
                (Told::Unknown, _) => Fate::Unknown,
            };
            self.answer(number, fate, ctx);
        }
    }

    /// What waited for batch `seq` takes effect.
    fn take_effect(&mut self, context: &Rc<ShardContext>, seq: Seq, items: Vec<Item>, ctx: &mut Context<Self>) {
        let position = self.position(context, seq);
        for item in items {
            match item {
                Item::Decision(decided) => self.decision_applied(context, seq, decided, ctx),
                Item::Adoption(number) => self.answer(number, Fate::Applied(Answer::Done, position), ctx),
            }
        }
    }

    /// A decision is durable: its timers are armed, its sends released, and whoever asked is told.
    fn decision_applied(&mut self, context: &Rc<ShardContext>, seq: Seq, decided: Decided, ctx: &mut Context<Self>) {
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
        let (now, longest) = (context.machine_now().0, self.config.proposal_timeout);
        let overdue = self.writer.chain.as_ref().and_then(|chain| chain.overdue(now, longest));
        if let Some(seq) = overdue {
            self.end_epoch(&format!("batch {seq} was not applied in {longest:?}"), ctx);
        }
    }
}

/// What the port says of an entry, in the words of the chain.
pub(super) fn outcome(result: Result<Applied, ProposeError>) -> Outcome {
    match result {
        Ok(applied) => Outcome::Applied(applied),
        Err(error @ (ProposeError::NotLeading { .. } | ProposeError::Busy)) => {
            Outcome::NotAppended { reason: error.to_string() }
        }
        Err(error @ (ProposeError::Unknown { .. } | ProposeError::Stopped { .. })) => {
            Outcome::Unknown { reason: error.to_string() }
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
