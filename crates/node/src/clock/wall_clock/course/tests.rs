//! The course of customer time as a table. Everything is in milliseconds; clocks are told by what they show at machine time
//! zero, so that a line shows by how much they are wrong.

use baton_model::time::from_millis;

use super::*;

/// What happens.
#[derive(Debug)]
enum Line {
    /// At this machine time, with the wall clock at this, that is told.
    Told(u64, i64, i64),
    /// The cluster is asked: from this machine time to that one, when the wall clock is at this; its median is that.
    Exchange(u64, u64, i64, i64),
    /// What is thought of the clock, at this machine time with the wall clock at this.
    Verdict(u64, i64, Verdict),
}

use Line::{Exchange as Asked, Told, Verdict as Found};

fn run(mut course: Course, lines: &[Line]) {
    let at = Duration::from_millis;
    for line in lines {
        match *line {
            Told(machine, wall, told) => {
                let got = course.tell(at(machine), || from_millis(wall));
                assert_eq!(got.as_millisecond(), told, "{line:?}");
            }
            Asked(began, machine, wall, median) => {
                let exchange = Exchange { began: at(began), median: from_millis(median) };
                course.exchanged(exchange, at(machine), from_millis(wall));
            }
            Found(machine, wall, verdict) => {
                assert_eq!(course.verdict(at(machine), from_millis(wall)), verdict, "{line:?}");
            }
        }
    }
}

/// A node alone.
fn alone(lines: &[(u64, i64, i64)]) {
    let lines: Vec<Line> = lines.iter().map(|(machine, wall, told)| Told(*machine, *wall, *told)).collect();
    run(Course::new(from_millis(0), Witness::Itself), &lines);
}

/// A node with peers, whose wall clock shows `start` when it starts.
fn among_peers(start: i64, lines: &[Line]) {
    run(Course::new(from_millis(start), Witness::Peers), lines);
}

fn differs(by: i64) -> Verdict {
    Verdict::Differs(SignedDuration::from_millis(by))
}

#[test]
fn a_small_difference_is_slewed_by_a_tenth_at_most() {
    alone(&[(1_000, 1_050, 1_050), (2_000, 2_400, 2_150), (3_000, 3_400, 3_250), (4_000, 3_900, 4_150)]);
}

#[test]
fn a_step_is_followed_once_it_has_held() {
    alone(&[(1_000, 61_000, 1_000), (3_000, 63_000, 3_000), (5_900, 65_900, 5_900), (6_000, 66_000, 66_000)]);
}

#[test]
fn a_step_that_is_taken_back_is_never_followed() {
    alone(&[
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
    alone(&[(10_000, 0, 10_000), (15_000, 5_000, 10_000), (19_000, 9_000, 10_000), (21_000, 11_000, 11_000)]);
}

#[test]
fn between_two_looks_the_wall_clock_does_not_count() {
    alone(&[(100, 100, 100), (150, 9_999, 150), (199, 0, 199)]);
}

#[test]
fn a_step_that_the_cluster_made_is_followed() {
    among_peers(
        0,
        &[
            Found(0, 0, Verdict::NotCompared),
            Asked(900, 1_000, 1_000, 20),
            Found(1_000, 1_000, Verdict::Agrees),
            Told(2_000, 62_000, 2_000),
            // All clocks were set.
            Asked(2_100, 2_200, 62_200, 60_030),
            Told(2_200, 62_200, 62_200),
            Found(2_200, 62_200, Verdict::Agrees),
        ],
    );
}

#[test]
fn a_step_that_the_cluster_did_not_make_is_never_followed() {
    among_peers(
        0,
        &[
            Asked(0, 100, 100, 0),
            Told(2_000, 602_000, 2_000),
            Asked(2_100, 2_200, 602_200, 0),
            Told(10_000, 610_000, 10_000),
            Found(10_000, 610_000, differs(600_000)),
            Told(60_000, 660_000, 60_000),
            // The clock is right again.
            Told(70_000, 70_000, 70_000),
            Found(70_000, 70_000, Verdict::Agrees),
        ],
    );
}

#[test]
fn an_exchange_that_began_before_the_step_confirms_nothing() {
    among_peers(
        0,
        &[
            Asked(0, 100, 100, 0),
            // The step was seen while the exchange was under way: some of it is from before.
            Told(2_000, 62_000, 2_000),
            Asked(1_900, 2_050, 62_050, 60_000),
            Told(3_000, 63_000, 3_000),
            Asked(3_100, 3_150, 63_150, 60_000),
            Told(3_200, 63_200, 63_200),
        ],
    );
}

#[test]
fn a_clock_that_is_wrong_at_the_start_is_corrected_when_it_is_right() {
    // Ten minutes ahead: nobody decides by it, so that customer time may go back when the clock was corrected.
    among_peers(
        600_000,
        &[
            Asked(0, 100, 600_100, 0),
            Found(100, 600_100, differs(600_000)),
            Told(5_000, 605_000, 605_000),
            Told(6_000, 6_000, 606_000),
            Found(6_000, 6_000, differs(600_000)),
            Asked(6_100, 6_200, 6_200, 0),
            Told(6_200, 6_200, 6_200),
            Found(6_200, 6_200, Verdict::Agrees),
        ],
    );
}

#[test]
fn customer_time_that_somebody_relied_on_stands_still_rather_than_going_back() {
    among_peers(
        0,
        &[
            Asked(0, 100, 100, 0),
            Told(20_000, 10_000, 20_000),
            // All clocks were set back by 10 s.
            Asked(20_100, 20_200, 10_200, -10_000),
            Told(25_000, 15_000, 20_000),
            Told(31_000, 21_000, 21_000),
        ],
    );
}

#[test]
fn without_an_exchange_no_step_is_followed_however_long_it_holds() {
    among_peers(0, &[Told(1_000, 61_000, 1_000), Told(100_000, 160_000, 100_000), Found(0, 0, Verdict::NotCompared)]);
}

#[test]
fn a_clock_that_creeps_away_from_the_median_is_found() {
    among_peers(
        0,
        &[
            Asked(0, 100, 100, 0),
            Told(10_000, 10_400, 10_400),
            Found(10_000, 10_400, Verdict::Agrees),
            Told(20_000, 20_800, 20_800),
            Found(20_000, 20_800, differs(800)),
            // Set right again, it takes customer time along slowly, and decides once that is right.
            Told(21_000, 21_400, 21_700),
            Found(21_000, 21_400, differs(700)),
        ],
    );
}
