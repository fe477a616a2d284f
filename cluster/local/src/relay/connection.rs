//! One connection through a relay: two streams that fail together and end separately.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::counts::Counters;
use super::stream::Stream;
use super::{Direction, Settings};

/// Dials the target and carries both directions until they have ended. A target that refuses closes the connection.
pub(super) async fn carry(
    client: TcpStream,
    target: SocketAddr,
    settings: watch::Receiver<Settings>,
    counters: Arc<Counters>,
) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    // Without it the relay itself would add delays. A connection that ended at once does not take it.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let forth = Stream { direction: Direction::Forth, settings: settings.clone(), counters: Arc::clone(&counters) };
    let back = Stream { direction: Direction::Back, settings, counters: Arc::clone(&counters) };
    let carried = tokio::try_join!(forth.carry(from_client, to_server), back.carry(from_server, to_client));
    if carried.is_err() {
        counters.torn.add(1);
    }
}
