//! A node that belongs to no cluster yet: alive, not ready, and able to found one.

use std::sync::{Arc, Mutex, PoisonError};

use baton_http::HttpServer;
use baton_ports::gateway::{FoundRequest, Founded, JoinRequest, Joined, Membership, MembershipError};
use baton_ports::readiness::{Obstacle, Readiness};
use baton_rpc::FoundingServer;
use baton_telemetry::Metrics;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::birth;
use crate::clock::Wall;
use crate::config::Config;
use crate::identity::Identity;
use crate::start_error::StartError;

/// Waits for somebody who founds the cluster on this node.
pub(super) async fn founded(config: &Config) -> Result<Identity, StartError> {
    let (born, mut birth) = watch::channel(None);
    let cradle =
        Arc::new(Cradle { config: config.clone(), wall: Wall::new(&config.clock), born, founding: Mutex::new(()) });
    let server = FoundingServer::bind(config.node.grpc, cradle)?;
    tracing::info!(grpc = %config.node.grpc, "no cluster here: waiting for `baton cluster init`");
    let mut seen = birth.clone();
    let was_founded = async move {
        // Ends as well when the server is gone.
        let _ = seen.wait_for(Option::is_some).await;
    };
    Box::pin(alive(config, async { server.run(was_founded).await.map_err(StartError::from) })).await?;
    let identity = birth.borrow_and_update().clone();
    identity.ok_or_else(|| StartError::Ended { reason: "the server ended before a cluster was founded".to_owned() })
}

/// Says over HTTP that this process lives and is not ready, as long as `waiting` lasts.
pub(super) async fn alive<T>(
    config: &Config,
    waiting: impl Future<Output = Result<T, StartError>>,
) -> Result<T, StartError> {
    let web = HttpServer::bind(config.node.http, Arc::new(NoCluster), Arc::new(Metrics::new())).await?;
    let (done, mut over) = watch::channel(false);
    let over = async move {
        let _ = over.wait_for(|over| *over).await;
    };
    let web = tokio::spawn(web.run(over));
    let result = waiting.await;
    done.send_replace(true);
    // The port is needed again. What the server ended with no longer matters.
    let _ = web.await;
    result
}

/// Founds a cluster, once.
struct Cradle {
    config: Config,
    wall: Wall,
    born: watch::Sender<Option<Identity>>,
    founding: Mutex<()>,
}

impl Membership for Cradle {
    fn found(&self, request: FoundRequest) -> BoxFuture<'_, Result<Founded, MembershipError>> {
        let _founding = self.founding.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.born.borrow().as_ref().and_then(Identity::cluster);
        let founded = match known {
            Some(cluster) => Err(MembershipError::Founded { cluster }),
            None => birth::found(&self.config, &request)
                .map(|(identity, founded)| {
                    self.born.send_replace(Some(identity));
                    founded
                })
                .map_err(|error| MembershipError::Unavailable { reason: error.to_string() }),
        };
        futures::future::ready(founded).boxed()
    }

    fn join(&self, _request: JoinRequest) -> BoxFuture<'_, Result<Joined, MembershipError>> {
        let reason = "this node belongs to no cluster yet".to_owned();
        futures::future::ready(Err(MembershipError::Unavailable { reason })).boxed()
    }

    fn wall_clock_ms(&self) -> i64 {
        self.wall.now().as_millisecond()
    }

    fn declines_leads(&self) -> bool {
        false
    }
}

/// Why a node without a cluster gets no traffic.
struct NoCluster;

impl Readiness for NoCluster {
    fn obstacles(&self) -> Vec<Obstacle> {
        let detail =
            "no cluster here: baton cluster init, or configure cluster.id, cluster.join_token and cluster.seeds";
        vec![Obstacle { reason: "no_cluster", detail: detail.to_owned() }]
    }
}
