//! Clocks in milliseconds, and their median.

use super::*;

fn check(own: i64, peers: &[i64], nodes: usize, median: Option<i64>) {
    let peers: Vec<Timestamp> = peers.iter().map(|peer| from_millis(*peer)).collect();
    let exchange = Exchange::of(Duration::ZERO, from_millis(own), &peers, nodes);
    let got = exchange.map(|exchange| exchange.median.as_millisecond());
    assert_eq!(got, median, "{own} among {peers:?} of {nodes}");
}

#[test]
fn the_median_is_what_a_wrong_clock_does_not_move() {
    check(0, &[10, 20], 3, Some(10));
    check(600_000, &[10, 20], 3, Some(20));
    check(-600_000, &[10, 20], 3, Some(10));
    check(5, &[1, 2, 3, 4], 5, Some(3));
    // Of two clocks nobody can say which is right.
    check(0, &[600_000], 3, Some(300_000));
    check(-3, &[-6], 2, Some(-4));
}

#[test]
fn a_minority_that_answers_is_no_exchange() {
    check(0, &[], 2, None);
    check(0, &[], 3, None);
    check(0, &[10], 4, None);
    check(0, &[10], 5, None);
    check(0, &[10, 20], 5, Some(10));
    check(7, &[], 1, Some(7));
}

#[test]
fn a_clock_is_taken_to_be_read_in_the_middle_of_the_round_trip() {
    let read = |asked, answered| {
        let at = |millis| Duration::from_millis(millis);
        reading(at(asked), at(answered), from_millis(5_000)).map(Timestamp::as_millisecond)
    };
    assert_eq!(read(1_000, 1_000), Some(4_000));
    assert_eq!(read(1_000, 1_200), Some(3_900));
    assert_eq!(read(1_000, 1_201), None);
}
