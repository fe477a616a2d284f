//! Takes the connections of a relay until it is cut or gone; then closes them all.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::counts::Counters;
use super::{Settings, connection};

/// The most connections at once: many times what a pair of nodes needs. Further ones wait in the listener's queue.
const CONNECTIONS_MAX: usize = 256;

/// After a connection that could not be taken, for instance because this process has too many files open.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(20);

pub(super) async fn run(
    listener: TcpListener,
    target: SocketAddr,
    mut settings: watch::Receiver<Settings>,
    counters: Arc<Counters>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = cut_or_gone(&mut settings) => break,
            Some(_) = connections.join_next() => {}
            taken = listener.accept(), if connections.len() < CONNECTIONS_MAX => match taken {
                Ok((client, _)) => {
                    counters.connections.add(1);
                    connections.spawn(connection::carry(client, target, settings.clone(), Arc::clone(&counters)));
                }
                Err(_) => tokio::time::sleep(PAUSE_AFTER_ERROR).await,
            },
        }
    }
    drop(listener);
    while connections.try_join_next().is_some() {}
    counters.cut.add(connections.len());
    connections.shutdown().await;
}

async fn cut_or_gone(settings: &mut watch::Receiver<Settings>) {
    // An error says that the relay is gone.
    let _ = settings.wait_for(|settings| settings.is_cut).await;
}
