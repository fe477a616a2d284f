//! Stepping the test clock: the shard walks from one due instant to the next until `to`.
//!
//! At each instant: fire what is due; deliver what that released; apply the outcomes of each customer together, in order of
//! send id, when its attempts of that instant have ended; and again, until nothing is due or under way. Batches carry the
//! instant. So decisions are the same on every run and any number of nodes.

use std::rc::Rc;
use std::time::Duration;

use actix::{Context, Handler, Message};
use baton_governance::AttemptOutcome;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::outbox::WaitingSend;

/// Steps shard time to `to`, after everything that is due until then.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct AdvanceClock {
    pub(crate) to: Timestamp,
    /// Told whether the walk came to its end.
    pub(crate) done: oneshot::Sender<bool>,
}

/// A walk under way.
pub(crate) struct Walk {
    to: Timestamp,
    done: oneshot::Sender<bool>,
    /// Outcomes of this instant's attempts, until the last of them has ended.
    outcomes: Vec<AttemptEnd>,
}

/// How an attempt ended, held until its instant's attempts have all ended.
pub(crate) struct AttemptEnd {
    pub(crate) outcome: AttemptOutcome,
    pub(crate) waiting: WaitingSend,
    /// How long the provider asked us to wait before another attempt.
    pub(crate) after: Option<Duration>,
}

impl Handler<AdvanceClock> for ShardActor {
    type Result = ();

    fn handle(&mut self, advance: AdvanceClock, ctx: &mut Context<Self>) {
        let AdvanceClock { to, done } = advance;
        if self.deciding().is_none() || self.walk.is_some() {
            // Whoever asked tries again; if they are gone, nobody does.
            let _ = done.send(false);
            return;
        }
        self.walk = Some(Walk { to, done, outcomes: Vec::new() });
        self.continue_walk(ctx);
    }
}

impl ShardActor {
    /// Holds an outcome back while the shard walks; gives it back when it does not.
    pub(super) fn hold_outcome(&mut self, end: AttemptEnd) -> Option<AttemptEnd> {
        match &mut self.walk {
            Some(walk) => {
                walk.outcomes.push(end);
                None
            }
            None => Some(end),
        }
    }

    /// Attempts that have ended and whose outcome is held back.
    pub(super) fn outcomes_held(&self) -> usize {
        self.walk.as_ref().map_or(0, |walk| walk.outcomes.len())
    }

    /// Does the next thing of the walk, if nothing is under way that it must wait for.
    pub(super) fn continue_walk(&mut self, ctx: &mut Context<Self>) {
        if self.walk.is_none() {
            return;
        }
        let Some(context) = self.leading() else {
            self.end_walk(false);
            return;
        };
        self.pump_outbox(&context, ctx);
        if !self.is_still() {
            return;
        }
        if self.apply_outcomes(&context, ctx) {
            return;
        }
        if self.outbox.is_quiet() {
            self.walk_on(&context, ctx);
        }
    }

    /// Whether no command, batch or read is under way. Attempts may be.
    fn is_still(&self) -> bool {
        self.under_way.len() == 0 && self.writer.is_quiet() && self.timers.is_quiet() && !self.outbox.reading
    }

    /// Applies what was held, when no attempt is under way or waits to be made again. Says whether there was anything.
    fn apply_outcomes(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) -> bool {
        let Some(walk) = &mut self.walk else { return false };
        // Some may have been withdrawn meanwhile.
        let ended = walk.outcomes.iter().map(|end| end.waiting.send).collect();
        let all_ended = self.outbox.holds_only(&ended);
        if walk.outcomes.is_empty() || !all_ended {
            return false;
        }
        let mut outcomes = std::mem::take(&mut walk.outcomes);
        outcomes.sort_by(|a, b| (&a.waiting.customer, a.waiting.send).cmp(&(&b.waiting.customer, b.waiting.send)));
        for end in outcomes {
            self.settle(context, end, ctx);
        }
        self.residents.start_loads(context);
        true
    }

    /// Goes to the next due instant, or to the end.
    fn walk_on(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let Some(to) = self.walk.as_ref().map(|walk| walk.to) else { return };
        let held_until = self.timers.near.horizon();
        match self.timers.near.earliest().filter(|due| *due <= to) {
            Some(due) => {
                context.advance_to(due);
                self.wake_due(context, ctx);
            }
            None if held_until < to => self.read_timers_until(context, to, ctx),
            None => {
                context.advance_to(to);
                self.end_walk(true);
            }
        }
    }

    /// Ends the walk and says whether it came to its end.
    pub(super) fn end_walk(&mut self, arrived: bool) {
        if let Some(walk) = self.walk.take() {
            let _ = walk.done.send(arrived);
        }
    }
}
