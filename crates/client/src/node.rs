//! One node, and the services that it offers.

use baton_wire::limits::RESPONSE_BYTES_MAX;
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use tonic::transport::Channel;

/// One node. A call made here is made once, at this node; nobody repeats it. Clones share the connection.
#[derive(Debug, Clone)]
pub struct Node {
    channel: Channel,
}

impl Node {
    pub(crate) fn new(channel: Channel) -> Self {
        Self { channel }
    }

    /// Takes events. A request that is too large is refused by the node, which says so better than a connection that ends.
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
        ClusterServiceClient::new(self.channel.clone()).max_decoding_message_size(RESPONSE_BYTES_MAX)
    }
}
