//! `baton dev`

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use baton_ctl::documents::Sources;
use baton_ctl::{Connection, Endpoints, Exit, Failure};
use baton_node::config::{
    ChannelConfig, ClockConfig, Config, DeliveryConfig, NodeConfig, ProviderConfig, ProviderKind, TelemetryConfig,
};
use baton_wire::pb::v1 as pb;
use jiff::Timestamp;

use crate::nodes::{Nodes, throwaway_folder};

/// The peers of one node alone: nobody calls there.
const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// The only provider: every message becomes a line of a file.
const PROVIDER: &str = "file";

/// A throwaway node: it keeps everything in a temporary folder, and messages become lines of a file.
#[derive(Debug, clap::Args)]
pub(crate) struct Dev {
    /// Publish the documents of this file or folder at once
    #[arg(short = 'f', long = "file", value_name = "PATH")]
    documents: Vec<PathBuf>,
    /// Where messages go; a file in the temporary folder if left out
    #[arg(long, value_name = "FILE")]
    messages: Option<PathBuf>,
    /// The channels whose messages go there
    #[arg(long, value_name = "ID", value_delimiter = ',', default_value = "email,sms,push,app,webhook,whatsapp")]
    channels: Vec<String>,
    /// Customer time starts here, RFC 3339, and moves only by `baton cluster advance-clock`
    #[arg(long, value_name = "TIME")]
    test_clock: Option<Timestamp>,
    /// Customer time runs so many times as fast as the clock: with 86400 a second is a day. Send events without a timestamp
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        conflicts_with = "test_clock",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    time_scale: u32,
    /// How many nodes: one in this process, or several as processes of their own, on free ports
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = super::demo::nodes())]
    nodes: u64,
    /// Where services call
    #[arg(long, default_value_t = NodeConfig::default().grpc)]
    grpc: SocketAddr,
    /// Where health and metrics are asked for
    #[arg(long, default_value_t = NodeConfig::default().http)]
    http: SocketAddr,
    /// What is logged
    #[arg(long, default_value = "warn,openraft=error")]
    log: String,
}

impl Dev {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let folder = throwaway_folder("dev")?;
        let messages = self.messages.clone().unwrap_or_else(|| folder.path().join("messages.jsonl"));
        let config = self.config(messages.clone());
        super::start_logs(&config.telemetry)?;
        let count = usize::try_from(self.nodes).unwrap_or(1);
        let nodes = Nodes::start(config, count, folder.path(), &[]).await.map_err(|error| {
            let advice = "another node may use the port: name others with --grpc and --http, port 0 takes a free one";
            Failure::new(Exit::Failed, format!("{error:#}"), advice)
        })?;
        let endpoints = nodes.endpoints().await;
        let version = self.publish(&endpoints).await?;
        let version = version.map(|version| format!("documents version {version}\n")).unwrap_or_default();
        let text = format!(
            "gRPC      {}\nHTTP      {}\nmessages  {}\n{version}Ctrl-C ends it and throws everything away.\n",
            endpoints.join(","),
            nodes.http().await.join(","),
            messages.display(),
        );
        // Whoever started it in the background does not read this.
        let _ = io::stdout().lock().write_all(text.as_bytes());
        super::until_asked_to_stop().await?;
        nodes.stop().await.map_err(|error| Failure::new(Exit::Failed, format!("{error:#}"), ""))?;
        Ok(Exit::Done)
    }

    fn config(&self, messages: PathBuf) -> Config {
        let provider = ProviderConfig {
            in_flight_max: 64,
            per_second: 10_000.0,
            timeout_seconds: 10,
            kind: ProviderKind::File { path: messages },
        };
        let channel = |id: &String| (id.clone(), ChannelConfig { providers: vec![PROVIDER.to_owned()] });
        Config {
            node: NodeConfig { grpc: self.grpc, peer: ANY_PORT.into(), http: self.http, ..NodeConfig::default() },
            clock: ClockConfig { test_start: self.test_clock, time_scale: self.time_scale, ..ClockConfig::default() },
            delivery: DeliveryConfig {
                providers: BTreeMap::from([(PROVIDER.to_owned(), provider)]),
                channels: self.channels.iter().map(channel).collect(),
                ..DeliveryConfig::default()
            },
            telemetry: TelemetryConfig { filter: self.log.clone(), ..TelemetryConfig::default() },
            ..Config::default()
        }
    }

    async fn publish(&self, endpoints: &[String]) -> Result<Option<u64>, Failure> {
        if self.documents.is_empty() {
            return Ok(None);
        }
        let files = Sources { files: self.documents.clone() }.read()?;
        let connection = Connection::open(&Endpoints { urls: endpoints.to_vec() }).await?;
        let request = pb::ApplyRequest { files, ..pb::ApplyRequest::default() };
        let applied = connection.definitions().apply(request).await?;
        Ok(Some(applied.into_inner().version))
    }
}
