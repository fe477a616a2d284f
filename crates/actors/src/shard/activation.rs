//! How a shard comes to decide, and how it stops: the world around its course (`baton_shard::course`).
//!
//! The course says when an `Activate` is proposed, an epoch opened, or tried again; here that is done.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, StreamHandler, WrapFuture};
use baton_model::ids::Epoch;
use baton_ports::gateway::RetryReason;
use baton_ports::replica::Leadership;
use baton_shard::course::{Next, Round};
use baton_shard::entry::{Activate, Entry};
use baton_shard::outcome::Outcome;

use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::decided::Fate;
use crate::shard::writer::outcome;

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
                self.course.follow();
            }
        }
        self.publish_status();
    }

    fn finished(&mut self, ctx: &mut Self::Context) {
        // The replica has stopped. Its node decides what becomes of this actor.
        self.leave_epoch("the replica stopped", ctx);
        self.course.follow();
    }
}

impl ShardActor {
    /// Ends the epoch because something failed; a new one is opened after a moment.
    pub(super) fn end_epoch(&mut self, reason: &str, ctx: &mut Context<Self>) {
        let Some(context) = self.leading() else { return };
        tracing::warn!(shard = %self.shard, epoch = %context.epoch, reason, "the epoch ended");
        self.stop_deciding(ctx);
    }

    /// Ends the epoch because somebody asked for it, or another one begins.
    pub(super) fn leave_epoch(&mut self, reason: &str, ctx: &mut Context<Self>) {
        let Some(context) = self.leading() else { return };
        tracing::info!(shard = %self.shard, epoch = %context.epoch, reason, "the epoch ended");
        self.stop_deciding(ctx);
    }

    /// Stops deciding. What was not proposed is certainly not applied; what is under way is answered when its fate is
    /// known. Opens a new epoch after a moment, unless leadership is lost by then.
    fn stop_deciding(&mut self, ctx: &mut Context<Self>) {
        let Some(context) = self.course.stop() else { return };
        self.end_chain(&context, ctx);
        self.end_walk(false);
        self.residents.clear();
        self.timers.clear();
        self.outbox.clear();
        // Also those that wait in a customer's mailbox: whatever it still decides, nobody writes.
        for number in self.under_way.not_proposed() {
            self.answer(number, Fate::Retry(RetryReason::NoLeader), ctx);
        }
        self.activate_again_later(ctx);
        self.publish_status();
    }

    fn activate_again_later(&mut self, ctx: &mut Context<Self>) {
        let round = self.course.round();
        ctx.run_later(REACTIVATE_AFTER, move |actor, ctx| {
            if actor.course.again(round) {
                actor.activate(ctx);
            }
        });
    }

    fn activate(&mut self, ctx: &mut Context<Self>) {
        let round = self.course.activate();
        let entry = Entry::Activate(Activate { node: self.ports.node, at: self.ports.clock.now() });
        let applied = self.ports.replica.propose(entry).into_actor(self);
        ctx.spawn(applied.map(move |result, actor, ctx| actor.activated(round, &outcome(result), ctx)));
    }

    fn activated(&mut self, round: Round, outcome: &Outcome, ctx: &mut Context<Self>) {
        match self.course.activated(round, outcome) {
            Next::Nothing => {}
            Next::Open(epoch) => self.open_when_documents_are_here(round, epoch, ctx),
            Next::Wait => {
                tracing::debug!(shard = %self.shard, ?outcome, "the shard could not be activated yet");
                self.activate_again_later(ctx);
            }
        }
    }

    /// A leader whose documents are older than the shard's waits for its system replica.
    fn open_when_documents_are_here(&mut self, round: Round, epoch: Epoch, ctx: &mut Context<Self>) {
        let gate = self.ports.replica.gate();
        let library = self.ports.library.read().map(|library| Arc::clone(&library)).ok();
        let library = library.filter(|newest| self.course.may_open(round, &gate, newest.current().version));
        let Some(library) = library else {
            ctx.run_later(REACTIVATE_AFTER, move |actor, ctx| {
                if actor.course.again(round) {
                    actor.open_when_documents_are_here(round, epoch, ctx);
                }
            });
            return;
        };
        let context = ShardContext::new(self.shard, epoch, self.ports.clone(), library, gate.at, ctx.address());
        self.course.open(Rc::clone(&context));
        self.writer.open(epoch, &self.config);
        tracing::info!(shard = %self.shard, %epoch, "the shard decides");
        self.refill_timers(&context, ctx);
        // What was released before this epoch is on the disk.
        self.outbox.mark_unread();
        self.refill_outbox(&context, ctx);
        self.publish_status();
    }
}
