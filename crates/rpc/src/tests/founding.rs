//! A node without a cluster founds one and refuses everything else; one with a cluster founds no other.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use baton_wire::pb::admin::v1::{GetClusterRequest, InitRequest};
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::{GetCustomerRequest, IngestRequest, customer_service_client::CustomerServiceClient};
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::fixture::Fixture;
use super::scripted::Scripted;
use super::scripted_cluster::TOKEN;
use crate::server::FoundingServer;

const ID: &str = "000000000000000000000000000000ff";

async fn init(channel: &Channel, nodes: u32, cluster_id: &str) -> Result<(String, String), Status> {
    let request = InitRequest { nodes, cluster_id: cluster_id.to_owned() };
    let founded = ClusterServiceClient::new(channel.clone()).init(request).await?.into_inner();
    Ok((founded.cluster_id, founded.join_token))
}

#[tokio::test]
async fn a_node_without_a_cluster_founds_one_and_refuses_everything_else() {
    let server = FoundingServer::bind((Ipv4Addr::LOCALHOST, 0).into(), Arc::new(Scripted::default())).unwrap();
    let address = server.local_addr();
    let (founded, ended) = oneshot::channel::<()>();
    let server = tokio::spawn(server.run(async move {
        let _ = ended.await;
    }));
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();

    let customer = GetCustomerRequest { workspace: 0, customer_id: "ada".to_owned(), stale: false };
    let refused = [
        CustomerServiceClient::new(channel.clone()).get(customer).await.unwrap_err(),
        EventServiceClient::new(channel.clone()).ingest(IngestRequest::default()).await.unwrap_err(),
        ClusterServiceClient::new(channel.clone()).get_cluster(GetClusterRequest {}).await.unwrap_err(),
    ];
    for status in refused {
        assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
        assert!(status.message().starts_with("no cluster here: baton cluster init"), "{status}");
        assert_eq!(status.get_details_error_info().unwrap().reason, "CLUSTER_STATE");
    }
    assert_eq!(init(&channel, 3, ID).await.unwrap(), (ID.to_owned(), TOKEN.to_owned()));

    founded.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(5), server).await;
    ended.expect("it makes place for the server of the cluster").unwrap().unwrap();
}

#[tokio::test]
async fn a_node_of_a_cluster_founds_no_other_and_requests_are_checked() {
    let fixture = Fixture::start().await;
    let founded = init(&fixture.channel, 3, "").await.unwrap_err();
    assert_eq!(founded.code(), Code::FailedPrecondition, "{founded}");
    for (nodes, cluster, field) in [(0, "", "nodes"), (3, "no id", "cluster_id")] {
        let status = init(&fixture.channel, nodes, cluster).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, field);
    }
}
