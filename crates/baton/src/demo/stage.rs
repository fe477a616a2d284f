//! The nodes of the demo with everything around them: a temporary folder, a webhook receiver, a mail catcher.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use anyhow::Context;
use baton_channels::Secret;
use baton_channels::sink::{HttpSink, MailSink, Receipts};
use baton_ctl::{Connection, Endpoints};
use baton_node::config::{
    ChannelConfig, ClockConfig, ClusterConfig, Config, DeliveryConfig, NodeConfig, ProviderConfig, ProviderKind,
    SmtpSecurity, TelemetryConfig,
};
use baton_wire::instant;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::documents;
use crate::nodes::{Nodes, throwaway_folder};

/// Send ids derive from the cluster's, so the demo's is the same on every run.
const CLUSTER_ID: &str = "ba70de30ba70de30ba70de30ba70de30";

/// Longer than the purchases go on, so that no repeat is ever too old and every decision can be read at the end.
const KEPT_DAYS: u32 = 730;

/// What the node and its webhook receiver share.
const WEBHOOK_SECRET: &str = "whsec_YmF0b24gZGVtbywgbm90IGEgc2VjcmV0IGF0IGFsbA==";

/// The channels of the example journeys that the demo can serve.
const CHANNELS: [&str; 2] = ["app", "email"];

/// On this machine, on a free port.
const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Running nodes with their sinks.
pub(super) struct Stage {
    pub connection: Connection,
    nodes: Nodes,
    app: HttpSink,
    mail: MailSink,
    _folder: TempDir,
}

impl Stage {
    /// Starts everything with that many nodes; customer time stands at the beginning of that day.
    pub async fn start(day: Date, nodes: usize) -> anyhow::Result<Self> {
        let folder = throwaway_folder("demo")?;
        let address = SocketAddr::from(ANY_PORT);
        let secret = Secret::new(WEBHOOK_SECRET);
        let app = HttpSink::start(address, &secret).await.context("the webhook receiver does not start")?;
        let mail = MailSink::start(address).await.context("the mail catcher does not start")?;
        let config = Config {
            node: NodeConfig { grpc: address, peer: address, http: address, ..NodeConfig::default() },
            cluster: ClusterConfig {
                id: CLUSTER_ID.to_owned(),
                history_days: KEPT_DAYS,
                records_days: KEPT_DAYS,
                ..ClusterConfig::default()
            },
            clock: ClockConfig { test_start: Some(day.to_zoned(TimeZone::UTC)?.timestamp()), ..ClockConfig::default() },
            delivery: delivery(&app, secret, &mail),
            telemetry: TelemetryConfig { filter: "warn,openraft=error".to_owned(), ..TelemetryConfig::default() },
            ..Config::default()
        };
        let secrets: [(&[&str], &str); 1] = [(&["delivery", "providers", CHANNELS[0], "secret"], WEBHOOK_SECRET)];
        let nodes = Nodes::start(config, nodes, folder.path(), &secrets).await?;
        let connection = Connection::open(&Endpoints { urls: nodes.endpoints().await }).await?;
        Ok(Self { connection, nodes, app, mail, _folder: folder })
    }

    /// Publishes the example journeys; returns their version.
    pub async fn publish(&self) -> anyhow::Result<u64> {
        let request = pb::ApplyRequest { files: documents::files(), ..pb::ApplyRequest::default() };
        // The same set again changes nothing.
        let applied = self
            .connection
            .client()
            .ask_for_long(request, async |node, request| node.definitions().apply(request).await);
        Ok(applied.await.map_err(baton_ctl::Failure::from)?.version)
    }

    /// Lets everything happen that is due until then.
    pub async fn advance(&self, to: Timestamp) -> anyhow::Result<()> {
        let request = admin::AdvanceClockRequest { to: Some(instant::to_pb(to)), settle: false };
        let client = self.connection.client();
        let advanced = client.ask_for_long(request, async |node, request| node.cluster().advance_clock(request).await);
        advanced.await.map_err(baton_ctl::Failure::from)?;
        Ok(())
    }

    /// Kills the node that leads the most, as a crash would, and starts it again. Returns its number.
    pub async fn kill_leader(&self) -> anyhow::Result<usize> {
        self.nodes.kill_leader(self.connection.client()).await
    }

    /// Walks over all enrolments.
    pub async fn check(&self) -> anyhow::Result<admin::CheckResponse> {
        let client = self.connection.client();
        let report =
            client.ask_for_long(admin::CheckRequest {}, async |node, request| node.cluster().check(request).await);
        Ok(report.await.map_err(baton_ctl::Failure::from)?)
    }

    /// The distinct sends that arrived, by channel.
    pub fn received(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let ids = |receipts: &Receipts| receipts.send_ids().iter().map(ToString::to_string).collect();
        let [app, email] = CHANNELS;
        BTreeMap::from([(app, ids(self.app.receipts())), (email, ids(self.mail.receipts()))])
    }

    /// Ends the nodes and throws their folder away.
    pub async fn end(self) -> anyhow::Result<()> {
        self.nodes.stop().await
    }
}

fn delivery(app: &HttpSink, secret: Secret, mail: &MailSink) -> DeliveryConfig {
    let provider = |kind| ProviderConfig { in_flight_max: 64, per_second: 10_000.0, timeout_seconds: 10, kind };
    let webhook = provider(ProviderKind::Webhook { url: app.url(), secret });
    let relay = provider(ProviderKind::Smtp {
        host: mail.address().ip().to_string(),
        port: mail.address().port(),
        security: SmtpSecurity::Plaintext,
        user: None,
        password: None,
        from: "shop@shop.example".to_owned(),
        hello_name: "shop.example".to_owned(),
    });
    let channel = |id: &str| (id.to_owned(), ChannelConfig { providers: vec![id.to_owned()] });
    let [app, email] = CHANNELS;
    DeliveryConfig {
        providers: BTreeMap::from([(app.to_owned(), webhook), (email.to_owned(), relay)]),
        channels: CHANNELS.into_iter().map(channel).collect(),
        ..DeliveryConfig::default()
    }
}
