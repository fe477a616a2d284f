//! The server on loopback, asked over plain TCP.

use std::net::Ipv4Addr;
use std::sync::Mutex;

use baton_ports::readiness::Obstacle;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;

#[derive(Default)]
struct Told(Mutex<Vec<Obstacle>>);

impl Readiness for Told {
    fn obstacles(&self) -> Vec<Obstacle> {
        self.0.lock().unwrap().clone()
    }
}

struct Running {
    address: SocketAddr,
    told: Arc<Told>,
    metrics: Arc<Metrics>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn start() -> Running {
    start_with(DRAIN_MAX).await
}

async fn start_with(drain_max: Duration) -> Running {
    let (told, metrics) = (Arc::new(Told::default()), Arc::new(Metrics::new()));
    let readiness = Arc::clone(&told);
    let mut server = HttpServer::bind(LOOPBACK, readiness, Arc::clone(&metrics)).await.unwrap();
    server.drain_max = drain_max;
    let address = server.address();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    Running { address, told, metrics, stop, server }
}

/// The head and the body of the answer to one request.
async fn ask(address: SocketAddr, method: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

async fn check(address: SocketAddr, request: (&str, &str), status: &str, content_type: &str, body: &str) {
    let (head, got) = ask(address, request.0, request.1).await;
    assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{request:?}: {head}");
    assert!(head.contains(&format!("content-type: {content_type}")) || content_type.is_empty(), "{request:?}: {head}");
    assert!(got.contains(body), "{request:?}: {got}");
}

#[tokio::test]
async fn each_path_answers() {
    let node = start().await;
    let at = node.address;
    check(at, ("GET", "/livez"), "200 OK", "text/plain", "alive\n").await;
    check(at, ("GET", "/readyz"), "200 OK", "application/json", "{\"ready\":true,\"reasons\":[]}\n").await;
    node.metrics.timer_fired(0.0);
    check(at, ("GET", "/metrics"), "200 OK", METRICS, "baton_timers_fired_total 1\n").await;
    check(at, ("HEAD", "/livez"), "200 OK", "text/plain", "").await;
    check(at, ("GET", "/"), "404 Not Found", "", "").await;
    check(at, ("POST", "/livez"), "405 Method Not Allowed", "", "").await;
}

const METRICS: &str = baton_telemetry::METRICS_CONTENT_TYPE;

#[tokio::test]
async fn a_node_that_is_not_ready_says_everything_that_stands_in_the_way() {
    let node = start().await;
    let obstacle = |reason, detail: &str| Obstacle { reason, detail: detail.to_owned() };
    *node.told.0.lock().unwrap() = vec![obstacle("no_leader", "shards 3, 4"), obstacle("disk", "12 \"MiB\" left")];
    let body = r#"{"ready":false,"reasons":[{"detail":"shards 3, 4","reason":"no_leader"},{"detail":"12 \"MiB\" left","reason":"disk"}]}"#;
    check(node.address, ("GET", "/readyz"), "503 Service Unavailable", "application/json", body).await;
    check(node.address, ("GET", "/livez"), "200 OK", "text/plain", "alive\n").await;
    node.told.0.lock().unwrap().clear();
    check(node.address, ("GET", "/readyz"), "200 OK", "application/json", "true").await;
}

#[tokio::test]
async fn a_stop_frees_the_port_and_waits_for_nobody_idle() {
    let node = start().await;
    let _idle = TcpStream::connect(node.address).await.unwrap();
    check(node.address, ("GET", "/livez"), "200", "", "alive").await;
    node.stop.send(()).unwrap();
    timeout(Duration::from_secs(2), node.server).await.unwrap().unwrap().unwrap();
    TcpListener::bind(node.address).await.unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let node = start_with(Duration::from_millis(50)).await;
    let mut slow = TcpStream::connect(node.address).await.unwrap();
    slow.write_all(b"GET /livez HTTP/1.1\r\nHost:").await.unwrap();
    check(node.address, ("GET", "/livez"), "200", "", "alive").await;
    node.stop.send(()).unwrap();
    timeout(Duration::from_secs(2), node.server).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let node = start().await;
    let error = HttpServer::bind(node.address, node.told, node.metrics).await.unwrap_err().to_string();
    assert_eq!(
        error,
        format!("cannot listen for HTTP on {}: is the port taken, or the address not this machine's?", node.address)
    );
}
