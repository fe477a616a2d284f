//! Which answers are for good and which events are sent again.

use super::*;

fn answer(result: Answered) -> pb::EventResult {
    pb::EventResult { result: Some(result) }
}

#[test]
fn only_what_is_not_answered_for_good_is_sent_again() {
    let event = |id: &str| pb::Event { message_id: id.to_owned(), ..pb::Event::default() };
    let mut pending: Vec<_> = ["a", "b", "c", "d", "e"].map(event).into_iter().enumerate().collect();
    let mut outcomes = vec![Outcome::Unanswered(String::new()); 5];
    let rejected = pb::Rejected { reason: "too_old".to_owned(), field: "timestamp".to_owned(), message: String::new() };
    let after = prost_duration(3);
    let retry = pb::Retry { reason: "no_leader".to_owned(), after: Some(after) };

    let wait = settle(
        &mut pending,
        vec![
            answer(Answered::Accepted(pb::Accepted::default())),
            answer(Answered::Retry(retry)),
            answer(Answered::Duplicate(pb::Duplicate {})),
            answer(Answered::Unknown(pb::Unknown {})),
            answer(Answered::Rejected(rejected.clone())),
        ],
        &mut outcomes,
    );

    let again: Vec<_> = pending.iter().map(|(at, event)| (*at, event.message_id.as_str())).collect();
    assert_eq!(again, [(1, "b"), (3, "d")]);
    assert_eq!(wait, Duration::from_secs(3));
    assert_eq!(
        outcomes,
        [
            Outcome::Accepted(pb::Accepted::default()),
            Outcome::Unanswered("no_leader".to_owned()),
            Outcome::Duplicate,
            Outcome::Unanswered("unknown".to_owned()),
            Outcome::Rejected(rejected),
        ]
    );
}

fn prost_duration(seconds: i64) -> baton_wire::pb::google::Duration {
    baton_wire::pb::google::Duration { seconds, nanos: 0 }
}

#[test]
fn a_fault_of_the_request_is_not_tried_again() {
    for code in [Code::InvalidArgument, Code::Unauthenticated, Code::Internal, Code::Unimplemented] {
        assert!(!is_passing(code), "{code:?}");
    }
    for code in [Code::Unavailable, Code::ResourceExhausted, Code::DeadlineExceeded] {
        assert!(is_passing(code), "{code:?}");
    }
}
