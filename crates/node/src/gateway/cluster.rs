//! What operators ask.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use baton_customer::{Environment, Settings, TimerKey};
use baton_journey::library::Library;
use baton_model::ids::{ClusterId, Epoch, NodeId, SendId, ShardId};
use baton_model::send::SendState;
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{
    AskError, CheckReport, Cluster, ClusterError, ClusterSettings, ClusterView, NodeView, ShardView, Violation,
};
use baton_ports::readiness::Readiness;
use baton_ports::record_store::Records;
use baton_storage::records::{NodeRecord, ReadError, each_customer, outbox, timers_between};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use jiff::Timestamp;

use super::{Gateway, read_shard};
use crate::clock::TestClock;
use crate::settings::decision_settings;
use crate::shards::ServedShard;

/// The most violations of one report: more say nothing that these do not.
const VIOLATIONS_MAX: usize = 1_000;

/// The wait before a row that has not come yet is looked for again.
const SETTLE_AGAIN_AFTER: Duration = Duration::from_millis(50);

impl Cluster for Gateway {
    fn view(&self) -> BoxFuture<'_, Result<ClusterView, ClusterError>> {
        let obstacles = self.readiness.obstacles().into_iter().map(|obstacle| obstacle.detail).collect();
        let topology = self.system.topology();
        let known = topology.nodes.values().map(|node| (node.node, known_node(node)));
        let mut nodes: BTreeMap<_, _> = known.collect();
        let (here, address) = (self.here.node, self.here.grpc_address.clone());
        let zone = nodes.remove(&here).map(|node| node.zone).unwrap_or_default();
        nodes.insert(here, NodeView { node: here, address, obstacles, zone });
        let replicas = |shard| {
            let placed = topology.shards.get(&shard).into_iter().flat_map(|shard| &shard.replicas);
            placed.map(|replica| replica.node).collect()
        };
        let shards = self.shards.all();
        let shards = shards.iter().map(|served| self.shard_view(served, replicas(served.shard))).collect();
        let view = ClusterView {
            cluster: self.cluster,
            nodes: nodes.into_values().collect(),
            shards,
            definitions_version: self.definitions.version(),
        };
        futures::future::ready(Ok(view)).boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<CheckReport, ClusterError>> {
        let check = async move {
            let mut total = CheckReport::default();
            for served in self.led() {
                let shard = served.shard;
                let world = self.world();
                let report = read_shard(shard, &served, move |records| check_shard(shard, records, &world)).await;
                let report = report.map_err(|error| unavailable(&error))?;
                total.customers += report.customers;
                total.enrolments += report.enrolments;
                total.timers += report.timers;
                total.violations.extend(report.violations);
                total.violations.truncate(VIOLATIONS_MAX);
            }
            Ok(total)
        };
        check.boxed()
    }

    fn advance_clock(&self, to: Timestamp) -> BoxFuture<'_, Result<(), ClusterError>> {
        let advance = async move {
            self.test_clock()?;
            let _stepping = self.stepping.lock().await;
            let led = self.led();
            let walks = led.iter().map(|served| served.handle.advance_clock(to));
            if join_all(walks).await.into_iter().all(|arrived| arrived) {
                return Ok(());
            }
            let reason = "a shard did not come to the end of its walk; those that did stay there".to_owned();
            Err(ClusterError::Unavailable { reason })
        };
        advance.boxed()
    }

    fn settle_clock(&self, to: Timestamp) -> BoxFuture<'_, Result<(), ClusterError>> {
        let settle = async move {
            let clock = self.test_clock()?;
            let mut topology = self.system.watch_topology();
            loop {
                if topology.borrow_and_update().test_clock().is_some_and(|at| at >= to) {
                    clock.step_to(to);
                    return Ok(());
                }
                // Whoever leads the system group writes it; everybody else waits for the row.
                if let Err(error) = self.system.write_test_clock(to).await {
                    tracing::debug!(%error, "the test clock is settled by another node");
                }
                let _ = tokio::time::timeout(SETTLE_AGAIN_AFTER, topology.changed()).await;
            }
        };
        settle.boxed()
    }

    fn settings(&self) -> BoxFuture<'_, Result<ClusterSettings, ClusterError>> {
        const HOUR_MS: i64 = 3_600_000;
        let topology = self.system.topology();
        let Some(cluster) = &topology.cluster else {
            let reason = "the settings of the cluster are not known here yet".to_owned();
            return futures::future::ready(Err(ClusterError::Unavailable { reason })).boxed();
        };
        let settings = ClusterSettings {
            shard_count: cluster.shard_count,
            fallback_zone: cluster.fallback_zone.clone(),
            trigger_max_age_ms: i64::from(cluster.trigger_max_age_hours) * HOUR_MS,
            dedup_retention_ms: i64::from(cluster.dedup_days) * 24 * HOUR_MS,
            history_retention_ms: i64::from(cluster.history_days) * 24 * HOUR_MS,
            test_clock: self.test_clock.is_some(),
        };
        futures::future::ready(Ok(settings)).boxed()
    }
}

impl Gateway {
    fn test_clock(&self) -> Result<&TestClock, ClusterError> {
        let reason =
            "customer time is not stepped on this cluster: start it with clock.test_start, in development only";
        self.test_clock.as_deref().ok_or_else(|| ClusterError::Refused { reason: reason.to_owned() })
    }

    fn world(&self) -> World {
        let library = self.definitions.newest();
        World {
            library,
            settings: Arc::new(decision_settings(self.system.topology().cluster.as_ref())),
            cluster: self.cluster,
            at: self.clock.now(),
        }
    }

    fn shard_view(&self, served: &ServedShard, replicas: Vec<NodeId>) -> ShardView {
        let status = served.handle.status();
        ShardView {
            shard: served.shard,
            leader: status.leading.then_some(self.here.node),
            epoch: status.epoch,
            seq: status.seq,
            definitions_version: status.definitions_version,
            apply_lag: served.lag(),
            active_customers: count(status.active_customers),
            outbox: count(status.outbox),
            replicas,
        }
    }
}

/// Another node, of which only its row is known here.
fn known_node(record: &NodeRecord) -> NodeView {
    let NodeRecord { node, grpc_address, zone, .. } = record;
    let obstacles = vec!["not heard of".to_owned()];
    NodeView { node: *node, address: grpc_address.clone(), obstacles, zone: zone.clone() }
}

fn unavailable(error: &AskError) -> ClusterError {
    ClusterError::Unavailable { reason: error.to_string() }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// The world in which enrolments are looked at.
struct World {
    library: Arc<Library>,
    settings: Arc<Settings>,
    cluster: ClusterId,
    at: Timestamp,
}

impl World {
    fn environment(&self) -> Environment<'_> {
        let Self { library, settings, cluster, at } = self;
        Environment { library, cluster: *cluster, settings, epoch: Epoch(0), at: *at }
    }
}

/// What the rows of a shard say must agree with what the sections of its customers say.
fn check_shard(shard: ShardId, records: &dyn Records, world: &World) -> Result<CheckReport, ReadError> {
    let mut report = CheckReport::default();
    let mut timer_rows: BTreeSet<(CustomerId, TimerKey, Timestamp)> =
        timers_between(records, Timestamp::MIN, Timestamp::MAX, usize::MAX)?
            .into_iter()
            .map(|(due, customer, timer)| (customer, timer, due))
            .collect();
    let mut outbox_rows: BTreeSet<(CustomerId, SendId)> =
        outbox(records, usize::MAX)?.into_iter().map(|(send, customer)| (customer, send)).collect();
    report.timers = count(timer_rows.len());
    each_customer(records, None, |mut customer| {
        let violations = customer.wake_violations(&world.environment());
        let (id, sections) = (customer.id(), customer.sections());
        report.customers += 1;
        report.enrolments += count(sections.enrolments.live.len());
        for violation in violations {
            report.note(shard, id, format!("nothing wakes enrolment {}: {}", violation.enrolment, violation.detail));
        }
        for (timer, due) in &sections.timers.armed {
            if !timer_rows.remove(&(id.clone(), *timer, *due)) {
                report.note(shard, id, format!("timer {timer:?} due at {due} has no row"));
            }
        }
        let released = sections.ledger.pending().filter(|send| is_in_outbox(&send.state));
        for send in released {
            if !outbox_rows.remove(&(id.clone(), send.id)) {
                report.note(shard, id, format!("send {} is released and has no row in the outbox", send.id));
            }
        }
        ControlFlow::Continue(())
    })?;
    for (customer, timer, due) in timer_rows {
        report.note(shard, &customer, format!("the row of timer {timer:?} due at {due} is of no armed timer"));
    }
    for (customer, send) in outbox_rows {
        report.note(shard, &customer, format!("send {send} has a row in the outbox and is not released"));
    }
    Ok(report)
}

/// A send that is held is out of the outbox until it is let go.
fn is_in_outbox(state: &SendState) -> bool {
    matches!(state, SendState::Released { .. } | SendState::Attempting { hold: None, .. })
}

/// Notes what a walk finds.
trait Note {
    fn note(&mut self, shard: ShardId, customer: &CustomerId, what: String);
}

impl Note for CheckReport {
    fn note(&mut self, shard: ShardId, customer: &CustomerId, what: String) {
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(Violation { shard, customer: Some(customer.clone()), what });
        }
    }
}
