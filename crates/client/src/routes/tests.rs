//! Whom a client asks after what it was told.

use super::*;

const MS: Duration = Duration::from_millis(1);

fn place(name: &str) -> Address {
    Address::parse(name).unwrap()
}

/// A cluster with nodes 1 to 3 at `n1` to `n3`; the letters are the leaders of its shards.
fn cluster(leaders: &[u64], epoch: u64) -> admin::Cluster {
    let node = |id| admin::Node { id, address: format!("n{id}"), ready: true, ..admin::Node::default() };
    let shard = |(id, leader): (u32, &u64)| admin::Shard { id, leader: *leader, epoch, ..admin::Shard::default() };
    admin::Cluster {
        nodes: (1..=3).map(node).collect(),
        shards: (0..).zip(leaders).map(shard).collect(),
        ..admin::Cluster::default()
    }
}

fn routes() -> Routes {
    Routes::new(vec![place("e1"), place("e2")])
}

fn shard_of(customer: &str, count: u32) -> u32 {
    Slot::of(WorkspaceId(0), &CustomerId::new(customer).unwrap()).shard(count).0
}

fn hint(shard: u32, address: &str, epoch: u64) -> Hint {
    Hint { shard: ShardId(shard), address: place(address), epoch: Epoch(epoch) }
}

fn no_leader() -> pb::EventResult {
    let retry = pb::Retry { reason: NO_LEADER.to_owned(), after: None };
    pb::EventResult { result: Some(Answered::Retry(retry)) }
}

fn check(routes: &Routes, customer: &str, now: Duration, expected: &str) {
    assert_eq!(routes.to_owner(customer, now), place(expected), "{routes:?}");
}

#[test]
fn each_customer_goes_to_the_leader_of_the_shard() {
    let mut routes = routes();
    check(&routes, "ada", MS, "e1");
    let leaders = [3, 1, 2, 3];
    routes.learn_cluster(&cluster(&leaders, 5));
    for customer in ["ada", "grace", "edsger", "barbara", "tony", "leslie"] {
        let leader = leaders[shard_of(customer, 4) as usize];
        check(&routes, customer, MS, &format!("n{leader}"));
    }
    check(&routes, "no valid\ncustomer", MS, "e1");
}

#[test]
fn a_hint_counts_unless_it_is_older() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[1], 5));
    routes.learn(hint(0, "n2", 4));
    check(&routes, "ada", MS, "n1");
    routes.learn(hint(0, "n2", 6));
    check(&routes, "ada", MS, "n2");
    routes.learn_cluster(&cluster(&[1], 5));
    check(&routes, "ada", MS, "n2");
    routes.learn(hint(0, "n3", 0));
    check(&routes, "ada", MS, "n3");
}

#[test]
fn who_does_not_lead_any_more_is_forgotten_until_somebody_is_named() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[1], 5));
    assert_eq!(routes.begin_refresh(MS), None, "everything is known");
    routes.answered(&place("n2"), "ada", &no_leader());
    check(&routes, "ada", MS, "n1");
    routes.answered(&place("n1"), "ada", &no_leader());
    check(&routes, "ada", MS, "n2");
    assert!(routes.begin_refresh(MS).is_some());
    routes.learn_cluster(&cluster(&[2], 6));
    check(&routes, "ada", MS, "n2");
}

#[test]
fn the_cluster_is_asked_at_most_every_half_second() {
    let mut routes = routes();
    let asked: Vec<u32> = (0..20).filter(|tenth| routes.begin_refresh(*tenth * 100 * MS).is_some()).collect();
    assert_eq!(asked, [0, 5, 10, 15]);
    routes.learn_cluster(&cluster(&[1, 0], 5));
    assert!(routes.begin_refresh(3_000 * MS).is_some(), "a shard has no leader");
    routes.learn_cluster(&cluster(&[1, 2], 5));
    assert_eq!(routes.begin_refresh(9_000 * MS), None);
}

#[test]
fn who_does_not_answer_is_left_in_peace_ever_longer() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[1], 5));
    routes.failed(&place("n1"), Failing::Broken, 1_000 * MS);
    routes.failed(&place("n1"), Failing::Broken, 1_001 * MS);
    routes.learn_cluster(&cluster(&[1], 5));
    check(&routes, "ada", 1_499 * MS, "e1");
    check(&routes, "ada", 1_502 * MS, "n1");
    routes.failed(&place("n1"), Failing::NotSent, 2_000 * MS);
    routes.learn_cluster(&cluster(&[1], 5));
    check(&routes, "ada", 2_999 * MS, "e1");
    check(&routes, "ada", 3_000 * MS, "n1");
    for second in 4..40 {
        routes.failed(&place("n1"), Failing::NotSent, second * 1_000 * MS);
    }
    routes.learn_cluster(&cluster(&[1], 5));
    check(&routes, "ada", 68_999 * MS, "e1");
    check(&routes, "ada", 69_000 * MS, "n1");
    routes.failed(&place("n1"), Failing::NotSent, 69_000 * MS);
    routes.is_there(&place("n1"));
    routes.learn_cluster(&cluster(&[1], 5));
    check(&routes, "ada", 69_001 * MS, "n1");
}

#[test]
fn another_place_is_asked_than_the_last_one() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[1], 5));
    let mut last = None;
    let mut asked = Vec::new();
    for _ in 0..6 {
        let next = routes.to_anyone(MS, last.as_ref()).clone();
        asked.push(next.to_string().replace("http://", ""));
        last = Some(next);
    }
    assert_eq!(asked, ["e1", "e2", "n1", "n2", "n3", "e1"]);
    for name in ["e1", "e2", "n1", "n2", "n3"] {
        routes.failed(&place(name), Failing::NotSent, MS);
    }
    routes.failed(&place("n2"), Failing::NotSent, 400 * MS);
    assert_eq!(*routes.to_anyone(450 * MS, None), place("e1"), "all are suspect: the one that was so the longest");
}

#[test]
fn connections_to_places_that_nobody_names_may_go() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[1], 5));
    assert!(routes.is_known(&place("e2")) && routes.is_known(&place("n3")));
    assert!(!routes.is_known(&place("n4")));
    routes.learn(hint(0, "n4", 0));
    assert!(routes.is_known(&place("n4")));
    let mut smaller = cluster(&[1], 6);
    smaller.nodes.truncate(2);
    routes.learn_cluster(&smaller);
    assert!(!routes.is_known(&place("n3")) && !routes.is_known(&place("n4")));
}

#[test]
fn who_does_not_know_the_way_is_passed_over_until_the_leader_is_known() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[0], 5));
    check(&routes, "ada", MS, "e1");
    for next in ["e2", "n1", "n2", "n3", "e1"] {
        let asked = routes.to_owner("ada", MS);
        routes.answered(&asked, "ada", &no_leader());
        check(&routes, "ada", MS, next);
    }
    routes.learn(hint(0, "n3", 6));
    check(&routes, "ada", MS, "n3");
    routes.answered(&place("e2"), "ada", &no_leader());
    check(&routes, "ada", MS, "n3");
}

#[test]
fn each_time_another_node_is_asked_who_leads() {
    let mut routes = routes();
    let asked: Vec<Option<Address>> = (0..3).map(|second| routes.begin_refresh(second * 1_000 * MS)).collect();
    assert_eq!(asked, ["e1", "e2", "e1"].map(|name| Some(place(name))));
}

#[test]
fn who_does_not_know_an_outcome_may_be_cut_off_and_others_are_asked() {
    let mut routes = routes();
    routes.learn_cluster(&cluster(&[1], 5));
    assert_eq!(routes.begin_refresh(MS), None);
    let unknown = pb::EventResult { result: Some(Answered::Unknown(pb::Unknown::default())) };
    routes.answered(&place("n1"), "ada", &unknown);
    check(&routes, "ada", MS, "n1");
    assert!(routes.begin_refresh(MS).is_some());
    routes.learn_cluster(&cluster(&[2], 6));
    check(&routes, "ada", MS, "n2");
}
