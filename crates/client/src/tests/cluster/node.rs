//! One node: takes events of the shards that it leads, hands others on, and says who leads.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::admin::v1::cluster_service_server::{ClusterService, ClusterServiceServer};
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answered;
use baton_wire::pb::v1::event_service_server::{EventService, EventServiceServer};
use futures::stream::BoxStream;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Response, Status, Streaming};

use super::{SHARDS, State, shard_of};

#[derive(Clone)]
struct Fake {
    id: u64,
    state: Arc<Mutex<State>>,
}

pub(super) async fn start(id: u64, state: Arc<Mutex<State>>) -> (Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let fake = Fake { id, state };
    let listening = runtime.spawn(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder()
            .add_service(EventServiceServer::new(fake.clone()))
            .add_service(ClusterServiceServer::new(fake));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        address
    });
    let address = listening.await.unwrap();
    (runtime, address)
}

fn unused() -> Status {
    Status::unimplemented("no test asks for it")
}

#[tonic::async_trait]
impl EventService for Fake {
    async fn ingest(&self, request: Request<pb::IngestRequest>) -> Result<Response<pb::IngestResponse>, Status> {
        let mut state = self.state.lock().unwrap();
        if state.ending == Some(self.id) {
            return Err(Status::with_details(Code::Unavailable, "the node is shutting down", vec![8, 1].into()));
        }
        state.answered_by.insert(self.id);
        let mut hints = Vec::new();
        let mut held_back = BTreeSet::new();
        let mut results = Vec::new();
        for event in request.into_inner().events {
            let shard = shard_of(&event.customer_id);
            let (leader, epoch) = state.leaders[shard as usize];
            let retry = |reason: &str| Answered::Retry(pb::Retry { reason: reason.to_owned(), after: None });
            let result = if held_back.contains(&event.customer_id) {
                retry("predecessor")
            } else if state.dead.contains(&leader) {
                held_back.insert(event.customer_id.clone());
                retry("no_leader")
            } else if state.taken.iter().any(|taken| taken.message_id == event.message_id) {
                Answered::Duplicate(pb::Duplicate {})
            } else {
                state.taken.push(event);
                Answered::Accepted(pb::Accepted::default())
            };
            results.push(pb::EventResult { result: Some(result) });
            if leader != self.id {
                state.detours += 1;
                let grpc_address = state.nodes[&leader].to_string();
                hints.push(pb::RoutingHint { shard, node: leader, grpc_address, epoch });
            }
        }
        hints.retain(|_| state.gives_hints);
        Ok(Response::new(pb::IngestResponse { results, hints }))
    }

    type IngestStreamStream = BoxStream<'static, Result<pb::IngestStreamResponse, Status>>;

    async fn ingest_stream(
        &self,
        _: Request<Streaming<pb::IngestStreamRequest>>,
    ) -> Result<Response<Self::IngestStreamStream>, Status> {
        Err(unused())
    }
}

#[tonic::async_trait]
impl ClusterService for Fake {
    async fn get_cluster(&self, _: Request<admin::GetClusterRequest>) -> Result<Response<admin::Cluster>, Status> {
        let state = self.state.lock().unwrap();
        let node = |(id, address): (&u64, &SocketAddr)| admin::Node {
            id: *id,
            address: address.to_string(),
            ready: !state.dead.contains(id),
            ..admin::Node::default()
        };
        let shard = |(id, (leader, epoch)): (u32, &(u64, u64))| {
            let leader = if state.dead.contains(leader) || !state.tells_leaders { 0 } else { *leader };
            admin::Shard { id, leader, epoch: *epoch, ..admin::Shard::default() }
        };
        Ok(Response::new(admin::Cluster {
            nodes: state.nodes.iter().map(node).collect(),
            shards: (0..).zip(&state.leaders).map(shard).collect(),
            ..admin::Cluster::default()
        }))
    }

    async fn get_settings(&self, _: Request<admin::GetSettingsRequest>) -> Result<Response<admin::Settings>, Status> {
        let mut state = self.state.lock().unwrap();
        state.settings_calls += 1;
        if let Some((times @ 1.., fault)) = &mut state.settings_fault {
            *times -= 1;
            return Err(fault.clone());
        }
        Ok(Response::new(admin::Settings { shard_count: SHARDS, ..admin::Settings::default() }))
    }

    async fn check(&self, _: Request<admin::CheckRequest>) -> Result<Response<admin::CheckResponse>, Status> {
        Err(unused())
    }

    async fn advance_clock(
        &self,
        _: Request<admin::AdvanceClockRequest>,
    ) -> Result<Response<admin::AdvanceClockResponse>, Status> {
        Err(unused())
    }

    async fn init(&self, _: Request<admin::InitRequest>) -> Result<Response<admin::InitResponse>, Status> {
        Err(unused())
    }
}
