//! Small histories whose verdict is plain.

use super::*;

fn write(value: u64, begin: u64, end: u64) -> Operation {
    Operation { action: Action::Write(value), begin, end: Some(end) }
}

fn open(value: u64, begin: u64) -> Operation {
    Operation { action: Action::Write(value), begin, end: None }
}

fn read(value: u64, begin: u64, end: u64) -> Operation {
    let value = (value > 0).then_some(value);
    Operation { action: Action::Read(value), begin, end: Some(end) }
}

fn judge(history: &[Operation], expected: bool) {
    assert_eq!(check(history).is_ok(), expected, "{history:?}");
}

#[test]
fn reads_give_what_was_written_last() {
    judge(&[], true);
    judge(&[read(0, 0, 1), write(1, 2, 3), read(1, 4, 5)], true);
    judge(&[write(1, 0, 1), read(0, 2, 3)], false);
    judge(&[write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)], false);
    judge(&[read(1, 0, 1), write(1, 2, 3)], false);
}

#[test]
fn operations_at_the_same_time_have_any_order_but_one_for_all() {
    judge(&[write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)], true);
    judge(&[write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)], false);
    judge(&[write(1, 0, 9), write(2, 1, 8), read(2, 10, 11), read(1, 12, 13)], false);
    judge(&[write(1, 0, 9), write(2, 1, 8), read(2, 10, 11), read(2, 12, 13)], true);
}

#[test]
fn what_never_ended_may_happen_late_or_never_but_once() {
    judge(&[open(1, 0), read(0, 1, 2), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)], true);
    judge(&[open(1, 0), write(2, 3, 4), read(2, 5, 6)], true);
    judge(&[open(1, 0), write(2, 3, 4), read(1, 5, 6), write(3, 7, 8), read(1, 9, 10)], false);
    judge(&[read(1, 0, 1), open(1, 2)], false);
}

#[test]
fn long_histories_are_judged_in_no_time() {
    let mut history = Vec::new();
    for step in 0..300 {
        let at = step * 10;
        history.push(write(step * 2 + 1, at, at + 8));
        history.push(write(step * 2 + 2, at + 1, at + 9));
        history.push(read(step * 2 + 1 + step % 2, at + 9, at + 12));
        if step % 10 == 0 {
            history.push(open(1_000_000 + step, at));
        }
    }
    judge(&history, true);
    history.push(read(7, 900_000, 900_001));
    judge(&history, false);
}
