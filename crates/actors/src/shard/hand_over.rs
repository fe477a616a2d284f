//! Stopping for a moment, so that another node can take the lead without a call that fails halfway.
//!
//! New commands are answered `retry`, what is under way comes to its end, and then whoever asked may transfer the lead.
//! If it stays here after all, the shard goes on in the same epoch.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture};
use tokio::sync::oneshot;

use crate::shard::ShardActor;

/// How long what is under way may take to end. Then the shard goes on as before: callers wait for nothing so long.
const QUIET_WAIT: Duration = Duration::from_millis(500);

/// How often the shard looks whether it is quiet. Well below the pause that callers see.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Stops deciding until `over` ends.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct HandOver {
    /// Told when nothing is under way any more; dropped if that takes too long, or the shard does not lead.
    pub(crate) quiet: oneshot::Sender<()>,
    /// Ends when the transfer has ended, either way.
    pub(crate) over: oneshot::Receiver<()>,
}

impl Handler<HandOver> for ShardActor {
    type Result = ();

    fn handle(&mut self, message: HandOver, ctx: &mut Context<Self>) {
        let HandOver { quiet, over } = message;
        if self.deciding().is_none() || self.walk.is_some() {
            return;
        }
        self.handing_over = true;
        self.wait_for_quiet(quiet, QUIET_WAIT, ctx);
        ctx.spawn(over.into_actor(self).map(|_, actor, ctx| actor.go_on_deciding(ctx)));
    }
}

impl ShardActor {
    fn wait_for_quiet(&mut self, quiet: oneshot::Sender<()>, left: Duration, ctx: &mut Context<Self>) {
        if self.under_way.len() == 0 && self.writer.is_quiet() {
            // Whoever asked may have given up; then `over` has ended as well.
            let _ = quiet.send(());
            return;
        }
        if left.is_zero() {
            drop(quiet);
            self.go_on_deciding(ctx);
            return;
        }
        ctx.run_later(LOOK_EVERY, move |actor, ctx| {
            actor.wait_for_quiet(quiet, left.saturating_sub(LOOK_EVERY), ctx);
        });
    }

    fn go_on_deciding(&mut self, ctx: &mut Context<Self>) {
        self.handing_over = false;
        if let Some(context) = self.leading() {
            self.go_on(&context, ctx);
        }
    }
}
