//! One node: its process, its addresses, its log. Addresses, folder and configuration stay the same over restarts.

use std::fs::OpenOptions;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::error::NodeError;
use crate::guardian::Guardian;
use crate::port::Port;
use crate::probe;
use crate::process::{Process, Signal};

/// How long an orderly end may take: checkpoints of all shards on a busy disk.
const STOP_MAX: Duration = Duration::from_secs(30);

/// How much of a log an error shows. The rest is in the file.
const TAIL_LINES_MAX: usize = 20;

/// Of which at most so much is read.
const TAIL_BYTES_MAX: usize = 8 * 1024;

/// A node of a [`LocalCluster`](crate::LocalCluster). Dropped, its process is killed.
#[derive(Debug)]
pub struct Node {
    number: usize,
    grpc: Port,
    http: Port,
    peer: Port,
    launch: Launch,
    guardian: Arc<Guardian>,
    process: Option<Process>,
}

/// How its process is started, each time.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) binary: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) home: PathBuf,
    pub(crate) log: PathBuf,
}

/// The ports of a node.
#[derive(Debug)]
pub(crate) struct Ports {
    pub(crate) grpc: Port,
    pub(crate) http: Port,
    pub(crate) peer: Port,
}

impl Node {
    pub(crate) fn new(number: usize, ports: Ports, launch: Launch, guardian: Arc<Guardian>) -> Self {
        let Ports { grpc, http, peer } = ports;
        Self { number, grpc, http, peer, launch, guardian, process: None }
    }

    /// From 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Where services and operators call.
    pub fn grpc(&self) -> SocketAddr {
        self.grpc.address()
    }

    /// The same as a URL, as `--endpoint` wants it.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.grpc())
    }

    /// Where health and metrics are asked for.
    pub fn http(&self) -> SocketAddr {
        self.http.address()
    }

    /// Where it listens for its peers, who may come through a relay.
    pub fn peer(&self) -> SocketAddr {
        self.peer.address()
    }

    /// The folder it was started in; its data is in `data`.
    pub fn home(&self) -> &Path {
        &self.launch.home
    }

    /// Its log, of all runs.
    pub fn log(&self) -> &Path {
        &self.launch.log
    }

    /// The end of its log.
    pub fn log_tail(&self) -> String {
        let bytes = std::fs::read(self.log()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL_BYTES_MAX)..]);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES_MAX)..].join("\n")
    }

    /// The id of its process, while it runs.
    pub fn process_id(&mut self) -> Option<u32> {
        self.is_running().then(|| self.process.as_ref().map(Process::id))?
    }

    /// Whether its process is there; a paused one is.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| matches!(process.ended(), Ok(None)))
    }

    /// Starts its process, on what an earlier one left. Does nothing if it runs. Does not wait until it is ready.
    pub fn start(&mut self) -> Result<(), NodeError> {
        if !self.is_running() {
            self.process = Some(self.spawn().map_err(|source| self.refused("started", source))?);
        }
        Ok(())
    }

    /// `kill -9`, as a crash of the machine would end it. Returns when it is gone.
    pub async fn kill(&mut self) -> Result<(), NodeError> {
        let process = self.running()?;
        let killed = match process.kill() {
            Ok(()) => process.wait().await.map(drop),
            error => error,
        };
        killed.map_err(|source| self.refused("killed", source))?;
        self.process = None;
        Ok(())
    }

    /// Asks it to end in order (SIGTERM) and waits. A paused node is resumed, or it would not hear.
    pub async fn stop(&mut self) -> Result<ExitStatus, NodeError> {
        self.ask_to_stop().await?;
        self.wait_until_stopped().await
    }

    /// Stops its time (SIGSTOP): it answers nobody, its connections stay open.
    pub async fn pause(&mut self) -> Result<(), NodeError> {
        self.signal(Signal::Stop, "paused").await
    }

    /// Lets it go on (SIGCONT), as if no time had passed for it.
    pub async fn resume(&mut self) -> Result<(), NodeError> {
        self.signal(Signal::Continue, "resumed").await
    }

    /// Kills it if it runs, and starts it again. Does not wait until it is ready.
    pub async fn restart(&mut self) -> Result<(), NodeError> {
        if self.is_running() {
            self.kill().await?;
        }
        self.start()
    }

    /// Whether `/readyz` says yes, asked once. A paused node says nothing for a second, which is no.
    pub async fn is_ready(&self) -> bool {
        matches!(probe::get(self.http(), "/readyz").await, Ok(answer) if answer.status == 200)
    }

    /// Waits until `/readyz` says yes.
    pub async fn wait_until_ready(&mut self, max: Duration) -> Result<(), NodeError> {
        self.wait_for("/readyz", "ready", max).await
    }

    /// Returns before it ends.
    pub(crate) async fn ask_to_stop(&mut self) -> Result<(), NodeError> {
        let process = self.running()?;
        let asked = match process.signal(Signal::Terminate).await {
            Ok(()) => process.signal(Signal::Continue).await,
            error => error,
        };
        asked.map_err(|source| self.refused("stopped", source))
    }

    /// After it was asked to.
    pub(crate) async fn wait_until_stopped(&mut self) -> Result<ExitStatus, NodeError> {
        let process = self.process.as_mut().ok_or(NodeError::NotRunning { number: self.number })?;
        let Ok(ended) = tokio::time::timeout(STOP_MAX, process.wait()).await else {
            return Err(self.waited("stopped", STOP_MAX, "it got SIGTERM and goes on".to_owned()));
        };
        let status = ended.map_err(|source| self.refused("stopped", source))?;
        self.process = None;
        Ok(status)
    }

    /// Waits until `/livez` answers, ready or not.
    pub(crate) async fn wait_until_alive(&mut self, max: Duration) -> Result<(), NodeError> {
        self.wait_for("/livez", "alive", max).await
    }

    async fn wait_for(&mut self, path: &str, awaited: &'static str, max: Duration) -> Result<(), NodeError> {
        let mut said = "nobody answers".to_owned();
        let asked = tokio::time::timeout(max, self.ask_until(path, &mut said)).await;
        asked.unwrap_or_else(|_| Err(self.waited(awaited, max, said)))
    }

    async fn ask_until(&mut self, path: &str, said: &mut String) -> Result<(), NodeError> {
        loop {
            let process = self.process.as_mut().ok_or(NodeError::NotRunning { number: self.number })?;
            if let Ok(Some(status)) = process.ended() {
                self.process = None;
                let (number, log, tail) = (self.number, self.log().to_path_buf(), self.log_tail());
                return Err(NodeError::Ended { number, status, log, tail });
            }
            match probe::get(self.http(), path).await {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) => *said = format!("{path} says {} {}", answer.status, answer.body),
                Err(error) => *said = format!("{path}: {error}"),
            }
            tokio::time::sleep(probe::ASK_EVERY).await;
        }
    }

    async fn signal(&mut self, signal: Signal, done: &'static str) -> Result<(), NodeError> {
        let process = self.running()?;
        process.signal(signal).await.map_err(|source| self.refused(done, source))
    }

    fn running(&mut self) -> Result<&mut Process, NodeError> {
        let number = self.number;
        let is_running = self.is_running();
        self.process.as_mut().filter(|_| is_running).ok_or(NodeError::NotRunning { number })
    }

    fn spawn(&self) -> io::Result<Process> {
        let launch = &self.launch;
        std::fs::create_dir_all(&launch.home)?;
        let log = OpenOptions::new().create(true).append(true).open(&launch.log)?;
        let mut command = Command::new(&launch.binary);
        command.args(&launch.arguments).current_dir(&launch.home).envs(launch.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Process::start(command, &self.guardian)
    }

    fn refused(&self, done: &'static str, source: io::Error) -> NodeError {
        NodeError::System { number: self.number, done, source }
    }

    fn waited(&self, awaited: &'static str, waited: Duration, said: String) -> NodeError {
        let (number, log, tail) = (self.number, self.log().to_path_buf(), self.log_tail());
        NodeError::Waited { number, awaited, waited, said, log, tail }
    }
}
