//! What is measured: a whole node as `baton serve` starts it, in a fresh folder, with one journey and a webhook receiver.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Context;
use baton_channels::Secret;
use baton_channels::sink::{HttpSink, Receipts};
use baton_ctl::{Connection, Endpoints};
use baton_node::config::{
    ChannelConfig, Config, DeliveryConfig, NodeConfig, ProviderConfig, ProviderKind, StorageConfig,
};
use baton_node::{Birth, Node};
use baton_wire::pb::v1 as pb;
use tempfile::TempDir;

/// Sends one message for each order, at once. An order has an enrolment of its own: a customer who orders again before the
/// first message was taken gets both.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Journey
id: receipt
owner: shop-team
category: transactional
priority: 50
entry: {event: Order Completed, key: event.properties.order_id}
reentry: {policy: after_exit, max_concurrent: 64}
steps:
  - {id: receipt, message: {channel: app, template: receipt, vars: {order_id: context.order_id}}}
---
kind: Template
id: receipt
text: We have your order {{ vars.order_id }}.
vars: {order_id: {}}
";

/// What the node and its webhook receiver share.
const WEBHOOK_SECRET: &str = "whsec_YmF0b24gYmVuY2gsIG5vdCBhIHNlY3JldCBhdCBhbGw=";

/// On this machine, on a free port.
const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Far above what one machine sends: the receiver's account is not what is measured.
const SENDS_PER_SECOND: f64 = 1_000_000.0;

pub struct Subject {
    node: Node,
    sink: HttpSink,
    _folder: TempDir,
}

impl Subject {
    pub async fn start() -> anyhow::Result<Self> {
        // The build folder lies on a disk; the system's folder for temporary files may lie in memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("no folder")?;
        let address = SocketAddr::from(ANY_PORT);
        let secret = Secret::new(WEBHOOK_SECRET);
        let sink = HttpSink::start(address, &secret).await?;
        let kind = ProviderKind::Webhook { url: sink.url(), secret };
        let provider = ProviderConfig { in_flight_max: 64, per_second: SENDS_PER_SECOND, timeout_seconds: 10, kind };
        let channel = ChannelConfig { providers: vec!["app".to_owned()] };
        let config = Config {
            node: NodeConfig { grpc: address, peer: address, http: address, ..NodeConfig::default() },
            storage: StorageConfig { dir: folder.path().join("node"), ..StorageConfig::default() },
            delivery: DeliveryConfig {
                providers: BTreeMap::from([("app".to_owned(), provider)]),
                channels: BTreeMap::from([("app".to_owned(), channel)]),
                ..DeliveryConfig::default()
            },
            ..Config::default()
        };
        let node = Node::start(config, Birth::Alone).await?;
        node.ready().await;
        let subject = Self { node, sink, _folder: folder };
        subject.publish().await?;
        Ok(subject)
    }

    /// Where clients connect.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints { urls: vec![format!("http://{}", self.node.grpc())] }
    }

    pub fn receipts(&self) -> &Receipts {
        self.sink.receipts()
    }

    pub async fn stop(self) {
        self.node.stop().await;
    }

    async fn publish(&self) -> anyhow::Result<()> {
        let connection = Connection::open(&self.endpoints()).await?;
        let file = pb::DocumentFile { name: "bench.yaml".to_owned(), text: DOCUMENTS.to_owned() };
        connection.definitions().apply(pb::ApplyRequest { files: vec![file], ..pb::ApplyRequest::default() }).await?;
        Ok(())
    }
}
