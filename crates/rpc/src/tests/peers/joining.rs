//! Joining: any node is a seed, and what is refused for good is told from what may be tried again.

use std::collections::BTreeMap;

use baton_model::ids::{ClusterId, NodeId, ReplicaId};
use baton_ports::gateway::{JoinRequest, JoinToken, Joined};
use baton_ports::routing::Route;

use super::{CLUSTER, PeerPort};
use crate::peer::{JoinError, join};
use crate::tests::fixture::Fixture;
use crate::tests::scripted_cluster::{ScriptedRouting, TOKEN, node};

fn request(token: &str) -> JoinRequest {
    JoinRequest {
        token: JoinToken(token.to_owned()),
        nonce: "n1".to_owned(),
        peer_address: "node-9:7401".to_owned(),
        grpc_address: "node-9:7400".to_owned(),
        zone: "eu-1".to_owned(),
        shard_count: Some(8),
    }
}

async fn ask(seed: &PeerPort, cluster: ClusterId, request: JoinRequest) -> Result<Joined, JoinError> {
    join(&seed.address.to_string(), &BTreeMap::new(), cluster, request).await
}

const JOINED: Joined = Joined { node: NodeId(9), system_replica: ReplicaId(17), shard_count: 8 };

#[tokio::test]
async fn a_node_joins_with_all_that_it_says() {
    let seed = PeerPort::start();
    assert_eq!(ask(&seed, CLUSTER, request(TOKEN)).await, Ok(JOINED));
    assert_eq!(*seed.gateway.joins.lock().unwrap(), [request(TOKEN)]);
}

#[tokio::test]
async fn a_seed_that_does_not_decide_asks_the_node_that_does_and_no_further() {
    let leader = PeerPort::start();
    // The seed's route is right, that of the node it asks is behind and points to nowhere.
    let behind = ScriptedRouting::alone();
    behind.lead_system(Route::Peer(node(3, "127.0.0.1:1")));
    let believed = PeerPort::with(behind);
    for (decides, joins) in [(&leader, 1), (&believed, 1)] {
        let routing = ScriptedRouting::alone();
        routing.lead_system(Route::Peer(node(2, &decides.address.to_string())));
        let seed = PeerPort::with(routing);
        assert_eq!(ask(&seed, CLUSTER, request(TOKEN)).await, Ok(JOINED));
        assert_eq!(decides.gateway.joins.lock().unwrap().len(), joins);
        assert!(seed.gateway.joins.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn refusals_for_good_are_told_from_those_that_pass() {
    let seed = PeerPort::start();
    let token = ask(&seed, CLUSTER, request("guess")).await.unwrap_err();
    assert!(matches!(&token, JoinError::Refused { .. }), "{token}");
    assert!(token.to_string().contains("cluster.join_token is not the token of this cluster"), "{token}");
    let cluster = ask(&seed, ClusterId(5), request(TOKEN)).await.unwrap_err();
    assert!(matches!(&cluster, JoinError::Refused { .. }), "{cluster}");
    assert!(cluster.to_string().contains(&CLUSTER.to_string()), "{cluster}");

    let fixture = Fixture::start().await;
    let public = fixture.address.to_string();
    let error = join(&public, &BTreeMap::new(), CLUSTER, request(TOKEN)).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{public} refuses: it is not the peer port of a node"));
    let error = join("not an address", &BTreeMap::new(), CLUSTER, request(TOKEN)).await.unwrap_err();
    let expected = "not an address refuses: cluster.seeds: `not an address` is no address: write `host:port`";
    assert_eq!(error.to_string(), expected);

    let address = seed.address.to_string();
    seed.shutdown.send(()).unwrap();
    seed.server.await.unwrap().unwrap();
    let gone = join(&address, &BTreeMap::new(), CLUSTER, request(TOKEN)).await.unwrap_err();
    assert!(matches!(&gone, JoinError::Unavailable { .. }), "{gone}");
    assert!(gone.to_string().contains("Connection refused"), "{gone}");
}
