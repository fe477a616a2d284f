//! The outbox as a sequence of operations.

use std::time::Duration;

use super::*;

fn at(second: u64) -> MachineTime {
    MachineTime(Duration::from_secs(second))
}

fn outbox(sends: &[u128]) -> Outbox {
    let mut outbox = Outbox::default();
    for send in sends {
        outbox.release(SendId(*send), CustomerId::new("c").unwrap(), at(0));
    }
    outbox
}

#[test]
fn sends_leave_in_the_order_of_their_release_within_the_bound() {
    let mut outbox = outbox(&[3, 1, 2, 1]);
    let first = outbox.next(at(0), 2).unwrap();
    assert_eq!((first.send, outbox.next(at(0), 2).unwrap().send), (SendId(3), SendId(1)));
    assert_eq!(outbox.next(at(0), 2), None, "two are under way");
    outbox.retry_at(first, at(5));
    assert_eq!(outbox.next(at(0), 2).unwrap().send, SendId(2));
    outbox.forget(SendId(1));
    assert_eq!(outbox.next(at(4), 2), None, "the retry is not due");
    assert_eq!(outbox.next(at(5), 2).unwrap().send, SendId(3));
}

#[test]
fn a_withdrawn_send_is_not_attempted_again() {
    let mut outbox = outbox(&[1, 2]);
    let first = outbox.next(at(0), 8).unwrap();
    outbox.withdraw(SendId(1));
    outbox.withdraw(SendId(2));
    outbox.retry_at(first, at(1));
    assert_eq!(outbox.next(at(9), 8), None);
    assert!(outbox.is_quiet());
}

#[test]
fn what_does_not_fit_is_read_again_when_there_is_room() {
    let sends: Vec<u128> = (0..=OUTBOX_HELD_MAX as u128).collect();
    let mut outbox = outbox(&sends);
    assert_eq!(outbox.len(), OUTBOX_HELD_MAX);
    assert!(!outbox.wants_rows(), "there is no room yet");
    for send in &sends[..OUTBOX_HELD_MAX] {
        outbox.withdraw(SendId(*send));
    }
    assert!(outbox.wants_rows() && !outbox.is_quiet());
    outbox.begin_reading();
    outbox.take_rows(vec![(SendId(OUTBOX_HELD_MAX as u128), CustomerId::new("c").unwrap())], at(1));
    assert_eq!(outbox.len(), 1);
}

#[test]
fn a_send_that_was_withdrawn_and_released_again_is_attempted_once_at_a_time() {
    let mut outbox = outbox(&[1]);
    outbox.withdraw(SendId(1));
    outbox.release(SendId(1), CustomerId::new("c").unwrap(), at(1));
    assert!(outbox.next(at(1), 8).is_some());
    assert_eq!(outbox.next(at(1), 8), None, "the older place in the queue counts no more");
}
