//! Documents are published where the system group is led, and read and validated anywhere.

use std::sync::atomic::Ordering;

use baton_ports::routing::Route;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use baton_wire::pb::v1::{ApplyRequest, DocumentFile, ValidateRequest};
use tonic::Code;

use super::{Two, first};
use crate::tests::peers::PeerPort;
use crate::tests::scripted_cluster::{ScriptedRouting, nobody, node};

fn files(text: &str) -> Vec<DocumentFile> {
    vec![DocumentFile { name: "welcome.yaml".to_owned(), text: text.to_owned() }]
}

#[tokio::test]
async fn documents_are_published_by_the_leader_of_the_system_group() {
    let second = PeerPort::with(ScriptedRouting::alone());
    let peer = node(2, &second.address.to_string());
    let first = first(peer.clone(), |routing| routing.lead_system(Route::Peer(peer))).await;
    let mut client = DefinitionServiceClient::new(first.channel.clone());
    let applied = |node: &crate::tests::scripted::Scripted| node.applied.load(Ordering::SeqCst);

    let request = ApplyRequest { files: files("good"), ..ApplyRequest::default() };
    assert_eq!(client.apply(request).await.unwrap().into_inner().version, 4);
    assert_eq!((applied(&first.gateway), applied(&second.gateway)), (0, 1));

    let request = ApplyRequest { files: files("bad"), ..ApplyRequest::default() };
    let status = client.apply(request).await.unwrap_err();
    assert_eq!(baton_wire::document_faults::find(status.details()).unwrap().total_count, 1, "faults come back whole");

    client.validate(ValidateRequest { workspace: 0, files: files("good") }).await.unwrap();
    assert_eq!((applied(&first.gateway), applied(&second.gateway)), (1, 2), "any node can validate");
}

#[tokio::test]
async fn nothing_is_published_while_nobody_leads() {
    let two = Two::start_with(|routing| routing.lead_system(nobody())).await;
    let request = ApplyRequest { files: files("good"), ..ApplyRequest::default() };
    let status = DefinitionServiceClient::new(two.first.channel.clone()).apply(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
}
