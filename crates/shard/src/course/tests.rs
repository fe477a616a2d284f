//! From following to deciding and back: what was begun before something else happened counts for nothing.

use jiff::Timestamp;

use super::*;

fn activated(epoch: u64) -> Outcome {
    Outcome::Applied(Applied::Activated(Epoch(epoch)))
}

#[test]
fn an_epoch_is_opened_by_its_own_activate_only() {
    let mut course = Course::default();
    let first = course.activate();
    assert_eq!(course.activated(first, &activated(3)), Next::Open(Epoch(3)));
    let second = course.activate();
    assert_eq!(course.activated(first, &activated(3)), Next::Nothing, "the same node leads twice");
    assert_eq!(course.activated(second, &activated(5)), Next::Open(Epoch(5)));
    course.open("five");
    assert_eq!(course.leading(), Some(&"five"));
    assert_eq!(course.activated(second, &activated(5)), Next::Nothing, "it is heard of twice");
}

#[test]
fn what_was_not_activated_is_tried_again_after_a_moment() {
    let mut course = Course::<()>::default();
    let round = course.activate();
    for outcome in [Outcome::NotAppended { reason: String::new() }, Outcome::Unknown { reason: String::new() }] {
        assert_eq!(course.activated(round, &outcome), Next::Wait);
    }
    assert!(course.again(round));
    course.follow();
    assert!(!course.again(round));
    assert_eq!(course.activated(round, &activated(9)), Next::Nothing);
}

#[test]
fn who_stops_deciding_opens_a_new_epoch_unless_leadership_is_lost() {
    let mut course = Course::default();
    assert_eq!(course.stop(), None);
    let _ = course.activate();
    course.open("one");
    assert_eq!(course.stop(), Some("one"));
    let stopped = course.round();
    assert!(course.again(stopped) && course.leading().is_none());
    course.follow();
    assert!(!course.again(stopped));
}

#[test]
fn a_leader_waits_for_documents_as_new_as_the_shards() {
    let mut course = Course::<()>::default();
    let round = course.activate();
    let gate = Gate { definitions_version: DefinitionsVersion(2), at: Timestamp::UNIX_EPOCH, ..Gate::default() };
    assert!(!course.may_open(round, &gate, DefinitionsVersion(1)));
    assert!(course.may_open(round, &gate, DefinitionsVersion(2)));
    course.follow();
    assert!(!course.may_open(round, &gate, DefinitionsVersion(2)));
}
