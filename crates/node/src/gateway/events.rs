//! Events to the shards of their customers.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::ids::ShardId;
use baton_ports::gateway::{EventAnswer, Events, IngestEvent, RetryReason};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};

use super::{ASK_AGAIN_AFTER, Gateway};

/// When a client may try again after the disk was almost full: somebody must free space first.
const DISK_FULL_AFTER: Duration = Duration::from_secs(5);

/// The events of one shard, with their places in the call.
#[derive(Default)]
struct Part {
    places: Vec<usize>,
    events: Vec<IngestEvent>,
}

impl Events for Gateway {
    fn ingest(&self, events: Vec<IngestEvent>) -> BoxFuture<'_, Vec<EventAnswer>> {
        let count = events.len();
        if self.readiness.disk_is_low() {
            let refused = EventAnswer::Retry { reason: RetryReason::DiskFull, after: DISK_FULL_AFTER };
            return futures::future::ready(vec![refused; count]).boxed();
        }
        let mut parts: BTreeMap<ShardId, Part> = BTreeMap::new();
        for (place, event) in events.into_iter().enumerate() {
            let part = parts.entry(self.shard_of(&event.customer)).or_default();
            part.places.push(place);
            part.events.push(event);
        }
        let ingest = async move {
            let answered = join_all(parts.into_iter().map(|(shard, part)| self.ingest_part(shard, part))).await;
            let mut answers = vec![EventAnswer::Unknown; count];
            for (place, answer) in answered.into_iter().flatten() {
                answers[place] = answer;
            }
            answers
        };
        ingest.boxed()
    }
}

impl Gateway {
    async fn ingest_part(&self, shard: ShardId, part: Part) -> Vec<(usize, EventAnswer)> {
        let Part { places, events } = part;
        let answers = match self.shards.get(shard) {
            Some(served) => served.handle.ingest(events).await,
            None => vec![EventAnswer::Retry { reason: RetryReason::NoLeader, after: ASK_AGAIN_AFTER }; events.len()],
        };
        places.into_iter().zip(answers).collect()
    }
}
