//! `baton serve` as a child process, in a folder of its own, on free ports.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use baton_ctl::{Connection, Endpoints};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::binary::baton;
use super::{eventually, get};

/// What every node of these tests is configured with: few shards and short elections, so that starting takes little, and
/// checkpoints often enough to happen during a test.
const CONFIG: &str = r#"
[node]
grpc = "127.0.0.1:0"
peer = "127.0.0.1:0"
http = "127.0.0.1:0"
[cluster]
id = "ba70ba70ba70ba70ba70ba70ba70ba70"
shard_count = 4
[raft]
heartbeat_ms = 50
election_min_ms = 150
election_max_ms = 250
[telemetry]
json = true
[storage]
dir = "data"
checkpoint_seconds = 2
"#;

/// Delivers the channel `app` into the file that [`Node::sink`] names.
pub(crate) const FILE_SINK: &str = r#"
[delivery.providers.file]
type = "file"
path = "sends.jsonl"
[delivery.channels.app]
providers = ["file"]
"#;

/// A running node. Dropped in a test that fails, it leaves its folder behind.
pub(crate) struct Node {
    folder: TempDir,
    launcher: Vec<String>,
    process: Process,
}

struct Process {
    child: Child,
    http: SocketAddr,
    connection: Connection,
    endpoint: String,
}

impl Node {
    /// Starts a new node with the file sink.
    pub(crate) async fn start() -> Self {
        Self::start_with(FILE_SINK).await
    }

    /// Starts a new node; `sections` of its configuration come on top of what all have, which ends with `[storage]`.
    pub(crate) async fn start_with(sections: &str) -> Self {
        Self::start_in(Self::folder(), Vec::new(), sections).await
    }

    /// A folder for a node.
    pub(crate) fn folder() -> TempDir {
        tempfile::Builder::new().prefix("baton-api-").tempdir().unwrap()
    }

    /// Starts a new node in `folder`, by the words of a command that runs another one in its own process; no words run it as
    /// it is.
    pub(crate) async fn start_in(folder: TempDir, launcher: Vec<String>, sections: &str) -> Self {
        std::fs::write(folder.path().join("node.toml"), format!("{CONFIG}{sections}")).unwrap();
        let process = Process::start(folder.path(), &launcher).await;
        Self { folder, launcher, process }
    }

    /// A connection; clones share it.
    pub(crate) fn connection(&self) -> &Connection {
        &self.process.connection
    }

    /// A connection of its own.
    pub(crate) async fn another_connection(&self) -> Connection {
        connect(&self.process.endpoint).await
    }

    /// Where gRPC is served.
    pub(crate) fn endpoint(&self) -> &str {
        &self.process.endpoint
    }

    /// Where health and metrics are served.
    pub(crate) fn http(&self) -> SocketAddr {
        self.process.http
    }

    /// The file into which the file sink writes.
    pub(crate) fn sink(&self) -> PathBuf {
        self.folder.path().join("sends.jsonl")
    }

    /// Kills the node as a power cut would kill its process: no handler runs.
    pub(crate) async fn kill(&mut self) {
        self.process.child.kill().await.unwrap();
    }

    /// Asks the node to end and waits until it has; it must say that all went well.
    pub(crate) async fn stop(&mut self) {
        let pid = self.process.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
        let status = self.process.child.wait().await.unwrap();
        assert!(status.success(), "the node ended with {status}");
    }

    /// Starts the node again on what it left.
    pub(crate) async fn start_again(&mut self) {
        self.process = Process::start(self.folder.path(), &self.launcher).await;
    }

    /// Runs a verb of the command line against the node.
    pub(crate) async fn command(&self, words: &[&str]) -> Output {
        self.begin(words).wait_with_output().await.unwrap()
    }

    /// Begins a verb of the command line against the node.
    pub(crate) fn begin(&self, words: &[&str]) -> Child {
        let mut command = Command::new(baton());
        command.args(words).args(["--endpoint", &self.process.endpoint, "--output", "json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap()
    }
}

impl Drop for Node {
    #[expect(clippy::print_stderr, reason = "a failing test says where to look")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            eprintln!("the folder of the node is kept: {}", self.folder.path().display());
        }
    }
}

impl Process {
    /// Starts the binary and waits until it is ready.
    async fn start(folder: &Path, launcher: &[String]) -> Self {
        let log_path = folder.join("node.log");
        let log = OpenOptions::new().create(true).append(true).open(&log_path).unwrap();
        let written = usize::try_from(log.metadata().unwrap().len()).unwrap();
        let words = launcher.iter().map(OsStr::new).chain([baton().as_os_str()]).collect::<Vec<_>>();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["serve", "--init", "--config", "node.toml"]).current_dir(folder);
        let mut child = command.stdout(log.try_clone().unwrap()).stderr(log).kill_on_drop(true).spawn().unwrap();
        let (grpc, http) = eventually("the node serves", async || {
            let log = std::fs::read(&log_path).unwrap();
            let served = String::from_utf8_lossy(&log[written..]).lines().find_map(addresses);
            if let (None, Some(status)) = (served, child.try_wait().unwrap()) {
                panic!("the node ended with {status}; its log is\n{}", String::from_utf8_lossy(&log[written..]));
            }
            served
        })
        .await;
        eventually("the node is ready", async || get(http, "/readyz").await.ok().filter(|(status, _)| *status == 200))
            .await;
        let endpoint = format!("http://{grpc}");
        let connection = connect(&endpoint).await;
        Self { child, http, connection, endpoint }
    }
}

async fn connect(endpoint: &str) -> Connection {
    Connection::open(&Endpoints { urls: vec![endpoint.to_owned()] }).await.unwrap()
}

/// The addresses, if that is the line of the log that tells them.
fn addresses(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = |field: &str| line[field].as_str()?.parse().ok();
    (line["message"] == "the node serves").then_some(())?;
    Some((address("grpc")?, address("http")?))
}
