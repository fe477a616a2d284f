//! What the outside may ask, answered over this node's shards.

mod cluster;
mod customers;
mod definitions;
mod events;
mod membership;
mod messages;

use std::sync::Arc;
use std::time::Duration;

use baton_actors::CommandError;
use baton_consensus::group::leadership::Leadership;
use baton_customer::{Answer, Command};
use baton_model::ids::{ClusterId, ShardId, Slot, WorkspaceId};
use baton_model::text_id::CustomerId;
use baton_ports::clock::Clock;
use baton_ports::gateway::{Aged, AskError, ReadLevel, RetryReason, Staleness};
use baton_ports::record_store::Records;
use baton_ports::replica::read_rows;
use baton_ports::routing::PeerNode;
use baton_storage::records::ReadError;

use crate::clock::TestClock;
use crate::definitions::DefinitionStore;
use crate::readiness::NodeReadiness;
use crate::shards::{ServedShard, Shards};
use crate::system::SystemGroup;

/// When a caller may ask again after a shard could not answer: about an election.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A node's answers.
pub(crate) struct Gateway {
    pub(crate) cluster: ClusterId,
    pub(crate) here: PeerNode,
    pub(crate) shard_count: u32,
    pub(crate) system: Arc<SystemGroup>,
    pub(crate) shards: Arc<Shards>,
    pub(crate) definitions: Arc<DefinitionStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) test_clock: Option<Arc<TestClock>>,
    pub(crate) readiness: Arc<NodeReadiness>,
    /// Held while the test clock is stepped, so that two callers do not step it at once.
    pub(crate) stepping: tokio::sync::Mutex<()>,
}

impl Gateway {
    fn shard_of(&self, customer: &CustomerId) -> ShardId {
        Slot::of(WorkspaceId(0), customer).shard(self.shard_count)
    }

    fn served(&self, customer: &CustomerId) -> Result<Arc<ServedShard>, AskError> {
        let shard = self.shard_of(customer);
        self.shards.get(shard).ok_or_else(|| unavailable(shard, "it is not on this node"))
    }

    /// The shards that this node leads, in order.
    fn led(&self) -> Vec<Arc<ServedShard>> {
        let leads =
            |served: &Arc<ServedShard>| matches!(*served.group.leadership().borrow(), Leadership::Leading { .. });
        self.shards.all().into_iter().filter(leads).collect()
    }

    /// Reads committed rows of the customer's shard, after a check that this node still leads it.
    async fn read<T: Send + 'static>(
        &self,
        customer: &CustomerId,
        read: impl FnOnce(&dyn Records) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, AskError> {
        let shard = self.shard_of(customer);
        read_shard(shard, &*self.served(customer)?, read).await
    }

    /// Reads rows of the customer's shard: what is committed, or what this node has of it and how old that may be.
    async fn read_at<T: Send + 'static>(
        &self,
        level: ReadLevel,
        customer: &CustomerId,
        read: impl FnOnce(&dyn Records) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<Aged<T>, AskError> {
        if level == ReadLevel::Linearizable {
            return Ok(Aged { answer: self.read(customer, read).await?, staleness: None });
        }
        let served = self.served(customer)?;
        let as_of = served.replica.fresh_as_of().await;
        let answer = read_applied(&served, read).await?;
        let staleness = as_of.map_or(Staleness::Unknown, |as_of| Staleness::AtMost(as_of.elapsed()));
        Ok(Aged { answer, staleness: Some(staleness) })
    }

    /// Has a customer carry a command out.
    async fn command(&self, customer: CustomerId, command: Command) -> Result<Answer, AskError> {
        let shard = self.shard_of(&customer);
        if self.readiness.disk_is_low() {
            return Err(unavailable(shard, "the disk is almost full"));
        }
        let answer = self.served(&customer)?.handle.command(customer, command).await;
        answer.map(|(answer, _)| answer).map_err(|error| match error {
            CommandError::Retry(RetryReason::CustomerBusy) => exhausted("customer_queue"),
            CommandError::Retry(RetryReason::ShardBusy) => exhausted("shard_queue"),
            CommandError::Retry(RetryReason::CustomerParked) => {
                unavailable(shard, "the customer is parked: publish what mends it, or resume the customer")
            }
            CommandError::Retry(reason) => unavailable(shard, reason.as_str()),
            CommandError::Unknown => AskError::Unknown,
            CommandError::Failed(detail) => AskError::Internal { detail },
        })
    }
}

/// Reads committed rows of one shard.
async fn read_shard<T: Send + 'static>(
    shard: ShardId,
    served: &ServedShard,
    read: impl FnOnce(&dyn Records) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, AskError> {
    served.replica.confirm_leadership().await.map_err(|error| unavailable(shard, &error.to_string()))?;
    read_applied(served, read).await
}

/// Reads what is applied here of one shard.
async fn read_applied<T: Send + 'static>(
    served: &ServedShard,
    read: impl FnOnce(&dyn Records) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, AskError> {
    let found = read_rows(Arc::clone(&served.replica), read).await;
    let found = found.map_err(|error| unavailable(served.shard, &error.to_string()))?;
    found.map_err(|error| AskError::Internal { detail: error.to_string() })
}

fn unavailable(shard: ShardId, reason: &str) -> AskError {
    AskError::Unavailable { shard, reason: reason.to_owned(), after: ASK_AGAIN_AFTER }
}

fn exhausted(bound: &'static str) -> AskError {
    AskError::Exhausted { bound, after: ASK_AGAIN_AFTER }
}
