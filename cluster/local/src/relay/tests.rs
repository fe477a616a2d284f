//! A client and a server with a relay between them, and each way of breaking what they say.

use std::future::Future;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use super::*;

/// Far longer than anything takes that is to happen.
const LONG: Duration = Duration::from_secs(10);

/// Long enough to believe that nothing comes.
const QUIET: Duration = Duration::from_millis(100);

/// Both ends of a connection through a relay.
struct World {
    relay: Relay,
    server: TcpListener,
    /// The node that opened the connection.
    one: TcpStream,
    other: TcpStream,
}

impl World {
    async fn new() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Relay::start(server.local_addr().unwrap()).unwrap();
        let (one, other) = connected(&relay, &server).await;
        Self { relay, server, one, other }
    }

    /// The node that opened the connection says something, and the other one hears exactly that.
    async fn hears_forth(&mut self, text: &str) {
        says(&mut self.one, text).await;
        hears(&mut self.other, text).await;
    }

    async fn hears_back(&mut self, text: &str) {
        says(&mut self.other, text).await;
        hears(&mut self.one, text).await;
    }

    async fn reconnect(&mut self) {
        (self.one, self.other) = connected(&self.relay, &self.server).await;
    }
}

async fn connected(relay: &Relay, server: &TcpListener) -> (TcpStream, TcpStream) {
    let (one, taken) = soon(async { tokio::join!(TcpStream::connect(relay.address()), server.accept()) }).await;
    (one.unwrap(), taken.unwrap().0)
}

async fn says(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

async fn hears(stream: &mut TcpStream, text: &str) {
    let mut heard = vec![0; text.len()];
    soon(stream.read_exact(&mut heard)).await.unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), text);
}

async fn hears_nothing(stream: &mut TcpStream) {
    let heard = timeout(QUIET, stream.read_u8()).await;
    assert!(heard.is_err(), "heard {heard:?}");
}

/// The connection was ended by the relay, in order or not.
async fn hears_the_end(stream: &mut TcpStream) {
    let heard = soon(stream.read_u8()).await;
    assert!(heard.is_err(), "heard {heard:?}");
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(LONG, what).await.expect("it happens soon")
}

/// Waits for a count that is about to be reached.
async fn counted(relay: &Relay, what: impl Fn(&Counts) -> bool) {
    let reached = async {
        while !what(&relay.counts()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(timeout(LONG, reached).await.is_ok(), "{:?}", relay.counts());
}

#[tokio::test]
async fn both_directions_pass_and_are_counted() {
    let mut world = World::new().await;
    world.hears_forth("how are you").await;
    world.hears_back("fine").await;
    counted(&world.relay, |counts| (counts.forth.passed, counts.back.passed) == (11, 4)).await;
    assert_eq!(world.relay.counts().connections, 1);
}

#[tokio::test]
async fn the_end_of_one_direction_passes_and_the_other_goes_on() {
    let mut world = World::new().await;
    says(&mut world.one, "last words").await;
    world.one.shutdown().await.unwrap();
    hears(&mut world.other, "last words").await;
    hears_the_end(&mut world.other).await;
    world.hears_back("and yet").await;
}

#[tokio::test]
async fn a_dropped_direction_is_silent_while_the_other_passes() {
    let mut world = World::new().await;
    world.relay.set(Direction::Forth, Mode::Drop);
    says(&mut world.one, "lost").await;
    hears_nothing(&mut world.other).await;
    world.hears_back("heard").await;
    counted(&world.relay, |counts| counts.forth.dropped == 4 && counts.back.dropped == 0).await;
    assert_eq!(world.relay.counts().forth.passed, 0);
}

#[tokio::test]
async fn a_dropped_direction_hides_that_a_node_died() {
    let mut world = World::new().await;
    world.relay.set(Direction::Forth, Mode::Drop);
    drop(world.one);
    hears_nothing(&mut world.other).await;
    // What the other one says into the void changes nothing.
    says(&mut world.other, "are you there").await;
    hears_nothing(&mut world.other).await;
}

#[tokio::test]
async fn a_connection_that_lost_bytes_is_closed_when_bytes_may_pass_again() {
    let mut world = World::new().await;
    world.relay.set(Direction::Forth, Mode::Drop);
    says(&mut world.one, "lost").await;
    counted(&world.relay, |counts| counts.forth.dropped == 4).await;
    world.relay.heal().unwrap();
    hears_the_end(&mut world.other).await;
    hears_the_end(&mut world.one).await;
    assert_eq!(world.relay.counts().torn, 1);
    world.reconnect().await;
    world.hears_forth("again").await;
}

#[tokio::test]
async fn a_connection_that_lost_nothing_outlives_a_drop() {
    let mut world = World::new().await;
    world.relay.set_both(Mode::Drop);
    hears_nothing(&mut world.other).await;
    world.relay.heal().unwrap();
    world.hears_forth("still here").await;
    assert_eq!(world.relay.counts().torn, 0);
}

#[tokio::test]
async fn held_bytes_arrive_late_and_in_order() {
    let mut world = World::new().await;
    world.relay.set(Direction::Back, Mode::Hold);
    says(&mut world.other, "first ").await;
    counted(&world.relay, |counts| counts.back.held == 6).await;
    says(&mut world.other, "second").await;
    hears_nothing(&mut world.one).await;
    world.relay.heal().unwrap();
    hears(&mut world.one, "first second").await;
    counted(&world.relay, |counts| counts.back.passed == 12).await;
}

#[tokio::test]
async fn a_cut_closes_and_refuses_until_it_is_healed() {
    let mut world = World::new().await;
    world.relay.cut().await;
    hears_the_end(&mut world.one).await;
    hears_the_end(&mut world.other).await;
    let refused = TcpStream::connect(world.relay.address()).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(world.relay.counts().cut, 1);
    world.relay.cut().await;
    world.relay.heal().unwrap();
    world.reconnect().await;
    world.hears_forth("again").await;
}

#[tokio::test]
async fn a_delay_delays_each_message_by_as_much() {
    const DELAY: Duration = Duration::from_millis(500);
    const MESSAGES: usize = 10;
    let mut world = World::new().await;
    world.relay.set(Direction::Forth, Mode::Delay(DELAY));
    let start = Instant::now();
    for _ in 0..MESSAGES {
        says(&mut world.one, "x").await;
        tokio::time::sleep(DELAY / 50).await;
    }
    hears(&mut world.other, "x").await;
    assert!(start.elapsed() >= DELAY, "{:?}", start.elapsed());
    hears(&mut world.other, &"x".repeat(MESSAGES - 1)).await;
    // One after the other they would take ten delays.
    assert!(start.elapsed() < DELAY * 5, "{:?}", start.elapsed());
    counted(&world.relay, |counts| counts.forth.slowed == MESSAGES as u64).await;
}

#[tokio::test]
async fn a_throttled_direction_takes_its_time() {
    let mut world = World::new().await;
    world.relay.set(Direction::Forth, Mode::Throttle { bytes_per_second: 10_000 });
    let start = Instant::now();
    world.hears_forth(&"x".repeat(3_000)).await;
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
    counted(&world.relay, |counts| counts.forth.slowed == 3_000).await;
    // It ends at once, also for what waits.
    says(&mut world.one, &"y".repeat(1_000_000)).await;
    world.relay.heal().unwrap();
    hears(&mut world.other, &"y".repeat(1_000_000)).await;
    assert!(start.elapsed() < LONG / 2, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_target_that_refuses_ends_the_connection() {
    let World { relay, server, mut one, mut other } = World::new().await;
    drop(server);
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    hears_the_end(&mut stream).await;
    says(&mut other, "the old one goes on").await;
    hears(&mut one, "the old one goes on").await;
}

#[tokio::test]
async fn nothing_outlives_the_relay() {
    let World { relay, server: _server, mut one, mut other } = World::new().await;
    let address = relay.address();
    drop(relay);
    hears_the_end(&mut one).await;
    hears_the_end(&mut other).await;
    soon(async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}
