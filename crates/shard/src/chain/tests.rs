//! A chain as a table of what happens to it; beside each line what it says. An item is a word.

use baton_model::ids::{DefinitionsVersion, Epoch, Seq};
use bytes::Bytes;
use jiff::Timestamp;

use super::*;

const BOUNDS: Bounds = Bounds { under_way_max: 2, decisions_max: 2, bytes_max: 100, company_enough: 2 };

type Words = Chain<&'static str>;

fn chain() -> Words {
    Chain::new(Epoch(7), BOUNDS)
}

fn next(chain: &mut Words, waited: bool) -> Next<&'static str> {
    let stamp = Stamp { definitions_version: DefinitionsVersion(1), at: Timestamp::UNIX_EPOCH, since: Duration::ZERO };
    chain.next(stamp, waited)
}

/// Proposes what waits; returns the number of the batch.
#[track_caller]
fn propose(chain: &mut Words) -> u64 {
    match next(chain, true) {
        Next::Propose(batch) => batch.seq.0,
        other => panic!("nothing was proposed: {other:?}"),
    }
}

fn row(bytes: usize) -> Vec<RowWrite> {
    vec![RowWrite { key: Bytes::from(vec![1; bytes]), value: None }]
}

fn taken() -> Outcome {
    Outcome::Applied(Applied::Taken)
}

fn refused() -> Outcome {
    Outcome::Applied(Applied::Refused)
}

fn unknown() -> Outcome {
    Outcome::Unknown { reason: "the lead was lost".to_owned() }
}

#[test]
fn batches_are_dense_and_bounded_and_take_effect_in_order() {
    let mut chain = chain();
    for word in ["a", "b", "c", "d", "e"] {
        chain.push(row(1), word);
    }
    assert_eq!((propose(&mut chain), propose(&mut chain)), (1, 2));
    assert_eq!(next(&mut chain, true), Next::Nothing);
    chain.heard(Seq(2), taken());
    assert_eq!(chain.settle(), None);
    chain.heard(Seq(1), taken());
    assert_eq!(chain.settle(), Some(Settled::Taken(Seq(1), vec!["a", "b"])));
    assert_eq!(chain.settle(), Some(Settled::Taken(Seq(2), vec!["c", "d"])));
    assert_eq!((chain.settle(), chain.taken()), (None, Seq(2)));
    assert_eq!(propose(&mut chain), 3);
}

#[test]
fn bytes_bound_a_batch_and_one_decision_may_exceed_them() {
    let mut chain = chain();
    chain.push(row(500), "big");
    chain.push(row(1), "small");
    let seq = propose(&mut chain);
    assert_eq!(chain.items(Seq(seq)).collect::<Vec<_>>(), [&"big"]);
}

#[test]
fn little_waits_for_company_while_something_is_under_way() {
    let mut chain = chain();
    chain.push(row(1), "a");
    assert!(matches!(next(&mut chain, false), Next::Propose(_)));
    chain.push(row(1), "b");
    assert_eq!(next(&mut chain, false), Next::WaitForCompany);
    chain.push(row(1), "c");
    assert!(matches!(next(&mut chain, false), Next::Propose(batch) if batch.writes.len() == 2));
}

#[test]
fn a_demand_gets_a_batch_without_rows_at_once() {
    let mut chain = chain();
    chain.push(row(1), "a");
    propose(&mut chain);
    chain.demand("adopt");
    assert!(matches!(next(&mut chain, false), Next::Propose(batch) if batch.writes.is_empty() && batch.seq == Seq(2)));
}

#[test]
fn what_wrote_nothing_waits_for_what_came_before_it() {
    let mut chain = chain();
    chain.push(Vec::new(), "alone");
    assert_eq!(next(&mut chain, false), Next::TakeEffect(vec!["alone"]));
    chain.push(row(1), "original");
    propose(&mut chain);
    chain.push(Vec::new(), "repeat");
    assert_eq!(next(&mut chain, true), Next::Nothing);
    chain.heard(Seq(1), taken());
    assert_eq!(chain.settle(), Some(Settled::Taken(Seq(1), vec!["original", "repeat"])));
}

#[test]
fn the_first_that_is_not_taken_breaks_the_chain() {
    for outcome in [refused(), unknown(), Outcome::NotAppended { reason: String::new() }] {
        let mut chain = chain();
        chain.push(row(1), "a");
        propose(&mut chain);
        chain.push(row(1), "b");
        propose(&mut chain);
        chain.push(row(1), "c");
        chain.heard(Seq(1), outcome.clone());
        chain.heard(Seq(2), taken());
        assert_eq!(chain.settle(), Some(Settled::Broken(Seq(1), outcome.clone())));
        assert_eq!(chain.settle(), Some(Settled::Broken(Seq(1), outcome)), "and never goes on");
        assert_eq!(next(&mut chain, true), Next::Nothing);
    }
}

#[test]
fn at_the_end_everybody_is_told_what_is_certain() {
    let mut chain = chain();
    chain.push(row(1), "refused");
    propose(&mut chain);
    chain.push(row(1), "under way");
    propose(&mut chain);
    chain.push(Vec::new(), "rider");
    chain.push(row(1), "waiting");
    chain.demand("adopt");
    chain.heard(Seq(1), refused());
    assert!(matches!(chain.settle(), Some(Settled::Broken(..))));
    let (told, mut past) = chain.end();
    let retry = ["refused", "rider", "waiting", "adopt"].map(|item| (item, Told::Retry));
    assert_eq!(told, retry);
    assert!(!past.is_over());
    assert_eq!(past.heard(Seq(2), &unknown()), [("under way", Told::Unknown)]);
    assert!(past.is_over());
    assert_eq!(past.heard(Seq(2), &taken()), [], "nobody is told twice");
}

#[test]
fn a_batch_that_is_heard_of_after_its_epoch_is_told_as_it_went() {
    for (outcome, expected) in [(taken(), Told::Applied(Seq(1))), (refused(), Told::Retry), (unknown(), Told::Unknown)]
    {
        let mut chain = chain();
        chain.push(row(1), "a");
        propose(&mut chain);
        let (told, mut past) = chain.end();
        assert_eq!(told, []);
        assert_eq!(past.heard(Seq(1), &outcome), [("a", expected)]);
    }
}

#[test]
fn a_batch_is_overdue_after_the_longest_time() {
    let mut chain = chain();
    chain.push(row(1), "a");
    propose(&mut chain);
    let second = Duration::from_secs(1);
    assert_eq!(chain.overdue(Duration::from_millis(999), second), None);
    assert_eq!(chain.overdue(second, second), Some(Seq(1)));
}
