//! Which relays a fault between nodes touches.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

struct World {
    links: Links,
    listeners: Vec<TcpListener>,
}

impl World {
    async fn new(nodes: usize) -> Self {
        let mut listeners = Vec::new();
        for _ in 0..nodes {
            listeners.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
        }
        let peers: Vec<SocketAddr> = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect();
        Self { links: Links::start(&peers).unwrap(), listeners }
    }

    /// A connection that `from` opened to `to`, and its other end.
    async fn connect(&self, from: usize, to: usize) -> (TcpStream, TcpStream) {
        let address = self.links.relay(from, to).address();
        let (one, taken) = tokio::join!(TcpStream::connect(address), self.listeners[to - 1].accept());
        (one.unwrap(), taken.unwrap().0)
    }
}

/// Whether a byte said into one end comes out of the other.
async fn arrives(from: &mut TcpStream, to: &mut TcpStream) -> bool {
    from.write_all(b"x").await.unwrap();
    let heard = tokio::time::timeout(std::time::Duration::from_millis(200), to.read_u8()).await;
    matches!(heard, Ok(Ok(_)))
}

#[tokio::test]
async fn each_ordered_pair_has_a_relay_and_each_node_dials_its_own() {
    let world = World::new(3).await;
    let peers: Vec<SocketAddr> = world.listeners.iter().map(|listener| listener.local_addr().unwrap()).collect();
    assert_eq!(world.links.relays().count(), 6);
    let expected = [(peers[0], world.links.relay(2, 1).address()), (peers[2], world.links.relay(2, 3).address())];
    assert_eq!(world.links.dial(2, &peers), BTreeMap::from(expected));
}

#[tokio::test]
async fn silence_is_one_way_whoever_opened_the_connection() {
    let world = World::new(2).await;
    let (mut of_one, mut at_two) = world.connect(1, 2).await;
    let (mut of_two, mut at_one) = world.connect(2, 1).await;
    world.links.silence(1, 2);
    assert!(!arrives(&mut of_one, &mut at_two).await);
    assert!(!arrives(&mut at_one, &mut of_two).await);
    assert!(arrives(&mut of_two, &mut at_one).await);
    assert!(arrives(&mut at_two, &mut of_one).await);
    assert_eq!(world.links.one_way_flow(1, 2).dropped, 2);
    assert_eq!(world.links.one_way_flow(2, 1).dropped, 0);
}

#[tokio::test]
async fn an_isolated_node_is_refused_and_refuses_while_the_others_go_on() {
    let world = World::new(3).await;
    world.links.isolate(2).await;
    for (from, to, relay) in world.links.relays() {
        let connected = TcpStream::connect(relay.address()).await;
        assert_eq!(connected.is_err(), from == 2 || to == 2, "{from} to {to}");
    }
    world.links.heal().unwrap();
    for (_, _, relay) in world.links.relays() {
        TcpStream::connect(relay.address()).await.unwrap();
    }
}
