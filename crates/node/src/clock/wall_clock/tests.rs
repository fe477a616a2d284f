//! The course of customer time as a table: a line is machine time and the wall clock, beside it what must be told.

use baton_model::time::from_millis;

use super::*;

fn check(lines: &[(u64, i64, i64)]) {
    let mut course =
        Course { base: from_millis(0), looked_at: Duration::ZERO, stepped_since: None, told: from_millis(0) };
    for (machine, wall, told) in lines {
        let got = course.tell(Duration::from_millis(*machine), || from_millis(*wall));
        assert_eq!(got.as_millisecond(), *told, "at machine time {machine} ms with the wall clock at {wall} ms");
    }
}

#[test]
fn a_small_difference_is_slewed_by_a_tenth_at_most() {
    check(&[(1_000, 1_050, 1_050), (2_000, 2_400, 2_150), (3_000, 3_400, 3_250), (4_000, 3_900, 4_150)]);
}

#[test]
fn a_step_is_followed_once_it_has_held() {
    check(&[(1_000, 61_000, 1_000), (3_000, 63_000, 3_000), (5_900, 65_900, 5_900), (6_000, 66_000, 66_000)]);
}

#[test]
fn a_step_that_is_taken_back_is_never_followed() {
    check(&[
        (1_000, 61_000, 1_000),
        (5_000, 65_000, 5_000),
        (5_500, 5_500, 5_500),
        (6_000, 66_000, 6_000),
        (9_000, 9_000, 9_000),
    ]);
}

#[test]
fn customer_time_stands_still_rather_than_going_back() {
    // The wall clock is set back by 10 s. Once that is followed, time stands until the wall clock has caught up.
    check(&[(10_000, 0, 10_000), (15_000, 5_000, 10_000), (19_000, 9_000, 10_000), (21_000, 11_000, 11_000)]);
}

#[test]
fn between_two_looks_the_wall_clock_does_not_count() {
    check(&[(100, 100, 100), (150, 9_999, 150), (199, 0, 199)]);
}
