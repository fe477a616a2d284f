//! How a shard comes to decide, and how it stops: one epoch from its `Activate` to its end.
//!
//! Invariant: nothing is decided before the `Activate` entry is applied *here*. By then everything an earlier leader could
//! have acknowledged is applied, and nothing of an earlier epoch can be applied any more.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, StreamHandler, WrapFuture};
use baton_journey::library::Library;
use baton_model::ids::{DefinitionsVersion, Epoch};
use baton_ports::gateway::RetryReason;
use baton_ports::replica::{Leadership, ProposeError};
use baton_shard::entry::{Activate, Applied, Entry};

use crate::shard::context::ShardContext;
use crate::shard::decided::Fate;
use crate::shard::writer::Writer;
use crate::shard::{Phase, ShardActor};

/// The wait before an epoch is opened again after one could not be opened or has ended: short beside a fail-over, long
/// enough that a shard which cannot write does not spin.
const REACTIVATE_AFTER: Duration = Duration::from_millis(100);

/// Tells the shard to listen to who leads.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct FollowLeadership;

impl Handler<FollowLeadership> for ShardActor {
    type Result = ();

    fn handle(&mut self, _: FollowLeadership, ctx: &mut Context<Self>) {
        ctx.add_stream(self.ports.replica.leadership());
    }
}

impl StreamHandler<Leadership> for ShardActor {
    fn handle(&mut self, leadership: Leadership, ctx: &mut Context<Self>) {
        match leadership {
            Leadership::Leading { term } => {
                tracing::info!(shard = %self.shard, term, "this node leads the shard");
                self.leave_epoch("a new term began", ctx);
                self.activate(ctx);
            }
            Leadership::Following { leader } => {
                tracing::info!(shard = %self.shard, ?leader, "this node does not lead the shard");
                self.leave_epoch("leadership was lost", ctx);
                self.set_phase(Phase::Following);
            }
        }
        self.publish_status();
    }

    fn finished(&mut self, ctx: &mut Self::Context) {
        // The replica has stopped. Its node decides what becomes of this actor.
        self.leave_epoch("the replica stopped", ctx);
        self.set_phase(Phase::Following);
    }
}

impl ShardActor {
    pub(super) fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation += 1;
    }

    /// Ends the epoch because something failed; a new one is opened after a moment.
    pub(super) fn end_epoch(&mut self, reason: &str, ctx: &mut Context<Self>) {
        let Some(context) = self.leading() else { return };
        tracing::warn!(shard = %self.shard, epoch = %context.epoch, reason, "the epoch ended");
        self.stop_deciding(&context, ctx);
    }

    /// Ends the epoch because somebody asked for it, or another one begins.
    pub(super) fn leave_epoch(&mut self, reason: &str, ctx: &mut Context<Self>) {
        let Some(context) = self.leading() else { return };
        tracing::info!(shard = %self.shard, epoch = %context.epoch, reason, "the epoch ended");
        self.stop_deciding(&context, ctx);
    }

    /// Stops deciding. What was not proposed is certainly not applied; what is under way is answered when its fate is
    /// known. Opens a new epoch after a moment, unless leadership is lost by then.
    fn stop_deciding(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        self.answer_ended(context, ctx);
        self.set_phase(Phase::Activating);
        self.end_walk(false);
        self.residents.clear();
        self.timers.clear();
        self.outbox.clear();
        self.writer = Writer::default();
        // Also those that wait in a customer's mailbox: whatever it still decides, nobody writes.
        for number in self.under_way.not_proposed() {
            self.answer(number, Fate::Retry(RetryReason::NoLeader), ctx);
        }
        self.reactivate_later(ctx);
        self.publish_status();
    }

    fn reactivate_later(&mut self, ctx: &mut Context<Self>) {
        let generation = self.generation;
        ctx.run_later(REACTIVATE_AFTER, move |actor, ctx| {
            let still = actor.generation == generation && matches!(actor.phase, Phase::Activating);
            if still {
                actor.activate(ctx);
            }
        });
    }

    fn activate(&mut self, ctx: &mut Context<Self>) {
        self.set_phase(Phase::Activating);
        let generation = self.generation;
        let entry = Entry::Activate(Activate { node: self.ports.node, at: self.ports.clock.now() });
        let applied = self.ports.replica.propose(entry).into_actor(self);
        ctx.spawn(applied.map(move |result, actor, ctx| {
            if actor.generation == generation {
                actor.activated(result, ctx);
            }
        }));
    }

    fn activated(&mut self, result: Result<Applied, ProposeError>, ctx: &mut Context<Self>) {
        match result {
            Ok(Applied::Activated(epoch)) => self.open_when_documents_are_here(epoch, ctx),
            other => {
                tracing::debug!(shard = %self.shard, ?other, "the shard could not be activated yet");
                self.reactivate_later(ctx);
            }
        }
    }

    /// A leader whose documents are older than the shard's waits for its system replica.
    fn open_when_documents_are_here(&mut self, epoch: Epoch, ctx: &mut Context<Self>) {
        let gate = self.ports.replica.gate();
        let Some(library) = self.newest_library(gate.definitions_version) else {
            let generation = self.generation;
            ctx.run_later(REACTIVATE_AFTER, move |actor, ctx| {
                if actor.generation == generation {
                    actor.open_when_documents_are_here(epoch, ctx);
                }
            });
            return;
        };
        let context = ShardContext::new(self.shard, epoch, self.ports.clone(), library, gate.at, ctx.address());
        self.set_phase(Phase::Leading(Rc::clone(&context)));
        tracing::info!(shard = %self.shard, %epoch, "the shard decides");
        self.refill_timers(&context, ctx);
        // What was released before this epoch is on the disk.
        self.outbox.mark_unread();
        self.refill_outbox(&context, ctx);
        self.publish_status();
    }

    fn newest_library(&self, at_least: DefinitionsVersion) -> Option<Arc<Library>> {
        let library = self.ports.library.read().map(|library| Arc::clone(&library)).ok()?;
        (library.current().version >= at_least).then_some(library)
    }
}
