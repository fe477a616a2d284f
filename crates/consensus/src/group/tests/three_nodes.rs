//! Three replicas of one group: what is acknowledged is on a quorum, whoever leads, whoever is cut off or restarted.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_model::ids::NodeId;
use baton_shard::entry::Applied;
use tokio::time::Instant;

use super::network::{Net, Peer, founding, leader_of, member};
use super::node::{Led, replica_of, rows};
use crate::group::Group;
use crate::group::error::ProposeError;
use crate::group::groups::Beginning;
use crate::group::leadership::Leadership;

const WAIT: Duration = Duration::from_secs(20);

async fn three(net: &Net) -> (Vec<Peer>, Vec<Group>) {
    let peers: Vec<Peer> = (1..=3).map(|node| Peer::start(net, node)).collect();
    let groups = futures::future::join_all(peers.iter().map(|peer| peer.group(founding(&[1, 2, 3])))).await;
    (peers, groups)
}

/// Waits until the group's rows are these, everywhere.
async fn everywhere(groups: &[Group], expected: &str) {
    for group in groups {
        let settled = async {
            while rows(group).await != expected {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let settled = tokio::time::timeout(WAIT, settled).await;
        assert!(settled.is_ok(), "{}: {} is not {expected}", group.replica_id().0, rows(group).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_writes_every_node_has() {
    let net = Net::default();
    let (_peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    let mut led = Led::of(groups[leader].clone()).await;
    for number in 0..50 {
        led.put("k", &number.to_string()).await;
    }
    everywhere(&groups, "k=49").await;
    let follower = &groups[(leader + 1) % 3];
    let refused = follower.propose(&led.next("x", "y")).await;
    let Err(ProposeError::NotLeader { hint: Some(hint) }) = refused else { panic!("{refused:?}") };
    assert_eq!(hint.replica, groups[leader].replica_id());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_cut_off_loses_the_lead_and_nothing_that_was_acknowledged() {
    let net = Net::default();
    let (peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    let mut old = Led::of(groups[leader].clone()).await;
    old.put("a", "1").await;
    net.isolate(peers[leader].node.0);
    let stranded = groups[leader].submit(&old.next("lost", "1")).unwrap();

    let others: Vec<Group> = (0..3).filter(|index| *index != leader).map(|index| groups[index].clone()).collect();
    let next = tokio::time::timeout(WAIT, leader_of(&others)).await.unwrap();
    let mut new = Led::of(others[next].clone()).await;
    new.put("b", "2").await;
    net.heal();
    everywhere(&groups, "a=1 b=2").await;
    let fate = tokio::time::timeout(WAIT, stranded).await.unwrap();
    assert!(!matches!(fate, Ok(Applied::Taken)), "a batch of the old epoch was taken: {fate:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_whose_entries_are_purged_is_caught_up_by_a_snapshot() {
    let net = Net::default();
    let (peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    let behind = (leader + 1) % 3;
    let mut led = Led::of(groups[leader].clone()).await;
    led.put("a", "1").await;
    everywhere(&groups, "a=1").await;
    net.isolate(peers[behind].node.0);
    for number in 0..200 {
        led.put("k", &number.to_string()).await;
    }
    // The second checkpoint lets go of what the first one held.
    peers[leader].groups.checkpoint().await.unwrap();
    peers[leader].groups.checkpoint().await.unwrap();
    assert!(groups[leader].status().purged > groups[behind].status().applied, "{:?}", groups[leader].status());
    net.heal();
    led.put("z", "1").await;
    everywhere(&groups, "a=1 k=199 z=1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_voter_does_not_vote_before_a_lease_has_passed() {
    let net = Net::default();
    let (mut peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    Led::of(groups[leader].clone()).await.put("a", "1").await;
    everywhere(&groups, "a=1").await;
    let restarted = (leader + 1) % 3;
    drop(groups);
    let peer = peers.remove(restarted).restart().await;
    let group = peer.group(founding(&[1, 2, 3])).await;
    assert!(!group.inner().may_vote());
    tokio::time::sleep(crate::config::Config::default().lease() + Duration::from_millis(250)).await;
    assert!(group.inner().may_vote());
    everywhere(&[group], "a=1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_is_handed_over_to_a_voter_that_is_up_to_date_and_to_nobody_else() {
    let net = Net::default();
    let (_peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    let mut led = Led::of(groups[leader].clone()).await;
    led.put("a", "1").await;
    everywhere(&groups, "a=1").await;
    let to = (leader + 1) % 3;
    let stranger = groups[leader].transfer_leadership(replica_of(NodeId(77))).await;
    assert!(stranger.is_err(), "{stranger:?}");
    groups[leader].transfer_leadership(groups[to].replica_id()).await.unwrap();
    let mut leadership = groups[to].leadership();
    let leads = leadership.wait_for(|now| matches!(now, Leadership::Leading { .. }));
    tokio::time::timeout(WAIT, leads).await.unwrap().unwrap();
    Led::of(groups[to].clone()).await.put("b", "2").await;
    everywhere(&groups, "a=1 b=2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_grows_from_one_replica_to_three() {
    let net = Net::default();
    let peers: Vec<Peer> = (1..=3).map(|node| Peer::start(&net, node)).collect();
    let first = peers[0].group(founding(&[1])).await;
    let mut led = Led::of(first.clone()).await;
    led.put("a", "1").await;
    let mut groups = vec![first.clone()];
    for peer in &peers[1..] {
        groups.push(peer.group(Beginning::Joining).await);
        first.add_learner(replica_of(peer.node), member(peer.node)).await.unwrap();
    }
    everywhere(&groups, "a=1").await;
    let voters: BTreeSet<_> = groups.iter().map(Group::replica_id).collect();
    first.change_voters(voters.clone()).await.unwrap();
    led.put("b", "2").await;
    everywhere(&groups, "a=1 b=2").await;
    assert_eq!(groups[2].members().voters, voters);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_a_replica_that_is_not_here_makes_none() {
    let net = Net::default();
    let peers: Vec<Peer> = (1..=2).map(|node| Peer::start(&net, node)).collect();
    let first = peers[0].group(founding(&[1])).await;
    let mut led = Led::of(first.clone()).await;
    first.add_learner(replica_of(NodeId(2)), member(NodeId(2))).await.unwrap();
    led.put("a", "1").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(peers[1].groups.all().is_empty());
}

/// Long enough for several elections.
const QUIET: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_may_not_lead_is_elected_nowhere_until_it_may() {
    let net = Net::default();
    let peers: Vec<Peer> = (1..=3).map(|node| Peer::start(&net, node)).collect();
    // The first to stand may not, so the group begins under another one.
    peers[0].groups.allow_leading(false);
    peers[2].groups.allow_leading(false);
    let groups = futures::future::join_all(peers.iter().map(|peer| peer.group(founding(&[1, 2, 3])))).await;
    assert_eq!(tokio::time::timeout(WAIT, leader_of(&groups)).await.unwrap(), 1);
    let mut led = Led::of(groups[1].clone()).await;
    led.put("a", "1").await;
    everywhere(&groups, "a=1").await;

    net.isolate(peers[1].node.0);
    let others = [groups[0].clone(), groups[2].clone()];
    let elected = tokio::time::timeout(QUIET, leader_of(&others)).await;
    assert!(elected.is_err(), "a node leads that may not");
    peers[2].groups.allow_leading(true);
    assert_eq!(tokio::time::timeout(WAIT, leader_of(&others)).await.unwrap(), 1);
    Led::of(groups[2].clone()).await.put("b", "2").await;
    net.heal();
    everywhere(&groups, "a=1 b=2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_is_refused_goes_to_a_voter_that_may() {
    let net = Net::default();
    let (peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    Led::of(groups[leader].clone()).await.put("a", "1").await;
    everywhere(&groups, "a=1").await;
    let (refuses, takes) = ((leader + 1) % 3, (leader + 2) % 3);
    peers[refuses].groups.allow_leading(false);
    // Whether it went to somebody is known when it did, or in time.
    let _ = groups[leader].transfer_leadership(groups[refuses].replica_id()).await;
    let others = [groups[refuses].clone(), groups[takes].clone()];
    assert_eq!(tokio::time::timeout(WAIT, leader_of(&others)).await.unwrap(), 1);
    Led::of(groups[takes].clone()).await.put("b", "2").await;
    everywhere(&groups, "a=1 b=2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_voter_leads_whatever_its_node_may() {
    let net = Net::default();
    let peer = Peer::start(&net, 1);
    peer.groups.allow_leading(false);
    Led::of(peer.group(founding(&[1])).await).await.put("a", "1").await;
    let group = peer.restart().await.group(founding(&[1])).await;
    Led::of(group).await.put("b", "2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leave_does_not_shorten_the_wait_after_a_restart() {
    let net = Net::default();
    let (mut peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    Led::of(groups[leader].clone()).await.put("a", "1").await;
    drop(groups);
    let peer = peers.remove(leader).restart().await;
    peer.groups.allow_leading(false);
    let group = peer.group(founding(&[1, 2, 3])).await;
    peer.groups.allow_leading(true);
    assert!(!group.inner().may_vote() && group.inner().may_lead());
    tokio::time::sleep(crate::config::Config::default().lease() + Duration::from_millis(250)).await;
    assert!(group.inner().may_vote());
}

/// How old what a replica has may be.
async fn age(group: &Group) -> Option<Duration> {
    group.fresh_as_of().await.map(|as_of| as_of.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_knows_how_old_its_rows_may_be() {
    const CUT: Duration = Duration::from_secs(2);
    let net = Net::default();
    let (mut peers, groups) = three(&net).await;
    let leader = leader_of(&groups).await;
    let mut led = Led::of(groups[leader].clone()).await;
    led.put("a", "1").await;
    everywhere(&groups, "a=1").await;
    let soon = async |group: &Group| {
        let fresh = async {
            while age(group).await.is_none_or(|age| age >= CUT / 2) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(WAIT, fresh).await.unwrap();
    };
    for group in &groups {
        soon(group).await;
    }

    let behind = (leader + 1) % 3;
    net.isolate(peers[behind].node.0);
    let cut = Instant::now();
    led.put("b", "2").await;
    tokio::time::sleep(CUT).await;
    let known = groups[behind].fresh_as_of().await.unwrap();
    assert!(known <= cut + CUT / 4 && known.elapsed() >= CUT / 2, "it has heard nothing for {:?}", known.elapsed());
    tokio::time::sleep(CUT / 4).await;
    assert_eq!(groups[behind].fresh_as_of().await, Some(known), "its rows get older");
    assert_eq!(rows(&groups[behind]).await, "a=1");
    soon(&groups[leader]).await;

    net.heal();
    everywhere(&groups, "a=1 b=2").await;
    soon(&groups[behind]).await;

    // The other two are gone: a replica that is started again has rows, and nobody who says how old they are.
    drop((led, groups));
    let alone = peers.remove(behind);
    for peer in peers {
        peer.groups.shutdown().await;
    }
    let alone = alone.restart().await;
    let group = alone.group(founding(&[1, 2, 3])).await;
    everywhere(std::slice::from_ref(&group), "a=1 b=2").await;
    assert_eq!(group.fresh_as_of().await, None);
}
