//! What a shard and its customers share: time, documents, and the queue of decisions on their way to the log.
//!
//! All of them run on one arbiter, so this is a plain [`Rc`] without locks. One context lives for one epoch: the actors of
//! an older one hold the older context, whose queue nobody reads any more.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use actix::Addr;
use baton_customer::{Environment, Settings};
use baton_journey::library::Library;
use baton_model::ids::{DefinitionsVersion, Epoch, ShardId};
use baton_ports::clock::MachineTime;
use jiff::Timestamp;

use crate::ports::ShardPorts;
use crate::shard::ShardActor;
use crate::shard::dead_letter::Undecided;
use crate::shard::decided::Decided;
use crate::shard::writer::Flush;

/// The shared part of one epoch of one shard.
pub(crate) struct ShardContext {
    /// Which shard.
    pub(crate) shard: ShardId,
    /// Which activation.
    pub(crate) epoch: Epoch,
    /// The world.
    pub(crate) ports: ShardPorts,
    /// The documents this shard decides under; replaced when it adopts newer ones.
    pub(crate) library: RefCell<Arc<Library>>,
    /// Shard time: never goes back.
    clock: Cell<Timestamp>,
    queue: RefCell<Vec<Decided>>,
    given_back: RefCell<Vec<Undecided>>,
    flush_sent: Cell<bool>,
    dead_letters: Cell<u64>,
    actor: Addr<ShardActor>,
}

impl ShardContext {
    /// A context whose time starts at `floor`.
    pub(crate) fn new(
        shard: ShardId,
        epoch: Epoch,
        ports: ShardPorts,
        library: Arc<Library>,
        floor: Timestamp,
        actor: Addr<ShardActor>,
    ) -> Rc<Self> {
        let library = RefCell::new(library);
        let (queue, given_back, flush_sent) = (RefCell::default(), RefCell::default(), Cell::new(false));
        Rc::new(Self {
            shard,
            epoch,
            ports,
            library,
            clock: Cell::new(floor),
            queue,
            given_back,
            flush_sent,
            dead_letters: Cell::new(0),
            actor,
        })
    }

    /// Shard time now. While the test clock is stepped, the shard's own walk moves it instead.
    pub(crate) fn now(&self) -> Timestamp {
        self.advance_to(self.ports.clock.now());
        self.clock.get()
    }

    /// Moves shard time on, never back.
    pub(crate) fn advance_to(&self, instant: Timestamp) {
        self.clock.set(self.clock.get().max(instant));
    }

    /// The documents this shard decides under.
    pub(crate) fn version(&self) -> DefinitionsVersion {
        self.library.borrow().current().version
    }

    /// Machine time now.
    pub(crate) fn machine_now(&self) -> MachineTime {
        self.ports.clock.machine_now()
    }

    /// Asks the core, in the world of this shard at this instant.
    pub(crate) fn decide<T>(&self, ask: impl FnOnce(&Environment<'_>) -> T) -> T {
        let library = Arc::clone(&self.library.borrow());
        let settings: &Settings = &self.ports.settings;
        ask(&Environment {
            library: &library,
            cluster: self.ports.cluster,
            settings,
            epoch: self.epoch,
            at: self.now(),
        })
    }

    /// The number of the next dead letter of this epoch.
    pub(crate) fn next_dead_letter(&self) -> u64 {
        self.dead_letters.set(self.dead_letters.get() + 1);
        self.dead_letters.get()
    }

    /// Hands a decision to the writer, which is told once for all that come before it looks.
    pub(crate) fn enqueue(&self, decided: Decided) {
        self.queue.borrow_mut().push(decided);
        self.tell_shard();
    }

    /// Hands a command back that was not decided.
    pub(crate) fn give_back(&self, undecided: Undecided) {
        self.given_back.borrow_mut().push(undecided);
        self.tell_shard();
    }

    fn tell_shard(&self) {
        if !self.flush_sent.replace(true) {
            // A full mailbox is no loss: the shard also looks after each of the calls that fill it.
            let sent = self.actor.try_send(Flush);
            self.flush_sent.set(sent.is_ok());
        }
    }

    /// Takes what was decided since the last call.
    pub(crate) fn take_queue(&self) -> Vec<Decided> {
        self.flush_sent.set(false);
        std::mem::take(&mut *self.queue.borrow_mut())
    }

    /// Takes what was given back since the last call.
    pub(crate) fn take_given_back(&self) -> Vec<Undecided> {
        std::mem::take(&mut *self.given_back.borrow_mut())
    }
}
