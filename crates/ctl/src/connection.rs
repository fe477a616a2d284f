//! The way to a cluster: any node will do, the first that can be reached is taken.

use std::time::Duration;

use baton_wire::limits::RESPONSE_BYTES_MAX;
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use tonic::transport::{Channel, Endpoint};

use crate::{Exit, Failure};

/// How long one node may take to answer the connection before the next one is tried.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(3);

/// Where a node on this machine listens by default.
const LOCAL: &str = "http://127.0.0.1:7400";

/// Where the cluster is.
#[derive(Debug, Clone, clap::Args)]
pub struct Endpoints {
    /// A node of the cluster; give it several times, and the first that can be reached is taken
    #[arg(long = "endpoint", value_name = "URL", env = "BATON_ENDPOINT", value_delimiter = ',', global = true, default_value = LOCAL)]
    pub urls: Vec<String>,
}

/// A connection to a node. Clones share it.
#[derive(Debug, Clone)]
pub struct Connection {
    channel: Channel,
}

impl Connection {
    /// Connects to the first endpoint that can be reached.
    pub async fn open(endpoints: &Endpoints) -> Result<Self, Failure> {
        let mut details = Vec::new();
        for url in &endpoints.urls {
            let url = if url.contains("://") { url.clone() } else { format!("http://{url}") };
            let endpoint = Endpoint::from_shared(url.clone()).map_err(|error| {
                Failure::usage(
                    format!("the endpoint `{url}` is no URL: {error}"),
                    "write one like `http://127.0.0.1:7400`",
                )
            })?;
            match endpoint.connect_timeout(CONNECT_WAIT_MAX).tcp_nodelay(true).connect().await {
                Ok(channel) => return Ok(Self { channel }),
                Err(error) => details.push(format!("{url}: {}", root_cause(&error))),
            }
        }
        let advice = "start a node with `baton dev`, or name one that runs with `--endpoint`";
        Err(Failure { details, ..Failure::new(Exit::Unavailable, "no node can be reached", advice) })
    }

    /// Takes events.
    pub fn events(&self) -> EventServiceClient<Channel> {
        EventServiceClient::new(self.channel.clone())
    }

    /// Publishes documents.
    pub fn definitions(&self) -> DefinitionServiceClient<Channel> {
        DefinitionServiceClient::new(self.channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX)
    }

    /// Knows customers.
    pub fn customers(&self) -> CustomerServiceClient<Channel> {
        CustomerServiceClient::new(self.channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX)
    }

    /// Knows sends.
    pub fn messages(&self) -> MessageServiceClient<Channel> {
        MessageServiceClient::new(self.channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX)
    }

    /// Knows the cluster.
    pub fn cluster(&self) -> ClusterServiceClient<Channel> {
        ClusterServiceClient::new(self.channel.clone())
    }
}

/// The innermost error: `tonic` itself only says that it failed.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
