//! The node of the demo with everything around it: a temporary folder, a webhook receiver, a mail catcher.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use anyhow::Context;
use baton_channels::Secret;
use baton_channels::sink::{HttpSink, MailSink, Receipts};
use baton_ctl::{Connection, Endpoints};
use baton_node::config::{
    ChannelConfig, ClockConfig, ClusterConfig, Config, DeliveryConfig, NodeConfig, ProviderConfig, ProviderKind,
    SmtpSecurity, StorageConfig,
};
use baton_node::{Birth, Node};
use baton_wire::instant;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::documents;

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

/// A running node with its sinks.
pub(super) struct Stage {
    pub connection: Connection,
    node: Node,
    app: HttpSink,
    mail: MailSink,
    _folder: TempDir,
}

impl Stage {
    /// Starts everything; customer time stands at the beginning of that day.
    pub async fn start(day: Date) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("baton-demo-").tempdir().context("no temporary folder")?;
        let address = SocketAddr::from(ANY_PORT);
        let secret = Secret::new(WEBHOOK_SECRET);
        let app = HttpSink::start(address, &secret).await.context("the webhook receiver does not start")?;
        let mail = MailSink::start(address).await.context("the mail catcher does not start")?;
        let config = Config {
            node: NodeConfig { grpc: address, http: address, ..NodeConfig::default() },
            cluster: ClusterConfig {
                id: CLUSTER_ID.to_owned(),
                history_days: KEPT_DAYS,
                records_days: KEPT_DAYS,
                ..ClusterConfig::default()
            },
            storage: StorageConfig { dir: folder.path().join("node"), ..StorageConfig::default() },
            clock: ClockConfig { test_start: Some(day.to_zoned(TimeZone::UTC)?.timestamp()), ..ClockConfig::default() },
            delivery: delivery(&app, secret, &mail),
            ..Config::default()
        };
        let node = Node::start(config, Birth::Alone).await.context("the node does not start")?;
        node.ready().await;
        let connection = Connection::open(&Endpoints { urls: vec![format!("http://{}", node.grpc())] }).await?;
        Ok(Self { connection, node, app, mail, _folder: folder })
    }

    /// Publishes the example journeys; returns their version.
    pub async fn publish(&self) -> anyhow::Result<u64> {
        let request = pb::ApplyRequest { files: documents::files(), ..pb::ApplyRequest::default() };
        let applied = self.connection.definitions().apply(request).await.map_err(baton_ctl::Failure::from)?;
        Ok(applied.into_inner().version)
    }

    /// Lets everything happen that is due until then.
    pub async fn advance(&self, to: Timestamp) -> anyhow::Result<()> {
        let request = admin::AdvanceClockRequest { to: Some(instant::to_pb(to)), settle: false };
        self.connection.cluster().advance_clock(request).await.map_err(baton_ctl::Failure::from)?;
        Ok(())
    }

    /// Walks over all enrolments.
    pub async fn check(&self) -> anyhow::Result<admin::CheckResponse> {
        let report = self.connection.cluster().check(admin::CheckRequest {}).await.map_err(baton_ctl::Failure::from)?;
        Ok(report.into_inner())
    }

    /// The distinct sends that arrived, by channel.
    pub fn received(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let ids = |receipts: &Receipts| receipts.send_ids().iter().map(ToString::to_string).collect();
        let [app, email] = CHANNELS;
        BTreeMap::from([(app, ids(self.app.receipts())), (email, ids(self.mail.receipts()))])
    }

    /// Ends the node and throws its folder away.
    pub async fn end(self) {
        self.node.stop().await;
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
