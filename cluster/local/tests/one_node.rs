//! One real node: how it starts, dies, stands still, comes back, and leaves nothing behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use baton_local_cluster::{Config, Elections, LocalCluster, Node, NodeError, StartError, binary_of_sources};

/// Far longer than anything takes that is to happen.
const LONG: Duration = Duration::from_secs(30);

/// Long enough for a node that can answer to do so.
const SHORT: Duration = Duration::from_millis(1_500);

fn config() -> Config {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let binary = BINARY.get_or_init(|| binary_of_sources(std::env::var_os("CARGO").as_deref()).unwrap());
    let mut config = Config::new(binary, 1);
    config.shard_count = 2;
    config.elections = Some(Elections { heartbeat_ms: 50, election_min_ms: 150, election_max_ms: 250 });
    config
}

async fn start() -> LocalCluster {
    LocalCluster::start(config()).await.unwrap()
}

/// Whether something listens where services call.
fn listens(node: &Node) -> bool {
    TcpStream::connect(node.grpc()).is_ok()
}

/// Whether there is such a process, also one that ended and was not reaped.
fn exists(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

#[tokio::test]
async fn a_killed_node_comes_back_at_the_same_addresses_with_its_data() {
    let mut cluster = start().await;
    let node = cluster.node_mut(1);
    let addresses = (node.grpc(), node.http());
    let first = node.process_id().unwrap();
    let identity = std::fs::read(node.home().join("data/node.json")).unwrap();
    assert!(listens(node));
    node.kill().await.unwrap();
    assert!(!node.is_running() && !exists(first) && !listens(node));
    assert!(matches!(node.kill().await, Err(NodeError::NotRunning { number: 1 })));
    node.restart().await.unwrap();
    node.wait_until_ready(LONG).await.unwrap();
    assert_ne!(node.process_id().unwrap(), first);
    assert_eq!((node.grpc(), node.http()), addresses);
    assert_eq!(std::fs::read(node.home().join("data/node.json")).unwrap(), identity);
}

/// A fault that was planned must not be taken for one that happened by itself.
#[tokio::test]
async fn a_node_that_died_by_itself_cannot_be_killed() {
    let mut cluster = start().await;
    let node = cluster.node_mut(1);
    let script = format!("kill -KILL {}", node.process_id().unwrap());
    assert!(std::process::Command::new("sh").args(["-c", &script]).status().unwrap().success());
    let error = node.wait_until_ready(LONG).await;
    // It may have answered once more before it died.
    assert!(matches!(error, Ok(()) | Err(NodeError::Ended { number: 1, .. })), "{error:?}");
    while node.is_running() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for error in [node.kill().await.unwrap_err(), node.pause().await.unwrap_err(), node.stop().await.unwrap_err()] {
        assert!(matches!(error, NodeError::NotRunning { number: 1 }), "{error}");
    }
}

#[tokio::test]
async fn a_paused_node_takes_connections_and_answers_once_it_is_resumed() {
    let mut cluster = start().await;
    let node = cluster.node_mut(1);
    node.pause().await.unwrap();
    assert!(node.is_running() && listens(node));
    let error = node.wait_until_ready(SHORT).await.unwrap_err();
    assert!(matches!(error, NodeError::Waited { awaited: "ready", .. }), "{error}");
    node.resume().await.unwrap();
    node.wait_until_ready(LONG).await.unwrap();
}

#[tokio::test]
async fn a_node_ends_in_order_when_asked_also_when_it_is_paused() {
    let mut cluster = start().await;
    let node = cluster.node_mut(1);
    node.pause().await.unwrap();
    let status = node.stop().await.unwrap();
    assert!(status.success(), "{status}");
    assert!(!node.is_running() && !listens(node));
    node.start().unwrap();
    node.wait_until_ready(LONG).await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let mut cluster = start().await;
    let (folder, node) = (cluster.folder().to_path_buf(), cluster.node_mut(1));
    let (process, grpc) = (node.process_id().unwrap(), node.grpc());
    node.pause().await.unwrap();
    drop(cluster);
    assert!(!exists(process) && !folder.exists());
    assert!(TcpStream::connect(grpc).is_err());
}

#[tokio::test]
async fn a_folder_is_kept_on_request_and_not_used_twice() {
    let mut cluster = start().await;
    let folder = cluster.folder().to_path_buf();
    cluster.keep();
    drop(cluster);
    assert!(folder.join("node-1.toml").is_file() && folder.join("node-1.log").is_file());
    let mut again = config();
    again.folder = Some(folder.clone());
    let error = LocalCluster::start(again).await.unwrap_err();
    assert!(matches!(error, StartError::File { .. }), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_folder_is_kept_when_a_test_fails() {
    let kept = tokio::spawn(async {
        let mut cluster = start().await;
        let process = cluster.node_mut(1).process_id().unwrap();
        std::panic::panic_any((cluster.folder().to_path_buf(), process));
    });
    let (folder, process) = *kept.await.unwrap_err().into_panic().downcast::<(PathBuf, u32)>().unwrap();
    assert!(folder.join("node-1.log").is_file());
    assert!(!exists(process));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_node_that_refuses_to_start_says_why_and_keeps_its_log() {
    let mut config = config();
    config.every_node.settings = toml::from_str("cluster.fallback_zone = 'Mars/Base'").unwrap();
    let Err(StartError::Node(error)) = LocalCluster::start(config).await else { panic!("it started") };
    let NodeError::Ended { log, tail, .. } = &error else { panic!("{error}") };
    assert!(tail.contains("cluster.fallback_zone"), "{error}");
    assert!(log.is_file());
    std::fs::remove_dir_all(log.parent().unwrap()).unwrap();
}
