//! How the rest of the node talks to a shard's actor: bounded, and every call has an end.

use actix::{Actor, Addr, Message};
use actix_rt::ArbiterHandle;
use baton_customer::{Answer, Command};
use baton_model::ids::{DefinitionsVersion, Epoch, Seq, ShardId};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{EventAnswer, IngestEvent, Position, RetryReason};
use jiff::Timestamp;
use tokio::sync::{oneshot, watch};

use crate::config::ActorsConfig;
use crate::ports::ShardPorts;
use crate::shard::decided::Fate;
use crate::shard::hand_over::HandOver;
use crate::shard::{Adopt, AdvanceClock, Ask, FollowLeadership, Ingest, ShardActor, Stop, retry};

/// A shard of this node.
#[derive(Clone)]
pub struct ShardHandle {
    shard: ShardId,
    address: Addr<ShardActor>,
    status: watch::Receiver<ShardStatus>,
}

/// Where a shard stands on this node, as of its last housekeeping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShardStatus {
    /// It decides here.
    pub leading: bool,
    /// Its activation; 0 if it does not decide here.
    pub epoch: Epoch,
    /// The last batch applied in it.
    pub seq: Seq,
    /// The documents it decides under.
    pub definitions_version: DefinitionsVersion,
    /// Customers with an actor.
    pub active_customers: usize,
    /// Sends that wait for delivery.
    pub outbox: usize,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Certainly nothing of it was.
    #[error("not now: {}", .0.as_str())]
    Retry(RetryReason),
    /// It may have been.
    #[error("the outcome is unknown")]
    Unknown,
    /// The decision failed.
    #[error("{0}")]
    Failed(String),
}

impl ShardHandle {
    /// Starts the actor of a shard on an arbiter. It decides when its replica leads.
    pub fn start(shard: ShardId, arbiter: &ArbiterHandle, config: ActorsConfig, ports: ShardPorts) -> Self {
        let (sender, status) = watch::channel(ShardStatus::default());
        let address = ShardActor::start_in_arbiter(arbiter, move |_| ShardActor::new(shard, config, ports, sender));
        if address.try_send(FollowLeadership).is_err() {
            tracing::error!(%shard, "the shard's actor did not start");
        }
        Self { shard, address, status }
    }

    /// Which shard.
    pub fn shard(&self) -> ShardId {
        self.shard
    }

    /// Where it stands.
    pub fn status(&self) -> ShardStatus {
        self.status.borrow().clone()
    }

    /// Takes events of this shard's customers, and answers each when it is applied.
    pub async fn ingest(&self, events: Vec<IngestEvent>) -> Vec<EventAnswer> {
        let count = events.len();
        let (done, answers) = oneshot::channel();
        match self.submit(Ingest { events, done }) {
            Ok(()) => answers.await.unwrap_or_else(|_| vec![EventAnswer::Unknown; count]),
            Err(reason) => vec![retry(reason); count],
        }
    }

    /// Asks one customer to do something, and answers when that is applied.
    pub async fn command(&self, customer: CustomerId, command: Command) -> Result<(Answer, Position), CommandError> {
        let (done, fate) = oneshot::channel();
        self.submit(Ask { customer, command, done }).map_err(CommandError::Retry)?;
        match fate.await {
            Ok(Fate::Applied(answer, position)) => Ok((answer, position)),
            Ok(Fate::Retry(reason)) => Err(CommandError::Retry(reason)),
            Ok(Fate::Failed(detail)) => Err(CommandError::Failed(detail)),
            Ok(Fate::Unknown) | Err(_) => Err(CommandError::Unknown),
        }
    }

    /// Takes over the newest documents; answers whether the shard decides under at least `version` now.
    pub async fn adopt(&self, version: DefinitionsVersion) -> bool {
        let (done, adopted) = oneshot::channel();
        self.submit(Adopt { version, done }).is_ok() && adopted.await.unwrap_or(false)
    }

    /// Steps the test clock; answers whether the shard came to `to`.
    pub async fn advance_clock(&self, to: Timestamp) -> bool {
        let (done, arrived) = oneshot::channel();
        self.submit(AdvanceClock { to, done }).is_ok() && arrived.await.unwrap_or(false)
    }

    /// Stops deciding, waits until nothing is under way, and runs `transfer`; afterwards decides again if it still leads.
    /// `None` if the shard does not lead, or what is under way takes too long: then nothing was begun.
    pub async fn hand_over<T>(&self, transfer: impl Future<Output = T>) -> Option<T> {
        let (quiet, is_quiet) = oneshot::channel();
        let (ended, over) = oneshot::channel();
        self.submit(HandOver { quiet, over }).ok()?;
        is_quiet.await.ok()?;
        let result = transfer.await;
        // Should the actor be gone, there is nobody to go on.
        let _ = ended.send(());
        Some(result)
    }

    /// Ends the actor: what was not proposed is answered `retry`.
    pub async fn stop(&self) {
        // An actor that is gone already has stopped.
        let _ = self.address.send(Stop).await;
    }

    fn submit<M>(&self, message: M) -> Result<(), RetryReason>
    where
        M: Message + Send + 'static,
        M::Result: Send,
        ShardActor: actix::Handler<M>,
        <ShardActor as Actor>::Context: actix::dev::ToEnvelope<ShardActor, M>,
    {
        use actix::prelude::SendError;
        self.address.try_send(message).map_err(|error| match error {
            SendError::Full(_) => RetryReason::ShardBusy,
            SendError::Closed(_) => RetryReason::NoLeader,
        })
    }
}
