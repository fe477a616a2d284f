//! `grpc.health.v1`: repeats what the node's readiness says, for the server as a whole and for each service.

use std::sync::Arc;
use std::time::Duration;

use baton_ports::readiness::Readiness;
use baton_wire::pb::admin::v1::cluster_service_server;
use baton_wire::pb::v1::{
    customer_service_server, definition_service_server, event_service_server, message_service_server,
};
use tokio::sync::watch;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

/// How often readiness is looked at: as often as load balancers ask.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The services of the API. Health is told for each of them, and under the empty name for the whole server.
pub(crate) const SERVICES: [&str; 5] = [
    event_service_server::SERVICE_NAME,
    definition_service_server::SERVICE_NAME,
    customer_service_server::SERVICE_NAME,
    message_service_server::SERVICE_NAME,
    cluster_service_server::SERVICE_NAME,
];

/// Tells health.
pub(crate) struct Health {
    readiness: Arc<dyn Readiness>,
    reporter: HealthReporter,
}

impl Health {
    pub(crate) fn new(readiness: Arc<dyn Readiness>) -> Self {
        Self { readiness, reporter: HealthReporter::new() }
    }

    /// The service.
    pub(crate) fn server(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
    }

    /// Follows readiness and never ends by itself. Once the server ends, no service serves.
    pub(crate) async fn follow(&self, mut ending: watch::Receiver<bool>) {
        loop {
            let ends = *ending.borrow_and_update();
            let serving = !ends && self.readiness.obstacles().is_empty();
            self.tell(if serving { ServingStatus::Serving } else { ServingStatus::NotServing }).await;
            if ends {
                std::future::pending::<()>().await;
            }
            // Either way readiness is looked at again.
            let _ = tokio::time::timeout(LOOK_EVERY, ending.changed()).await;
        }
    }

    async fn tell(&self, status: ServingStatus) {
        for name in SERVICES.into_iter().chain([""]) {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
