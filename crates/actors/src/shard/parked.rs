//! Customers whom failed decisions have parked, as far as this epoch has met them, with those of their timers that came due.
//!
//! Their rows stay where they are. What they ask for waits here instead of being asked for again and again, until a publish or
//! a person lifts it; the next epoch reads the rows anew.

use std::collections::BTreeMap;
use std::rc::Rc;

use actix::Context;
use baton_customer::Command;
use baton_model::text_id::CustomerId;

use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::decided::Reply;
use crate::shard::near_timers::ArmedTimer;

/// Parked customers that one shard remembers. A document that makes more fail than that has them all tried again at the
/// next publish by what they ask for by then; until then their timers are asked about with each housekeeping.
const PARKED_MAX: usize = 1_000;

/// The parked customers of a shard.
#[derive(Default)]
pub(crate) struct Parked {
    by_id: BTreeMap<CustomerId, Vec<ArmedTimer>>,
}

impl Parked {
    /// The customer is parked; whether there is room to remember that.
    pub(crate) fn note(&mut self, customer: &CustomerId) -> bool {
        let room = self.by_id.len() < PARKED_MAX || self.by_id.contains_key(customer);
        if room {
            self.by_id.entry(customer.clone()).or_default();
        }
        room
    }

    /// Keeps a due timer until its customer is tried again; gives it back if there is no room.
    pub(crate) fn hold(&mut self, timer: ArmedTimer) -> Option<ArmedTimer> {
        if !self.note(&timer.1) {
            return Some(timer);
        }
        self.by_id.entry(timer.1.clone()).or_default().push(timer);
        None
    }

    /// A timer's row is gone.
    pub(crate) fn disarm(&mut self, timer: &ArmedTimer) {
        if let Some(held) = self.by_id.get_mut(&timer.1) {
            held.retain(|other| other != timer);
        }
    }

    /// Forgets all: the epoch has ended.
    pub(crate) fn clear(&mut self) {
        self.by_id.clear();
    }
}

impl ShardActor {
    /// A person had a customer tried again.
    pub(super) fn lift(&mut self, context: &Rc<ShardContext>, customer: &CustomerId, ctx: &mut Context<Self>) {
        if !self.leads_with(context) {
            return;
        }
        let Some(timers) = self.timers.parked.by_id.remove(customer) else { return };
        for timer in timers {
            self.timers.near.arm(timer);
        }
        // What could not be sent meanwhile is on the disk.
        self.outbox.mark_unread();
        self.refill_outbox(context, ctx);
        self.pump_timers(context, ctx);
    }

    /// Other documents are in force: every parked customer is tried again.
    pub(super) fn lift_all(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let customers: Vec<CustomerId> = self.timers.parked.by_id.keys().cloned().collect();
        for customer in customers {
            // An answer is for nobody. Whoever fails again is parked again.
            let reply: Reply = Box::new(|_, _, _| {});
            self.send(context, &customer, Command::Adopt, reply, ctx);
            self.lift(context, &customer, ctx);
        }
        self.residents.start_loads(context);
    }
}
