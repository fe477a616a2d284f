//! `baton.admin.v1.ClusterService`: what operators ask.

pub(crate) mod found;

use std::sync::Arc;

use baton_ports::gateway::{
    CheckReport, Cluster, ClusterSettings, ClusterView, Membership, NodeView, ShardView, Violation,
};
use baton_wire::pb::admin::v1 as pb;
use tonic::{Request, Response, Status};

use crate::deadline::{CALL_MAX, Deadline, WALK_MAX};
use crate::request::{self, wrong};
use crate::status::answer;

/// The service.
pub(crate) struct ClusterService {
    pub(crate) cluster: Arc<dyn Cluster>,
    pub(crate) membership: Arc<dyn Membership>,
}

#[tonic::async_trait]
impl pb::cluster_service_server::ClusterService for ClusterService {
    async fn get_cluster(&self, request: Request<pb::GetClusterRequest>) -> Result<Response<pb::Cluster>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let view = deadline.bound(self.cluster.view()).await??;
            Ok(view_to_pb(view))
        })
        .await
    }

    async fn check(&self, request: Request<pb::CheckRequest>) -> Result<Response<pb::CheckResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), WALK_MAX)?;
            let report = deadline.bound(self.cluster.check()).await??;
            Ok(report_to_pb(report))
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
            let to = request::instant("to", request.into_inner().to)?;
            let to = to.ok_or_else(|| wrong("to", "is missing: write the instant to step to"))?;
            deadline.bound(self.cluster.advance_clock(to)).await??;
            Ok(pb::AdvanceClockResponse {})
        })
        .await
    }

    async fn init(&self, request: Request<pb::InitRequest>) -> Result<Response<pb::InitResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            found::found(&*self.membership, request.into_inner(), deadline).await
        })
        .await
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
    let NodeView { node, address, obstacles } = view;
    pb::Node { id: node.0, address, ready: obstacles.is_empty(), obstacles }
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
