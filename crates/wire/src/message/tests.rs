//! Each state of a send has its word, its instant and its reason.

use baton_model::ids::{DefinitionsVersion, EnrolmentId, Epoch, SendId, Visit};
use baton_model::reason::ReasonCode;
use baton_model::send::{Engagement, Hold};
use baton_model::text_id::{ChannelId, JourneyId, StepId, TemplateId};

use super::*;

fn send(state: SendState) -> Send {
    Send {
        id: SendId(0xab),
        enrolment: EnrolmentId(1),
        journey: JourneyId::new("tips").unwrap(),
        version: DefinitionsVersion(3),
        step: StepId::new("nudge").unwrap(),
        visit: Visit(2),
        channel: ChannelId::new("push").unwrap(),
        template: TemplateId::new("tip_1").unwrap(),
        category: Category::Service,
        priority: 50,
        topic: None,
        purpose: None,
        role: None,
        decided_at: instant(1),
        defer_base: instant(1),
        state,
        engagement: Engagement { opened: Some(instant(9)), ..Engagement::default() },
    }
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn each_state_has_its_word_its_instant_and_its_reason() {
    let at = instant(5);
    let reason = || Reason::new(ReasonCode::QuietHours, "22:00-08:00");
    let hold = Some(Hold { reason: reason(), wake: None });
    let attempting = |hold| SendState::Attempting { since: at, epoch: Epoch(1), attempts: 1, refused: 0, hold };
    let cases = [
        (SendState::Deferred { wake: Some(at), reason: reason() }, "deferred", Some(5), "quiet_hours"),
        (SendState::Deferred { wake: None, reason: reason() }, "deferred", None, "quiet_hours"),
        (SendState::Released { at, epoch: Epoch(1) }, "released", Some(5), ""),
        (attempting(None), "attempting", Some(5), ""),
        (attempting(hold), "attempting", Some(5), "quiet_hours"),
        (SendState::Accepted { at, after_exit: false }, "accepted", Some(5), ""),
        (SendState::Failed { at, reason: reason() }, "failed", Some(5), "quiet_hours"),
        (SendState::Unknown { at, given_up: false }, "unknown", Some(5), ""),
        (SendState::Dead { at, maybe_delivered: true }, "dead", Some(5), ""),
        (SendState::Dropped { at, reason: reason() }, "dropped", Some(5), "quiet_hours"),
        (SendState::Cancelled { at, reason: reason() }, "cancelled", Some(5), "quiet_hours"),
        (SendState::Expired { at }, "expired", Some(5), ""),
        (SendState::GuardFalse { at }, "guard_false", Some(5), ""),
        (SendState::RenderError { at, reason: reason() }, "render_error", Some(5), "quiet_hours"),
    ];
    let mut words = Vec::new();
    for (state, word, second, reason) in cases {
        let message = to_pb(&CustomerId::new("ada").unwrap(), &send(state));
        let told = (&*message.state, message.state_time.map(|time| time.seconds), &*message.reason);
        assert_eq!(told, (word, second, reason));
        assert_eq!(message.detail, if reason.is_empty() { "" } else { "22:00-08:00" });
        words.push(word);
    }
    words.dedup();
    assert_eq!(words, STATES, "filters take exactly these words");
}

#[test]
fn a_send_says_where_it_comes_from_and_what_became_of_it() {
    let message = to_pb(&CustomerId::new("ada").unwrap(), &send(SendState::Expired { at: instant(5) }));
    assert_eq!(message.id, "000000000000000000000000000000ab");
    assert_eq!((&*message.customer_id, &*message.journey, &*message.step, message.visit), ("ada", "tips", "nudge", 2));
    assert_eq!((&*message.channel, &*message.template, &*message.category), ("push", "tip_1", "service"));
    let seconds = |time: Option<prost_types::Timestamp>| time.map(|time| time.seconds);
    assert_eq!(seconds(message.decide_time), Some(1));
    assert_eq!(seconds(message.open_time), Some(9));
    assert_eq!(seconds(message.click_time), None);
}
