//! The actor of one shard this node leads: it sends commands to customers, writes what they decide, and acts once that
//! is applied.
//!
//! Whether it decides is for its [`Course`] to say, and what goes to the log for the chain in [`writer`]; both are pure, in
//! the crate `shard`. Here is what they need of the world: proposing, waiting, answering.

mod activation;
pub(crate) mod context;
pub(crate) mod dead_letter;
pub(crate) mod decided;
mod delivery;
pub(crate) mod hand_over;
mod ingest;
mod near_timers;
mod outbox;
mod parked;
mod residents;
mod timers;
mod walk;
pub(crate) mod writer;

pub(crate) use activation::FollowLeadership;
pub(crate) use ingest::{Ingest, retry};
pub(crate) use walk::AdvanceClock;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Message};
use baton_customer::Command;
use baton_model::ids::{DefinitionsVersion, Epoch, Seq, ShardId};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{Position, RetryReason};
use baton_shard::course::Course;
use tokio::sync::{oneshot, watch};

use crate::config::ActorsConfig;
use crate::customer::Decide;
use crate::handle::ShardStatus;
use crate::ports::ShardPorts;
use context::ShardContext;
use decided::{CommandNumber, Fate, Reply, UnderWay};
use outbox::Outbox;
use residents::Residents;
use timers::Timers;
use walk::Walk;
use writer::Writer;

/// How often a shard looks after itself: puts idle customers away, reads timers ahead, reports.
const HOUSEKEEPING_EVERY: Duration = Duration::from_millis(500);

/// One shard on the node that leads it, or may come to.
pub struct ShardActor {
    shard: ShardId,
    config: Rc<ActorsConfig>,
    ports: ShardPorts,
    /// Whether it decides, and then the context of the epoch.
    course: Course<Rc<ShardContext>>,
    residents: Residents,
    timers: Timers,
    outbox: Outbox,
    writer: Writer,
    walk: Option<Walk>,
    /// The lead is about to go to another node: nothing new is decided.
    handing_over: bool,
    under_way: UnderWay,
    status: watch::Sender<ShardStatus>,
}

/// Asks one customer something and waits for the committed answer.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Ask {
    pub(crate) customer: CustomerId,
    pub(crate) command: Command,
    pub(crate) done: oneshot::Sender<Fate>,
}

/// Takes over the newest documents, and answers when the shard decides under at least `version`.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Adopt {
    pub(crate) version: DefinitionsVersion,
    pub(crate) done: oneshot::Sender<bool>,
}

/// Ends the shard's actor on this node.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Stop;

impl ShardActor {
    /// A shard that waits to be told who leads.
    pub(crate) fn new(
        shard: ShardId,
        config: ActorsConfig,
        ports: ShardPorts,
        status: watch::Sender<ShardStatus>,
    ) -> Self {
        Self {
            shard,
            config: Rc::new(config),
            ports,
            course: Course::default(),
            residents: Residents::default(),
            timers: Timers::default(),
            outbox: Outbox::default(),
            writer: Writer::default(),
            walk: None,
            handing_over: false,
            under_way: UnderWay::default(),
            status,
        }
    }

    /// The context of the current epoch, if the shard may decide.
    fn leading(&self) -> Option<Rc<ShardContext>> {
        self.course.leading().cloned()
    }

    /// The context of the current epoch, if something new may be decided in it.
    fn deciding(&self) -> Option<Rc<ShardContext>> {
        self.leading().filter(|_| !self.handing_over)
    }

    /// Sends a command to a customer, and starts its actor if there is none. `reply` is always called, once.
    fn send(
        &mut self,
        context: &Rc<ShardContext>,
        id: &CustomerId,
        command: Command,
        reply: Reply,
        ctx: &mut Context<Self>,
    ) {
        let resident = self.residents.get_or_start(id, context, &self.config);
        let number = self.under_way.begin(reply, Some(resident.busy.begin()));
        // While what a faulted actor has decided is on its way, nobody may follow: it would bar its replacement.
        let refused = resident.is_faulted() || resident.address.try_send(Decide { number, command }).is_err();
        if refused {
            self.ports.observer.refused("customer_queue");
            self.answer(number, Fate::Retry(RetryReason::CustomerBusy), ctx);
        }
    }

    /// Tells whoever asked. Every command that was sent comes by here once.
    fn answer(&mut self, number: CommandNumber, fate: Fate, ctx: &mut Context<Self>) {
        if let Some(reply) = self.under_way.end(number) {
            reply(self, ctx, fate);
        }
    }

    /// Does everything that may be possible now.
    fn go_on(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        self.take_given_back(context, ctx);
        self.propose_waiting(context, ctx);
        if self.handing_over {
            return;
        }
        self.pump_timers(context, ctx);
        self.pump_outbox(context, ctx);
        self.continue_walk(ctx);
    }

    /// Whether a call must be refused, because too much is under way.
    fn is_full(&self) -> bool {
        let full = self.under_way.len() >= self.config.shard_queue_max;
        if full {
            self.ports.observer.refused("shard_queue");
        }
        full
    }

    /// Where the last applied batch stands.
    fn position(&self, context: &ShardContext, seq: Seq) -> Position {
        Position { shard: self.shard, epoch: context.epoch, seq }
    }

    fn publish_status(&self) {
        let leading = self.leading();
        let epoch = leading.as_ref().map_or(Epoch(0), |context| context.epoch);
        let definitions_version = leading.as_ref().map_or(DefinitionsVersion(0), |context| context.version());
        let status = ShardStatus {
            leading: leading.is_some(),
            epoch,
            seq: self.writer.applied(),
            definitions_version,
            active_customers: self.residents.len(),
            outbox: self.outbox.len(),
        };
        self.status.send_if_modified(|current| std::mem::replace(current, status.clone()) != status);
        let due = leading.as_ref().map_or(0, |context| self.timers.due(context.now()));
        self.ports.observer.timers_due(due);
        let oldest = leading.and_then(|context| self.outbox.oldest().map(|since| context.machine_now().since(since)));
        self.ports.observer.outbox(self.outbox.len(), oldest.unwrap_or_default());
    }

    fn keep_house(&mut self, ctx: &mut Context<Self>) {
        if let Some(context) = self.leading() {
            self.end_if_overdue(&context, ctx);
        }
        if let Some(context) = self.leading() {
            self.timers.rearm_refused();
            self.timers.near.keep_at_most(self.config.near_timers_max);
            self.residents.put_away_idle(context.machine_now(), &self.config);
            self.refill_timers(&context, ctx);
            self.refill_outbox(&context, ctx);
            self.go_on(&context, ctx);
        }
        self.publish_status();
    }
}

impl Actor for ShardActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.config.shard_queue_max);
        ctx.run_interval(HOUSEKEEPING_EVERY, Self::keep_house);
    }
}

impl Handler<Ask> for ShardActor {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Context<Self>) {
        let Ask { customer, command, done } = ask;
        let Some(context) = self.deciding() else {
            // Whoever asked may be gone: the answer is then of no use to anybody. So also below.
            let _ = done.send(Fate::Retry(RetryReason::NoLeader));
            return;
        };
        if self.is_full() {
            let _ = done.send(Fate::Retry(RetryReason::ShardBusy));
            return;
        }
        let resumed = matches!(command, Command::Resume { .. }).then(|| (Rc::clone(&context), customer.clone()));
        let reply: Reply = Box::new(move |actor, ctx, fate| {
            if let (Some((context, customer)), Fate::Applied(..)) = (&resumed, &fate) {
                actor.lift(context, customer, ctx);
            }
            let _ = done.send(fate);
        });
        self.send(&context, &customer, command, reply, ctx);
        self.residents.start_loads(&context);
        self.take_given_back(&context, ctx);
        self.propose_waiting(&context, ctx);
    }
}

impl Handler<Adopt> for ShardActor {
    type Result = ();

    fn handle(&mut self, adopt: Adopt, ctx: &mut Context<Self>) {
        let Adopt { version, done } = adopt;
        let Some(context) = self.deciding() else {
            let _ = done.send(false);
            return;
        };
        let newest = self.ports.library.read().map(|library| Arc::clone(&library)).ok();
        if let Some(newest) = newest {
            let before = context.version();
            context.library.replace(newest);
            if context.version() != before {
                self.lift_all(&context, ctx);
            }
        }
        if context.version() < version {
            let _ = done.send(false);
            return;
        }
        let reply: Reply = Box::new(move |_, _, fate| {
            let _ = done.send(matches!(fate, Fate::Applied(..)));
        });
        let number = self.under_way.begin(reply, None);
        self.write_alone(&context, number, ctx);
    }
}

impl Handler<Stop> for ShardActor {
    type Result = ();

    fn handle(&mut self, _: Stop, ctx: &mut Context<Self>) {
        self.leave_epoch("the node stops", ctx);
        ctx.stop();
    }
}
