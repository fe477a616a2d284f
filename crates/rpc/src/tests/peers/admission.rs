//! Nodes of another cluster, and callers that are no nodes, are refused by name on every call.

use baton_consensus::network::transport::Transport;
use baton_model::ids::ClusterId;
use baton_wire::pb::peer::v1::ReadClockRequest;
use baton_wire::pb::peer::v1::peer_service_client::PeerServiceClient;
use baton_wire::pb::v1::GetCustomerRequest;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::{CLUSTER, PeerPort, channels};
use crate::peer::PeerTransport;

const OTHER: ClusterId = ClusterId(0xffff);

fn refused(status: &Status, reason: &str) {
    assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, reason);
}

#[tokio::test]
async fn a_node_of_the_cluster_is_answered() {
    let port = PeerPort::start();
    let peers = channels(CLUSTER);
    let channel = peers.to(&port.address.to_string()).unwrap();
    let answer = PeerServiceClient::new(channel.clone()).read_clock(peers.request(ReadClockRequest {})).await.unwrap();
    assert_eq!(answer.into_inner().unix_ms, 1_234);
    let customer = GetCustomerRequest { workspace: 0, customer_id: "ada".to_owned(), stale: false };
    let answer = CustomerServiceClient::new(channel).get(peers.request(customer)).await.unwrap();
    assert_eq!(answer.into_inner().customer_id, "ada");
}

#[tokio::test]
async fn a_node_of_another_cluster_is_refused_with_both_names() {
    let port = PeerPort::start();
    let peers = channels(OTHER);
    let channel = peers.to(&port.address.to_string()).unwrap();
    let status = PeerServiceClient::new(channel.clone()).read_clock(peers.request(ReadClockRequest {})).await;
    let status = status.unwrap_err();
    refused(&status, "OTHER_CLUSTER");
    let named = [CLUSTER, OTHER].map(|cluster| cluster.to_string());
    assert!(named.iter().all(|name| status.message().contains(name)), "{status}");

    let customer = GetCustomerRequest { workspace: 0, customer_id: "ada".to_owned(), stale: false };
    let status = CustomerServiceClient::new(channel).get(peers.request(customer)).await.unwrap_err();
    refused(&status, "OTHER_CLUSTER");

    let error = PeerTransport::new(peers).open(&port.member()).await.err().expect("Raft is refused as well");
    assert!(named.iter().all(|name| error.reason.contains(name)), "{error}");
}

#[tokio::test]
async fn a_caller_that_is_no_node_is_sent_to_the_public_port() {
    let port = PeerPort::start();
    let channel = channels(CLUSTER).to(&port.address.to_string()).unwrap();
    let customer = Request::new(GetCustomerRequest { workspace: 0, customer_id: "ada".to_owned(), stale: false });
    let status = CustomerServiceClient::new(channel).get(customer).await.unwrap_err();
    refused(&status, "NO_PEER");
    assert!(status.message().ends_with("services call the address of node.grpc"), "{status}");
}
