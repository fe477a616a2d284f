//! What makes an attempt: picks the provider, keeps its limits, and tells how the attempt ended.

use baton_model::text_id::ChannelId;
use futures::future::BoxFuture;

use crate::channel::{Delivery, Outcome};

/// Makes attempts over the providers of a node. Never retries: the shard that owns the send does, with a new permit.
pub trait Courier: Send + Sync {
    /// Makes one attempt with the first of `providers` whose circuit is closed, within its concurrency and rate; an empty
    /// list means those that the node's configuration gives the channel. Ends within the provider's time limit.
    fn attempt<'a>(
        &'a self,
        channel: &'a ChannelId,
        providers: &'a [String],
        delivery: Delivery,
    ) -> BoxFuture<'a, Outcome>;
}
