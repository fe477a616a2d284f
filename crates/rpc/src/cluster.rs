//! `baton.admin.v1.ClusterService`: what operators ask. Every node is asked for what it leads, and the answers become one.

pub(crate) mod found;
mod merge;

use std::sync::Arc;
use std::time::Duration;

use baton_ports::gateway::{
    CheckReport, Cluster, ClusterSettings, ClusterView, Membership, NodeView, ShardView, Violation,
};
use baton_wire::pb::admin::v1 as pb;
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use tonic::{Request, Response, Status};

use crate::deadline::{CALL_MAX, Deadline, WALK_MAX};
use crate::forward::fan_out::{Whom, whole};
use crate::forward::{Way, method};
use crate::request::{self, wrong};
use crate::status::answer;

/// How long a node may take to say how it is. One that takes longer is shown as unreachable: whoever asks for the cluster
/// wants to know about the others.
const VIEW_MAX: Duration = Duration::from_secs(2);

/// The service.
pub(crate) struct ClusterService {
    pub(crate) cluster: Arc<dyn Cluster>,
    pub(crate) membership: Arc<dyn Membership>,
    pub(crate) way: Way,
}

#[tonic::async_trait]
impl pb::cluster_service_server::ClusterService for ClusterService {
    async fn get_cluster(&self, request: Request<pb::GetClusterRequest>) -> Result<Response<pb::Cluster>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let here = async { Ok(view_to_pb(deadline.bound(self.cluster.view()).await??)) };
            if !self.way.forwards() {
                return here.await;
            }
            let there = method!(ClusterServiceClient::get_cluster);
            let deadline = deadline.within(VIEW_MAX);
            let parts = self.way.ask_as_they_are(deadline, request.get_ref(), here, there).await;
            merge::views(parts)
        })
        .await
    }

    async fn check(&self, request: Request<pb::CheckRequest>) -> Result<Response<pb::CheckResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), WALK_MAX)?;
            self.way.check_leads(request.metadata())?;
            let here = async { Ok(report_to_pb(deadline.bound(self.cluster.check()).await??)) };
            if !self.way.forwards() {
                return here.await;
            }
            let there = method!(ClusterServiceClient::check);
            let parts = self.way.ask_each(Whom::Leaders, deadline, request.get_ref(), here, there).await?;
            Ok(merge::reports(whole(parts)?))
        })
        .await
    }

    async fn get_settings(&self, request: Request<pb::GetSettingsRequest>) -> Result<Response<pb::Settings>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let settings = deadline.bound(self.cluster.settings()).await??;
            Ok(settings_to_pb(settings))
        })
        .await
    }

    async fn advance_clock(
        &self,
        request: Request<pb::AdvanceClockRequest>,
    ) -> Result<Response<pb::AdvanceClockResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), WALK_MAX)?;
            self.way.check_leads(request.metadata())?;
            let to = request::instant("to", request.get_ref().to)?;
            let to = to.ok_or_else(|| wrong("to", "is missing: write the instant to step to"))?;
            let step = |settle| async move {
                let stepped = if settle { self.cluster.settle_clock(to) } else { self.cluster.advance_clock(to) };
                deadline.bound(stepped).await??;
                Ok(pb::AdvanceClockResponse {})
            };
            if !self.way.forwards() {
                return step(request.get_ref().settle).await;
            }
            // First every shard comes to the instant, then the clock stands there: a shard that finds another leader in
            // between begins where all of them began.
            let ask = |settle| pb::AdvanceClockRequest { settle, ..*request.get_ref() };
            let there = method!(ClusterServiceClient::advance_clock);
            whole(self.way.ask_each(Whom::Leaders, deadline, &ask(false), step(false), there).await?)?;
            // A node that is away learns it when it is back.
            let parts = self.way.ask_as_they_are(deadline, &ask(true), step(true), there).await;
            merge::settled(parts)
        })
        .await
    }

    async fn init(&self, request: Request<pb::InitRequest>) -> Result<Response<pb::InitResponse>, Status> {
        answer(found::found(&*self.membership, request)).await
    }
}

fn view_to_pb(view: ClusterView) -> pb::Cluster {
    pb::Cluster {
        id: view.cluster.to_string(),
        nodes: view.nodes.into_iter().map(node_to_pb).collect(),
        shards: view.shards.iter().map(shard_to_pb).collect(),
        definitions_version: view.definitions_version.0,
    }
}

fn node_to_pb(view: NodeView) -> pb::Node {
    let NodeView { node, address, obstacles, zone } = view;
    pb::Node { id: node.0, address, ready: obstacles.is_empty(), obstacles, zone }
}

fn shard_to_pb(view: &ShardView) -> pb::Shard {
    pb::Shard {
        id: view.shard.0,
        leader: view.leader.map(|node| node.0).unwrap_or_default(),
        epoch: view.epoch.0,
        seq: view.seq.0,
        definitions_version: view.definitions_version.0,
        apply_lag: view.apply_lag,
        active_customers: view.active_customers,
        outbox: view.outbox,
        replicas: view.replicas.iter().map(|node| node.0).collect(),
    }
}

fn report_to_pb(report: CheckReport) -> pb::CheckResponse {
    let CheckReport { customers, enrolments, timers, violations } = report;
    let violations = violations.into_iter().map(violation_to_pb).collect();
    pb::CheckResponse { customers, enrolments, timers, violations }
}

fn violation_to_pb(violation: Violation) -> pb::Violation {
    let Violation { shard, customer, what } = violation;
    let customer_id = customer.map(|customer| customer.to_string()).unwrap_or_default();
    pb::Violation { shard: shard.0, customer_id, what }
}

fn settings_to_pb(settings: ClusterSettings) -> pb::Settings {
    pb::Settings {
        shard_count: settings.shard_count,
        fallback_zone: settings.fallback_zone,
        trigger_max_age_ms: settings.trigger_max_age_ms,
        dedup_retention_ms: settings.dedup_retention_ms,
        history_retention_ms: settings.history_retention_ms,
        test_clock: settings.test_clock,
    }
}
