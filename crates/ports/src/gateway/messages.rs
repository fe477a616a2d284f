//! Sends: what went out, what did not, and what became of it afterwards.

use baton_model::ids::{SendId, ShardId};
use baton_model::send::{MessageStatus, Send as SendRecord};
use baton_model::text_id::{ChannelId, CustomerId, JourneyId};
use futures::future::BoxFuture;
use jiff::Timestamp;

use super::AskError;

/// Questions about sends.
pub trait Messages: Send + Sync {
    /// Sends that match, in order of shard, customer and send id.
    fn list(&self, filter: MessageFilter) -> BoxFuture<'_, Result<MessagePage, AskError>>;

    /// Takes a report about a send. The same report twice changes nothing.
    fn report(&self, report: OutcomeReport) -> BoxFuture<'_, Result<(), AskError>>;
}

/// Which sends to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageFilter {
    /// Only those of this customer. Without one, every shard is walked.
    pub customer: Option<CustomerId>,
    /// Only those of this journey.
    pub journey: Option<JourneyId>,
    /// Only those on this channel.
    pub channel: Option<ChannelId>,
    /// Only those in this state, by its name, such as `deferred`.
    pub state: Option<String>,
    /// Where the last page ended.
    pub after: Option<(ShardId, CustomerId, SendId)>,
    /// The most sends of one page.
    pub limit: usize,
}

/// Some sends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MessagePage {
    /// In order.
    pub sends: Vec<SendView>,
    /// Where to go on; `None` when there are no more.
    pub next: Option<(ShardId, CustomerId, SendId)>,
}

/// One send with its customer.
#[derive(Debug, Clone, PartialEq)]
pub struct SendView {
    /// The shard that holds the customer.
    pub shard: ShardId,
    /// Whose.
    pub customer: CustomerId,
    /// The send.
    pub send: SendRecord,
}

/// What somebody says became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeReport {
    /// Whose send.
    pub customer: CustomerId,
    /// Which.
    pub send: SendId,
    /// `delivered`, `opened`, `clicked`, `bounced`, `complained` or `replied`.
    pub status: MessageStatus,
    /// When it happened; `None` is now.
    pub at: Option<Timestamp>,
}
