//! The customers of a shard that have an actor.
//!
//! Invariant: a customer with a command under way is never put away or read again, so that its actor's state is never
//! behind what it has decided.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use actix::Addr;
use baton_model::text_id::CustomerId;
use baton_ports::clock::MachineTime;
use baton_ports::replica::read_rows;
use baton_storage::records;
use tokio::sync::oneshot;

use crate::config::ActorsConfig;
use crate::customer::{CustomerActor, Loaded, PutAway};
use crate::shard::context::ShardContext;
use crate::shard::decided::Busy;

/// The customers that are here.
#[derive(Default)]
pub(crate) struct Residents {
    by_id: BTreeMap<CustomerId, Resident>,
    /// Customers whose records must be read before their actors can decide.
    to_load: Vec<(CustomerId, oneshot::Sender<Loaded>)>,
}

/// One customer that is here.
pub(crate) struct Resident {
    pub(crate) address: Addr<CustomerActor>,
    pub(crate) busy: Busy,
    touched: MachineTime,
    faulted: bool,
}

impl Resident {
    /// Whether its actor decides no more and cannot be replaced yet.
    pub(crate) fn is_faulted(&self) -> bool {
        self.faulted
    }
}

impl Residents {
    /// The customer's actor; a new one if there is none. Call [`Residents::start_loads`] after the last of a round.
    pub(crate) fn get_or_start(
        &mut self,
        id: &CustomerId,
        context: &Rc<ShardContext>,
        config: &ActorsConfig,
    ) -> &Resident {
        let now = context.machine_now();
        let replace = self.by_id.get(id).is_some_and(|resident| resident.faulted && resident.busy.get() == 0);
        if replace {
            self.by_id.remove(id);
        }
        let to_load = &mut self.to_load;
        let resident = self.by_id.entry(id.clone()).or_insert_with(|| {
            let (loaded, load) = oneshot::channel();
            to_load.push((id.clone(), loaded));
            let address = CustomerActor::start_with(id.clone(), Rc::clone(context), load, config.customer_queue_max);
            Resident { address, busy: Busy::default(), touched: now, faulted: false }
        });
        resident.touched = now;
        resident
    }

    /// Reads the records of the customers that were started since the last call, in one go, off this thread.
    pub(crate) fn start_loads(&mut self, context: &ShardContext) {
        if self.to_load.is_empty() {
            return;
        }
        let loads = std::mem::take(&mut self.to_load);
        let read = read_rows(Arc::clone(&context.ports.replica), move |rows| {
            for (id, loaded) in loads {
                let customer = records::load_customer(rows, &id).map(|customer| customer.map(Box::new));
                // The actor is gone if its epoch ended meanwhile.
                let _ = loaded.send(customer.map_err(|error| error.to_string()));
            }
        });
        context.ports.runtime.spawn(async move {
            if let Err(error) = read.await {
                tracing::error!(%error, "customers could not be read");
            }
        });
    }

    /// Gives the customer a new actor once nothing is under way in the old one.
    pub(crate) fn replace_when_quiet(&mut self, id: &CustomerId) {
        if let Some(resident) = self.by_id.get_mut(id) {
            resident.faulted = true;
        }
    }

    /// Whether the customer's next command finds an actor whose state is to be trusted.
    pub(crate) fn can_decide(&self, id: &CustomerId) -> bool {
        self.by_id.get(id).is_none_or(|resident| !resident.faulted || resident.busy.get() == 0)
    }

    /// Puts away who was idle for too long, and the longest idle ones when there are too many.
    pub(crate) fn put_away_idle(&mut self, now: MachineTime, config: &ActorsConfig) {
        let quiet = |resident: &Resident| resident.busy.get() == 0;
        let idle = |resident: &Resident| now.since(resident.touched) >= config.idle_max;
        let mut leaving: Vec<CustomerId> = self
            .by_id
            .iter()
            .filter(|(_, resident)| quiet(resident) && idle(resident))
            .map(|(id, _)| id.clone())
            .collect();
        let surplus = (self.by_id.len() - leaving.len()).saturating_sub(config.active_customers_max);
        if surplus > 0 {
            let mut rest: Vec<(MachineTime, &CustomerId)> = self
                .by_id
                .iter()
                .filter(|(_, resident)| quiet(resident) && !idle(resident))
                .map(|(id, resident)| (resident.touched, id))
                .collect();
            rest.sort_unstable();
            leaving.extend(rest.into_iter().take(surplus).map(|(_, id)| id.clone()));
        }
        for id in leaving {
            self.put_away(&id);
        }
    }

    /// Drops every actor: the epoch they decided in has ended.
    pub(crate) fn clear(&mut self) {
        self.to_load.clear();
        let ids: Vec<CustomerId> = self.by_id.keys().cloned().collect();
        for id in ids {
            self.put_away(&id);
        }
    }

    /// How many are here.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    fn put_away(&mut self, id: &CustomerId) {
        if let Some(resident) = self.by_id.remove(id) {
            // A full mailbox is no loss: an actor without an address ends by itself when its mailbox is empty.
            let _ = resident.address.try_send(PutAway);
        }
    }
}
