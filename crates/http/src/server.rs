//! The server: bound first, so that its address is known, then run until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use baton_ports::readiness::Readiness;
use baton_telemetry::Metrics;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::connections::{BoundedListener, CONNECTIONS_MAX};
use crate::routes;

/// How long requests under way may take once the server is told to stop. Then they are cut off.
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// A server that listens, but does not answer yet.
#[derive(Debug)]
pub struct HttpServer {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    drain_max: Duration,
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen for HTTP on {address}: is the port taken, or the address not this machine's?")]
pub struct BindError {
    address: SocketAddr,
    #[source]
    source: io::Error,
}

impl HttpServer {
    /// Listens on `address`; port 0 takes a free one.
    pub async fn bind(
        address: SocketAddr,
        readiness: Arc<dyn Readiness>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, BindError> {
        let failed = |source| BindError { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, router: routes::router(readiness, metrics), drain_max: DRAIN_MAX })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown` ends, then lets requests under way finish, for at most five seconds.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let (stopping, stopped) = oneshot::channel();
        let shutdown = async move {
            shutdown.await;
            // Whoever waits for it is this function.
            let _ = stopping.send(());
        };
        let served = axum::serve(BoundedListener::new(self.listener, CONNECTIONS_MAX), self.router)
            .with_graceful_shutdown(shutdown);
        let served = served.into_future();
        tokio::pin!(served);
        tokio::select! {
            ended = &mut served => return ended,
            _ = stopped => {}
        }
        timeout(self.drain_max, served).await.unwrap_or_else(|_| {
            tracing::warn!(address = %self.address, "HTTP requests were still under way and have been cut off");
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
