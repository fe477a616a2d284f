//! Starts a server and connects to it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use baton_model::ids::{ClusterId, NodeId};
use baton_wire::pb::v1 as pb;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

use super::scripted::Scripted;
use super::scripted_cluster::ScriptedRouting;
use crate::events::router::Router;
use crate::forward::Way;
use crate::peer::{Caller, PeerChannels};
use crate::server::api::Port;
use crate::server::{Server, ServerError};
use crate::services::Services;

/// A running server.
pub(super) struct Fixture {
    pub(super) gateway: Arc<Scripted>,
    pub(super) channel: Channel,
    pub(super) address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServerError>>,
}

impl Fixture {
    pub(super) async fn start() -> Self {
        let gateway = Arc::new(Scripted::default());
        Self::serve(services(&gateway), gateway).await
    }

    /// A server that asks other nodes as well.
    pub(super) async fn forwarding(routing: ScriptedRouting, peers: PeerChannels) -> Self {
        let gateway = Arc::new(Scripted::default());
        let services = Services { routing: Arc::new(routing), peers, ..services(&gateway) };
        Self::serve(services, gateway).await
    }

    async fn serve(services: Services, gateway: Arc<Scripted>) -> Self {
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), services).unwrap();
        let address = server.local_addr();
        let (shutdown, ended) = oneshot::channel();
        let server = tokio::spawn(server.run(async move {
            let _ = ended.await;
        }));
        let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
        Self { gateway, channel, address, shutdown, server }
    }

    /// Tells the server to end; gives what waits for its end.
    pub(super) fn shut_down(self) -> JoinHandle<Result<(), ServerError>> {
        self.shutdown.send(()).unwrap();
        self.server
    }

    /// The message ids of each batch that the gateway was asked about.
    pub(super) fn batches(&self) -> Vec<Vec<String>> {
        self.gateway.batches.lock().unwrap().clone()
    }
}

/// Everything goes to that gateway.
pub(crate) fn router(gateway: &Arc<Scripted>) -> Arc<Router> {
    let Services { events, routing, peers, .. } = services(gateway);
    Arc::new(Router { local: events, way: Way { routing, peers, port: Port::Public } })
}

pub(super) fn services(gateway: &Arc<Scripted>) -> Services {
    Services {
        events: gateway.clone(),
        definitions: gateway.clone(),
        customers: gateway.clone(),
        messages: gateway.clone(),
        cluster: gateway.clone(),
        membership: gateway.clone(),
        routing: Arc::new(ScriptedRouting::alone()),
        peers: PeerChannels::new(Caller { cluster: ClusterId(1), node: NodeId(1) }, BTreeMap::new()),
        readiness: gateway.clone(),
        observer: gateway.clone(),
    }
}

/// An event of `customer` with that message id, whose name says how it is answered.
pub(crate) fn event(customer: &str, message: &str, name: &str) -> pb::Event {
    pb::Event {
        customer_id: customer.to_owned(),
        message_id: message.to_owned(),
        r#type: pb::EventType::Track.into(),
        name: name.to_owned(),
        ..pb::Event::default()
    }
}

/// An answer in short, such as `rejected timestamp` or `retry predecessor`.
pub(crate) fn short(result: &pb::EventResult) -> String {
    use pb::event_result::Result as Kind;
    match result.result.as_ref().unwrap() {
        Kind::Accepted(accepted) => {
            assert_eq!(accepted.position, Some(pb::ShardPosition { shard: 3, epoch: 2, seq: 1 }));
            "accepted".to_owned()
        }
        Kind::Duplicate(_) => "duplicate".to_owned(),
        Kind::Rejected(rejected) => format!("rejected {} {}", rejected.reason, rejected.field).trim().to_owned(),
        Kind::Retry(retry) => format!("retry {}", retry.reason),
        Kind::Unknown(_) => "unknown".to_owned(),
    }
}
