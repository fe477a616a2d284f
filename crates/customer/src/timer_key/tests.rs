//! What records say of a timer.

use baton_model::time::from_millis;

use super::*;

#[test]
fn records_keep_the_deadline_of_a_step_and_the_instant_of_every_other_timer() {
    let due = from_millis(1_001);
    let enrolment = EnrolmentId(1);
    assert_eq!(TimerKey::Step(enrolment).instant(due), from_millis(1_000));
    for timer in [TimerKey::Sends, TimerKey::WaitFlip(enrolment), TimerKey::MaxAge(enrolment), TimerKey::PauseEnd] {
        assert_eq!(timer.instant(due), due, "{timer:?}");
    }
}
