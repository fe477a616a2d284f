//! Every service of the API with the bounds of its messages, as the public server and the peer port have them.

use std::sync::Arc;

use baton_wire::limits::{REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX};
use baton_wire::pb::admin::v1::cluster_service_server::ClusterServiceServer;
use baton_wire::pb::v1::customer_service_server::CustomerServiceServer;
use baton_wire::pb::v1::definition_service_server::DefinitionServiceServer;
use baton_wire::pb::v1::event_service_server::EventServiceServer;
use baton_wire::pb::v1::message_service_server::MessageServiceServer;
use tokio::sync::watch;
use tonic::service::RoutesBuilder;

use crate::cluster::ClusterService;
use crate::customers::CustomerService;
use crate::definitions::DefinitionService;
use crate::events::EventService;
use crate::events::router::Router;
use crate::forward::Way;
use crate::messages::MessageService;
use crate::observer::NoObserver;
use crate::peer::MESSAGE_BYTES_MAX;
use crate::services::Services;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// Services: calls are forwarded to whoever decides.
    Public,
    /// Other nodes: what this node decides is answered, and counted where the call came in.
    Peer,
}

/// Adds the services of the API.
pub(crate) fn add(routes: &mut RoutesBuilder, services: Services, port: Port, ending: watch::Receiver<bool>) {
    let (request_bytes_max, response_bytes_max) = match port {
        Port::Public => (REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX),
        Port::Peer => (MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX),
    };
    /// Bounds what a service reads and writes.
    macro_rules! bounded {
        ($service:expr) => {
            $service.max_decoding_message_size(request_bytes_max).max_encoding_message_size(response_bytes_max)
        };
    }
    let Services { events, definitions, customers, messages, cluster, membership, routing, peers, observer, .. } =
        services;
    let way = Way { routing, peers, port };
    let router = Arc::new(Router { local: events, way: way.clone() });
    let observer = match port {
        Port::Public => observer,
        Port::Peer => Arc::new(NoObserver),
    };
    routes
        .add_service(bounded!(EventServiceServer::new(EventService { router, observer, ending })))
        .add_service(bounded!(DefinitionServiceServer::new(DefinitionService { definitions, way: way.clone() })))
        .add_service(bounded!(CustomerServiceServer::new(CustomerService { customers, way: way.clone() })))
        .add_service(bounded!(MessageServiceServer::new(MessageService { messages, way: way.clone() })))
        .add_service(bounded!(ClusterServiceServer::new(ClusterService { cluster, membership, way })));
}
