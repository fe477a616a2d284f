//! The way to a cluster: any node will do, and when one is gone another one is asked.

use std::time::Duration;

use baton_client::{Client, ClientConfig, ConfigError, Node, Unreachable};
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use tonic::transport::Channel;

use crate::{Exit, Failure};

/// Where a node on this machine listens by default.
const LOCAL: &str = "http://127.0.0.1:7400";

/// How long a verb waits for somebody to be there: a node that was just founded listens anew, and a person does not wait
/// longer to hear of a wrong endpoint.
const REACH_WAIT_MAX: Duration = Duration::from_secs(2);

/// Where the cluster is.
#[derive(Debug, Clone, clap::Args)]
pub struct Endpoints {
    /// A node of the cluster; give it several times or with commas, and another one is asked when one is gone
    #[arg(long = "endpoint", value_name = "URL", env = "BATON_ENDPOINT", value_delimiter = ',', global = true, default_value = LOCAL)]
    pub urls: Vec<String>,
}

/// A client of the cluster, and the first of its nodes that could be reached. Clones share both.
#[derive(Debug, Clone)]
pub struct Connection {
    client: Client,
    node: Node,
}

impl Connection {
    /// Connects to the first endpoint that can be reached. If none can, a person hears it soon; a node that goes away
    /// later is waited for.
    pub async fn open(endpoints: &Endpoints) -> Result<Self, Failure> {
        let client = Client::connect(ClientConfig::to(&endpoints.urls))?;
        let node = client.reach(REACH_WAIT_MAX).await?;
        Ok(Self { client, node })
    }

    /// Makes calls to the cluster, at whichever node answers.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Takes events, at this node alone. [`Client::ingest`] does it at all nodes.
    pub fn events(&self) -> EventServiceClient<Channel> {
        self.node.events()
    }

    /// Publishes documents, at this node alone.
    pub fn definitions(&self) -> DefinitionServiceClient<Channel> {
        self.node.definitions()
    }

    /// Knows customers, at this node alone.
    pub fn customers(&self) -> CustomerServiceClient<Channel> {
        self.node.customers()
    }

    /// Knows sends, at this node alone.
    pub fn messages(&self) -> MessageServiceClient<Channel> {
        self.node.messages()
    }

    /// Knows the cluster, at this node alone.
    pub fn cluster(&self) -> ClusterServiceClient<Channel> {
        self.node.cluster()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string(), "name a node with `--endpoint http://127.0.0.1:7400`")
    }
}

impl From<Unreachable> for Failure {
    fn from(error: Unreachable) -> Self {
        let advice = "start a node with `baton dev`, or name one that runs with `--endpoint`";
        let details = error.tried.iter().map(|(address, reason)| format!("{address}: {reason}")).collect();
        Self { details, ..Self::new(Exit::Unavailable, "no node can be reached", advice) }
    }
}
