//! The network between the nodes breaks; clients reach all of them all the time.

use std::time::Duration;

use baton_client::{Answer, Client, ClientConfig};
use baton_local_cluster::{LocalCluster, Mode};
use baton_wire::pb::google::Kind;
use baton_wire::pb::v1 as pb;
use serde_json::json;
use tests::events::identify;

use crate::arena::{Arena, SERVING_MAX};

/// Longer than the election timeout.
const FAULT: Duration = Duration::from_secs(3);

/// One way; a heartbeat and its answer need two.
const SLOW: Duration = Duration::from_millis(120);

/// What is written on both sides of a partition.
const TRAIT: &str = "side";

/// How long a node that is cut off may take to refuse a read.
const READ_MAX: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_network_loses_nothing_and_repeats_nothing() {
    let mut arena = Arena::start().await;
    arena.phase("symmetric partition", two_lose_each_other).await;
    arena.phase("leader cut off", a_leader_is_cut_off).await;
    arena.phase("one-way cut", a_leader_is_not_heard).await;
    arena.phase("slow link", a_link_is_slow).await;
    arena.finish().await;
}

/// The leader and another node no longer reach each other; the third reaches both.
async fn two_lose_each_other(arena: &mut Arena) {
    let (leader, _) = arena.everybody_agrees().await.busiest();
    let other = others(leader)[0];
    arena.cluster.links().separate(leader, other).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    tokio::time::sleep(FAULT).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    let links = arena.cluster.links();
    let cut = links.relay(leader, other).counts().cut + links.relay(other, leader).counts().cut;
    assert!(cut > 0, "no connection was cut");
    links.heal().unwrap();
}

async fn a_leader_is_cut_off(arena: &mut Arena) {
    let before = arena.everybody_agrees().await;
    let (leader, shards) = before.busiest();
    let cuts = |arena: &Arena| -> u64 {
        others(leader).iter().map(|other| arena.cluster.links().relay(leader, *other).counts().cut).sum()
    };
    let cuts_before = cuts(arena);
    let customers: Vec<String> = shards.iter().map(|shard| arena.customer_of(*shard)).collect();
    write(&arena.cluster, &[leader], &customers, "before").await;
    arena.cluster.links().isolate(leader).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    write(&arena.cluster, &others(leader), &customers, "after").await;
    for customer in &customers {
        let seen = read(&arena.cluster, leader, customer).await;
        assert_ne!(seen.as_deref(), Some("before"), "node {leader} knows nothing newer and says so of {customer}");
    }
    tokio::time::sleep(FAULT).await;
    assert!(cuts(arena) > cuts_before, "no connection was cut");
    arena.cluster.links().heal().unwrap();
    let after = arena.everybody_agrees().await;
    for shard in shards {
        assert!(after.epoch(shard) > before.epoch(shard), "shard {shard} went to the majority");
    }
}

/// What the leader says reaches nobody, while it hears everybody.
async fn a_leader_is_not_heard(arena: &mut Arena) {
    let (leader, _) = arena.everybody_agrees().await.busiest();
    for other in others(leader) {
        arena.cluster.links().silence(leader, other);
    }
    arena.every_shard_takes_writes(SERVING_MAX).await;
    tokio::time::sleep(FAULT).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    for other in others(leader) {
        let flow = arena.cluster.links().one_way_flow(leader, other);
        assert!(flow.dropped > 0, "nothing from {leader} to {other} was lost: {flow:?}");
    }
    arena.cluster.links().heal().unwrap();
}

/// Late messages are no lost ones.
async fn a_link_is_slow(arena: &mut Arena) {
    let before = arena.everybody_agrees().await;
    let (leader, _) = before.busiest();
    let other = others(leader)[0];
    let links = arena.cluster.links();
    links.one_way(leader, other, Mode::Delay(SLOW));
    links.one_way(other, leader, Mode::Delay(SLOW));
    arena.every_shard_takes_writes(SERVING_MAX).await;
    tokio::time::sleep(FAULT).await;
    assert!(arena.cluster.links().one_way_flow(leader, other).slowed > 0, "nothing was slow");
    arena.cluster.links().heal().unwrap();
}

/// Sets a trait of each customer, through these nodes.
async fn write(cluster: &LocalCluster, nodes: &[usize], customers: &[String], value: &str) {
    let endpoints = nodes.iter().map(|node| cluster.node(*node).endpoint());
    let client = Client::connect(ClientConfig::to(endpoints)).unwrap();
    let set = |customer: &String| identify(customer, value, &json!({TRAIT: value}));
    for answer in client.ingest(customers.iter().map(set).collect()).await {
        assert!(matches!(answer, Answer::Accepted(_)), "{value}: {answer:?}");
    }
}

/// Reads it at this node; nothing if it does not answer.
async fn read(cluster: &LocalCluster, node: usize, customer: &str) -> Option<String> {
    let endpoints = [cluster.node(node).endpoint()];
    let config = ClientConfig { give_up_after: READ_MAX, ..ClientConfig::to(endpoints) };
    let request = pb::GetCustomerRequest { customer_id: customer.to_owned(), ..Default::default() };
    let client = Client::connect(config).unwrap();
    let get = client.ask(request, async |node, request| node.customers().get(request).await);
    match get.await.ok()?.traits?.fields.remove(TRAIT)?.kind? {
        Kind::StringValue(value) => Some(value),
        other => panic!("{other:?} was never written"),
    }
}

/// The two other nodes.
fn others(node: usize) -> Vec<usize> {
    (1..=3).filter(|other| *other != node).collect()
}
