//! What happens in a node, as metrics.

use std::sync::Arc;
use std::time::Duration;

use baton_actors::Observer;
use baton_consensus::group::Group;
use baton_consensus::observer::{ApplyDone, Observer as GroupObserver};
use baton_model::ids::ShardId;
use baton_model::text_id::ChannelId;
use baton_ports::clock::Clock;
use baton_telemetry::{Bound, EventResult, Metrics};

/// The actors of one shard.
pub(crate) struct ShardObserver {
    pub(crate) shard: ShardId,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) group: Group,
}

impl Observer for ShardObserver {
    fn decided(&self, took: Duration) {
        self.metrics.decision.observe(took.as_secs_f64());
    }

    #[expect(clippy::cast_precision_loss, reason = "a batch has a few thousand decisions at most")]
    fn proposed(&self, decisions: usize) {
        self.metrics.batch_decisions.observe(decisions as f64);
    }

    fn fired(&self, lateness: Duration) {
        self.metrics.timer_fired(lateness.as_secs_f64());
    }

    fn timers_due(&self, due: usize) {
        self.metrics.set_timers_due(self.shard, u64::try_from(due).unwrap_or(u64::MAX));
    }

    fn outbox(&self, depth: usize, oldest: Duration) {
        self.metrics.set_outbox(self.shard, u64::try_from(depth).unwrap_or(u64::MAX), oldest.as_secs_f64());
        self.metrics.set_apply_lag(self.shard, apply_lag(&self.group));
    }

    fn refused(&self, bound: &'static str) {
        if let Some(bound) = Bound::ALL.iter().find(|known| known.name() == bound) {
            self.metrics.refusal(*bound);
        }
    }

    fn attempted(&self, channel: &ChannelId, outcome: &'static str, took: Duration) {
        self.metrics.delivered(channel, outcome);
        self.metrics.delivery.observe(took.as_secs_f64());
    }

    fn wake_violation(&self) {
        self.metrics.wake_source_violations.inc();
    }
}

/// Entries that are committed and not yet applied.
pub(crate) fn apply_lag(group: &Group) -> u64 {
    let status = group.status();
    let index = |index: Option<u64>| index.map_or(0, |index| index + 1);
    index(status.committed).saturating_sub(index(status.applied))
}

/// The events that services send.
pub(crate) struct EventsObserver {
    pub(crate) metrics: Arc<Metrics>,
}

impl baton_rpc::Observer for EventsObserver {
    fn events(&self, result: &'static str, count: u64) {
        if let Some(result) = EventResult::ALL.iter().find(|known| known.name() == result) {
            self.metrics.event(*result, count);
        }
    }
}

/// The groups of the node.
pub(crate) struct GroupsObserver {
    pub(crate) clock: Arc<dyn Clock>,
}

impl GroupObserver for GroupsObserver {
    fn machine_time(&self) -> Duration {
        self.clock.machine_now().0
    }

    fn applied(&self, done: &ApplyDone) {
        tracing::trace!(group = %done.group, entries = done.entries, took = ?done.took, "applied");
    }

    fn checkpointed(&self, took: Duration) {
        tracing::debug!(?took, "checkpoint");
    }
}
