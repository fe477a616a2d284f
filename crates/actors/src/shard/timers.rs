//! Waking customers when their timers are due.
//!
//! A wake is a command like any other; the batch that applies it removes the row, so a timer fires once across crashes and
//! fail-overs. After an outage overdue timers fire oldest first, at most `wakes_in_flight_max` at a time.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, Context, SpawnHandle, WrapFuture};
use baton_customer::Command;
use baton_model::text_id::CustomerId;
use baton_model::time::saturating_add;
use baton_ports::gateway::RetryReason;
use baton_ports::replica::read_rows;
use baton_storage::records;
use jiff::{SignedDuration, Timestamp};

use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::decided::{Fate, Reply};
use crate::shard::near_timers::{ArmedTimer, NearTimers};
use crate::shard::parked::Parked;

/// The timers of a shard, as far as they are near.
#[derive(Default)]
pub(crate) struct Timers {
    pub(crate) near: NearTimers,
    /// Customers being woken, with timers of theirs that came up meanwhile.
    waking: BTreeMap<CustomerId, Vec<ArmedTimer>>,
    /// Timers whose wake was not taken: their rows are still there.
    refused: Vec<ArmedTimer>,
    pub(crate) parked: Parked,
    reading: bool,
    alarm: Option<SpawnHandle>,
}

impl Timers {
    /// How many are due at `now` or being fired.
    pub(crate) fn due(&self, now: Timestamp) -> usize {
        self.near.due(now) + self.waking.len()
    }

    /// Whether nobody is being woken or waits for it, and no rows are being read.
    pub(crate) fn is_quiet(&self) -> bool {
        self.waking.is_empty() && self.refused.is_empty() && !self.reading
    }

    /// A timer's row is gone.
    pub(crate) fn disarm(&mut self, timer: &ArmedTimer) {
        self.near.disarm(timer);
        self.parked.disarm(timer);
        if let Some(held) = self.waking.get_mut(&timer.1) {
            held.retain(|other| other != timer);
        }
    }

    /// Lets the wakes that were not taken be tried again.
    pub(crate) fn rearm_refused(&mut self) {
        for timer in self.refused.drain(..) {
            self.near.arm(timer);
        }
    }

    /// Forgets everything: the epoch has ended.
    pub(crate) fn clear(&mut self) {
        self.near.clear();
        self.waking.clear();
        self.refused.clear();
        self.parked.clear();
        self.reading = false;
    }
}

impl ShardActor {
    /// Wakes every customer with a due timer, as far as the bound allows, and sets the alarm for the next one.
    pub(super) fn pump_timers(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        if self.walk.is_some() {
            return;
        }
        self.wake_due(context, ctx);
        self.set_alarm(context, ctx);
    }

    /// Wakes every customer with a timer due now; those that come up while their customer is being woken wait for it.
    pub(super) fn wake_due(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let now = context.now();
        while self.timers.waking.len() < self.config.wakes_in_flight_max {
            let Some(timer) = self.timers.near.pop_due(now) else { break };
            match self.timers.waking.get_mut(&timer.1) {
                Some(held) => held.push(timer),
                None => self.wake(context, timer, ctx),
            }
        }
        self.residents.start_loads(context);
    }

    fn wake(&mut self, context: &Rc<ShardContext>, timer: ArmedTimer, ctx: &mut Context<Self>) {
        let customer = timer.1.clone();
        let lateness = context.now().duration_since(timer.0).unsigned_abs();
        self.timers.waking.insert(customer.clone(), Vec::new());
        let woken_context = Rc::clone(context);
        let reply: Reply = Box::new(move |actor, _, fate| actor.woken(&woken_context, timer, &fate));
        self.ports.observer.fired(lateness);
        self.send(context, &customer, Command::Wake, reply, ctx);
    }

    fn woken(&mut self, context: &Rc<ShardContext>, timer: ArmedTimer, fate: &Fate) {
        if !self.leads_with(context) {
            return;
        }
        let held = self.timers.waking.remove(&timer.1).unwrap_or_default();
        for other in held {
            self.timers.near.arm(other);
        }
        match fate {
            // Fired, or set aside: the row is gone. If even setting it aside failed, the next epoch tries again.
            Fate::Applied(..) | Fate::Failed(_) => {}
            Fate::Retry(RetryReason::CustomerParked) => self.timers.refused.extend(self.timers.parked.hold(timer)),
            // Not fired: the row is still there. The next housekeeping tries again; at once would be a circle.
            Fate::Retry(_) | Fate::Unknown => self.timers.refused.push(timer),
        }
    }

    fn set_alarm(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        if let Some(alarm) = self.timers.alarm.take() {
            ctx.cancel_future(alarm);
        }
        let full = self.timers.waking.len() >= self.config.wakes_in_flight_max;
        let wait = self.timers.near.earliest().filter(|_| !full).and_then(|due| self.ports.clock.until(due));
        if let Some(wait) = wait {
            let alarm_context = Rc::clone(context);
            let alarm = ctx.run_later(wait, move |actor, ctx| {
                actor.timers.alarm = None;
                if actor.leads_with(&alarm_context) {
                    actor.pump_timers(&alarm_context, ctx);
                }
            });
            self.timers.alarm = Some(alarm);
        }
    }

    /// Reads timers ahead when less than half of the window is left.
    pub(super) fn refill_timers(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let window = SignedDuration::try_from(self.config.near_window).unwrap_or(SignedDuration::MAX);
        let now = context.now();
        let enough = self.timers.near.horizon() >= saturating_add(now, window / 2);
        let room = self.timers.near.len() < self.config.near_timers_max / 2;
        if enough || self.timers.reading || !room {
            return;
        }
        self.read_timers_until(context, saturating_add(now, window), ctx);
    }

    /// Reads the timers between the horizon and `until` off this thread.
    pub(super) fn read_timers_until(&mut self, context: &Rc<ShardContext>, until: Timestamp, ctx: &mut Context<Self>) {
        self.timers.reading = true;
        let from = self.timers.near.horizon();
        // Moved first: rows armed while the read is under way are taken in as they are applied.
        self.timers.near.extend_to(until);
        let (replica, limit) = (Arc::clone(&self.ports.replica), self.config.near_timers_max);
        let task = read_rows(replica, move |rows| records::timers_between(rows, from, until, limit)).into_actor(self);
        let read_context = Rc::clone(context);
        ctx.spawn(task.map(move |rows, actor, ctx| {
            if !actor.leads_with(&read_context) {
                return;
            }
            actor.timers.reading = false;
            match rows {
                Ok(Ok(rows)) => actor.take_timers(rows),
                Ok(Err(error)) => actor.end_epoch(&format!("timers could not be read: {error}"), ctx),
                Err(error) => actor.end_epoch(&format!("timers could not be read: {error}"), ctx),
            }
            if actor.leads_with(&read_context) {
                actor.go_on(&read_context, ctx);
            }
        }));
    }

    fn take_timers(&mut self, rows: Vec<ArmedTimer>) {
        let cut = rows.len() >= self.config.near_timers_max;
        let last = rows.last().map(|(due, _, _)| *due);
        for timer in rows {
            self.timers.near.arm(timer);
        }
        if let (true, Some(last)) = (cut, last) {
            // Every row of that instant was read; later ones stay on disk until there is room.
            self.timers.near.cut_at(last);
        }
    }
}
