//! What is promised of a delivery, against made-up clusters that fail in made-up ways, and the single rules by example.

mod properties;
mod world;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn bounds() -> Bounds {
    Bounds { give_up_at: 30 * SECOND, call_wait_max: 10 * SECOND, calls_in_flight_max: 8 }
}

fn delivery(customers: &str) -> Delivery {
    Delivery::new(customers.split(' ').map(|customer| (customer, 100)), bounds())
}

fn node(name: &str) -> Address {
    Address::parse(name).unwrap()
}

/// Customers whose names begin with the same letter have the same node.
fn by_letter(customer: &str) -> Address {
    node(&customer[..1])
}

/// One letter per answer: accepted, duplicate, rejected, retry, unknown.
fn answers(letters: &str) -> CallEnd {
    let result = |letter| match letter {
        'a' => Answered::Accepted(pb::Accepted::default()),
        'd' => Answered::Duplicate(pb::Duplicate {}),
        'x' => Answered::Rejected(pb::Rejected::default()),
        'r' => Answered::Retry(pb::Retry { reason: "no_leader".to_owned(), after: None }),
        'u' => Answered::Unknown(pb::Unknown {}),
        other => panic!("{other}"),
    };
    CallEnd::Answered(letters.chars().map(|letter| pb::EventResult { result: Some(result(letter)) }).collect())
}

fn told(answer: &Answer) -> String {
    match answer {
        Answer::Accepted(_) => "accepted".to_owned(),
        Answer::Duplicate => "duplicate".to_owned(),
        Answer::Rejected(rejected) => format!("rejected {}", rejected.reason).trim_end().to_owned(),
        Answer::Unanswered(reason) => format!("unanswered {reason}"),
        Answer::Refused(status) => format!("refused {}", status.message()),
    }
}

fn sent(calls: &[Call]) -> Vec<(&str, Vec<usize>)> {
    calls.iter().map(|call| (&call.to.as_str()["http://".len()..], call.events.clone())).collect()
}

/// One call with all events is answered so: what is sent next, and what is known then.
fn check(customers: &str, letters: &str, again: &[usize], known: &[&str]) {
    let mut delivery = delivery(customers);
    let calls = delivery.plan(Duration::ZERO, |_| node("a"));
    assert_eq!(calls.len(), 1, "{customers}");
    delivery.conclude(calls[0].id, answers(letters), Duration::ZERO, 0);
    assert_eq!(delivery.plan(Duration::ZERO, |_| node("a")), [], "{customers}: after a pause, not at once");
    let later = delivery.next_plan(Duration::ZERO);
    let calls = delivery.plan(later, |_| node("a"));
    assert_eq!(calls.iter().flat_map(|call| call.events.clone()).collect::<Vec<_>>(), again, "{customers}: {letters}");
    let answers: Vec<String> =
        delivery.answers.iter().map(|answer| answer.as_ref().map_or_else(|| "open".to_owned(), told)).collect();
    assert_eq!(answers, known, "{customers}: {letters}");
}

#[test]
fn only_what_is_not_answered_for_good_is_sent_again() {
    check("a b c d e", "ardux", &[1, 3], &["accepted", "open", "duplicate", "open", "rejected"]);
    check("a a b a", "arar", &[1, 3], &["accepted", "open", "accepted", "open"]);
}

#[test]
fn what_was_overtaken_is_never_sent_again() {
    check("a a b", "rar", &[2], &["unanswered overtaken", "accepted", "open"]);
    check("a a a", "uau", &[2], &["unanswered overtaken", "accepted", "open"]);
    // A duplicate was taken earlier, and says nothing about the order of now.
    check("a a", "rd", &[0], &["open", "duplicate"]);
}

#[test]
fn each_event_goes_to_the_node_of_its_customer() {
    let mut delivery = delivery("a1 b1 a2 c1 b2 a1");
    let calls = delivery.plan(Duration::ZERO, by_letter);
    assert_eq!(sent(&calls), [("a", vec![0, 2, 5]), ("b", vec![1, 4]), ("c", vec![3])]);
}

#[test]
fn a_node_that_hangs_does_not_hold_the_others_back() {
    let events = (0..20_000).map(|event| (if event % 2 == 0 { "a" } else { "b" }, event));
    let names: Vec<String> = events.map(|(node, event)| format!("{node}{event}")).collect();
    let mut delivery = Delivery::new(names.iter().map(|name| (name.as_str(), 100)), bounds());
    let calls = delivery.plan(Duration::ZERO, by_letter);
    assert_eq!(calls.len(), 8);
    for call in calls.iter().filter(|call| call.to == node("b")) {
        assert_eq!(call.events.len(), 1_000);
        delivery.conclude(call.id, answers(&"a".repeat(1_000)), SECOND, 0);
    }
    let calls = delivery.plan(SECOND, by_letter);
    assert!(!calls.is_empty() && calls.iter().all(|call| call.to == node("b")), "{:?}", sent(&calls));
}

#[test]
fn an_event_larger_than_a_request_is_rejected_alone() {
    let mut delivery = Delivery::new([("a", REQUEST_BYTES_MAX + 1), ("a", REQUEST_BYTES_MAX), ("a", 1)], bounds());
    let calls = delivery.plan(Duration::ZERO, by_letter);
    assert_eq!(sent(&calls), [("a", vec![1])]);
    delivery.conclude(calls[0].id, answers("a"), Duration::ZERO, 0);
    assert_eq!(
        sent(&delivery.plan(Duration::ZERO, by_letter)),
        [("a", vec![2])],
        "what only had no room need not wait"
    );
    assert_eq!(told(delivery.answers[0].as_ref().unwrap()), "rejected too_large");
}

#[test]
fn a_wait_beyond_the_end_is_not_waited_for() {
    let mut delivery = delivery("a b");
    let calls = delivery.plan(Duration::ZERO, by_letter);
    let failed = || CallEnd::Failed { reason: "waiting for nodes 1/3".to_owned(), after: 30 * SECOND };
    delivery.conclude(calls[0].id, failed(), Duration::ZERO, 0);
    delivery.conclude(calls[1].id, answers("a"), Duration::ZERO, 0);
    assert!(delivery.is_done());
    let answers: Vec<String> = delivery.into_answers().iter().map(told).collect();
    assert_eq!(answers, ["unanswered waiting for nodes 1/3", "accepted"]);
}

#[test]
fn a_fault_of_the_request_is_told_and_not_tried_again() {
    let mut delivery = delivery("a a b");
    let calls = delivery.plan(Duration::ZERO, by_letter);
    delivery.conclude(calls[0].id, CallEnd::Refused(Status::unauthenticated("no key")), Duration::ZERO, 0);
    delivery.conclude(calls[1].id, answers("aa"), Duration::ZERO, 0);
    let answers: Vec<String> = delivery.into_answers().iter().map(told).collect();
    let [first, second, third] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!([first.as_str(), second], ["refused no key"; 2]);
    assert_eq!(third, "refused 1 events were given 2 answers");
}
