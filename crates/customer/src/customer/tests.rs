//! What scenarios cannot say: commands that nobody writes in a script, and decisions that are given up.

use std::sync::Arc;

use baton_journey::library::Library;
use baton_journey::source::Source;
use baton_model::event::{Event, EventKind};
use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch, SendId};
use baton_model::reason::ReasonCode;
use baton_model::text_id::{CustomerId, EventName, MessageId, Owner};
use baton_model::value::{Fields, Value};
use jiff::{SignedDuration, Timestamp};

use super::Customer;
use crate::{
    Answer, AttemptOutcome, Command, Decision, Environment, IngestAnswer, Settings, TimerChange, TimerKey, Waiting,
};

const JOURNEY: &str = "kind: Journey
id: patient
category: transactional
entry: {event: Signed Up}
steps:
  - {id: wait, delay: {for: 1d}}
  - {id: done, exit: completed}
";

struct Bench {
    customer: Customer,
    library: Library,
    settings: Settings,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let mut library = Library::new();
        library.insert(Arc::new(publish(JOURNEY, 1)));
        Self {
            customer: Customer::new(CustomerId::new("ana").unwrap()),
            library,
            settings: Settings::default(),
            now: "2024-01-08T09:00:00Z".parse().unwrap(),
        }
    }

    fn apply(&mut self, command: Command) -> Decision {
        let environment = Environment {
            library: &self.library,
            cluster: ClusterId(1),
            epoch: Epoch(1),
            settings: &self.settings,
            at: self.now,
        };
        self.customer.apply(command, &environment)
    }

    fn waiting(&self) -> Option<&Waiting> {
        let live = &self.customer.sections().enrolments.live;
        live.values().next().map(|enrolment| &enrolment.position.waiting)
    }
}

fn publish(text: &str, version: u64) -> baton_journey::definitions::Definitions {
    let documents = baton_journey::parse(&Source::new("test.yaml", text)).unwrap();
    baton_journey::publish(&documents, DefinitionsVersion(version), "400d".parse().unwrap()).unwrap()
}

fn event(id: &str, kind: EventKind, name: &str) -> Event {
    Event {
        message_id: MessageId::new(id).unwrap(),
        kind,
        name: EventName::new(name).unwrap(),
        client_timestamp: None,
        timestamp: None,
        sent_at: None,
        historical: false,
        properties: Fields::new(),
        context: Fields::new(),
        traits: Fields::new(),
    }
}

fn sign_up(id: &str) -> Command {
    Command::Ingest(Box::new(event(id, EventKind::Track, "Signed Up")))
}

fn resume() -> Command {
    Command::Resume { by: Owner::new("eve").unwrap(), reason: String::new() }
}

fn assert_nothing_written(decision: &Decision) {
    assert!(decision.sections.is_empty());
    assert!(decision.history.is_empty() && decision.records.is_empty());
    assert!(decision.timers.is_empty() && decision.outbox.is_empty() && decision.memberships.is_empty());
}

#[test]
fn what_the_customer_does_not_know_writes_nothing() {
    let mut bench = Bench::new();
    bench.apply(sign_up("m1"));
    let send = SendId(7);
    for command in [
        Command::Wake,
        Command::Permit { send, epoch: Epoch(1) },
        Command::Settle { send, outcome: AttemptOutcome::Accepted },
        sign_up("m1"),
    ] {
        let before = bench.customer.clone();
        let decision = bench.apply(command);
        assert_nothing_written(&decision);
        assert_eq!(before.sections().head, bench.customer.sections().head);
    }
}

#[test]
fn a_profile_that_would_be_too_large_is_rejected_and_everything_stays() {
    let mut bench = Bench::new();
    let mut large = event("m1", EventKind::Identify, "identify");
    for number in 0..100 {
        large.traits.insert(format!("trait-{number}"), Value::String("x".repeat(700)));
    }
    let decision = bench.apply(Command::Ingest(Box::new(large)));
    let Answer::Ingest(IngestAnswer::Rejected(rejection)) = &decision.answer else {
        panic!("{:?}", decision.answer);
    };
    assert_eq!((rejection.reason, rejection.field.as_str()), (ReasonCode::CustomerTooLarge, "traits"));
    assert_nothing_written(&decision);
    assert!(bench.customer.history().is_empty());
}

#[test]
fn an_event_that_was_set_aside_is_a_repeat_when_it_comes_again() {
    let mut bench = Bench::new();
    let failed = Box::new(sign_up("m1"));
    let decision = bench.apply(Command::SetAside { failed, dead_letter: "letter-1".to_owned() });
    assert_eq!((decision.answer, decision.history.len()), (Answer::SetAside { parked: false }, 1));
    assert!(bench.customer.history().is_empty());
    assert_eq!(bench.apply(sign_up("m1")).answer, Answer::Ingest(IngestAnswer::Duplicate));
}

#[test]
fn a_timer_whose_decision_failed_is_gone_and_its_enrolment_runs_again_after_the_next_publish() {
    let mut bench = Bench::new();
    bench.apply(sign_up("m1"));
    bench.now += SignedDuration::from_hours(25);
    let failed = Box::new(Command::Wake);
    let decision = bench.apply(Command::SetAside { failed, dead_letter: "letter-1".to_owned() });
    let gone = |change: &TimerChange| matches!(change, TimerChange::Disarm { timer: TimerKey::Step(_), .. });
    assert!(decision.timers.iter().any(gone));
    assert_eq!(bench.waiting(), Some(&Waiting::Faulted { dead_letter: "letter-1".to_owned() }));
    assert_nothing_written(&bench.apply(Command::Wake));

    bench.library.insert(Arc::new(publish(JOURNEY, 2)));
    let decision = bench.apply(Command::Adopt);
    assert!(decision.wake_violations.is_empty());
    assert_eq!(bench.waiting(), None, "the delay has passed meanwhile");
}

#[test]
fn a_person_can_have_a_parked_step_tried_again() {
    let mut bench = Bench::new();
    bench.apply(sign_up("m1"));
    bench.now += SignedDuration::from_hours(25);
    bench.apply(Command::SetAside { failed: Box::new(Command::Wake), dead_letter: "letter-1".to_owned() });
    assert!(matches!(bench.waiting(), Some(Waiting::Faulted { .. })));
    assert_eq!(bench.apply(resume()).answer, Answer::Done);
    assert_eq!(bench.waiting(), None, "the delay has passed meanwhile");
    assert_eq!(bench.apply(resume()).answer, Answer::Unknown, "there is nothing left to resume");
}

#[test]
fn a_parked_customer_decides_nothing_until_somebody_resumes() {
    let mut bench = Bench::new();
    let set_aside = |id: &str| Command::SetAside { failed: Box::new(sign_up(id)), dead_letter: id.to_owned() };
    for (id, parked) in [("m1", false), ("m2", false), ("m3", true)] {
        assert_eq!(bench.apply(set_aside(id)).answer, Answer::SetAside { parked });
    }
    for command in [sign_up("m4"), Command::Wake, Command::Adopt, Command::Permit { send: SendId(7), epoch: Epoch(1) }]
    {
        let decision = bench.apply(command);
        assert_eq!(decision.answer, Answer::Parked);
        assert_nothing_written(&decision);
    }
    assert_eq!(bench.apply(sign_up("m1")).answer, Answer::Ingest(IngestAnswer::Duplicate));
    assert_eq!(bench.customer.parked(DefinitionsVersion(1)).unwrap().dead_letter, "m3");
    assert_eq!(bench.apply(resume()).answer, Answer::Done);
    assert_eq!(bench.apply(sign_up("m4")).answer, Answer::Ingest(IngestAnswer::Accepted));
}

#[test]
fn a_decision_beyond_its_budget_changes_nothing() {
    let mut bench = Bench::new();
    bench.library = Library::new();
    for number in 0..5_000 {
        bench.apply(Command::Ingest(Box::new(event(&format!("m{number}"), EventKind::Track, "Seen"))));
    }
    let heavy = |number: usize| {
        format!(
            "kind: Journey\nid: heavy-{number}\ncategory: transactional\n\
             entry: {{event: Seen, where: {{aggregate: {{event: Seen, property: total, fn: sum, is: {{gt: 1}}}}}}}}\n\
             steps: [{{id: done, exit: done}}]\n"
        )
    };
    let documents: Vec<String> = (0..60).map(heavy).collect();
    bench.library.insert(Arc::new(publish(&documents.join("---\n"), 2)));
    let before = bench.customer.clone();
    let one_more = || Command::Ingest(Box::new(event("one-more", EventKind::Track, "Seen")));
    let decision = bench.apply(one_more());
    assert_eq!(decision.answer, Answer::DecisionBudget);
    assert_nothing_written(&decision);
    assert_eq!(bench.customer.history(), before.history());
    assert_eq!(bench.customer.sections().head, before.sections().head);
    bench.apply(Command::SetAside { failed: Box::new(one_more()), dead_letter: "letter-1".to_owned() });
    assert_eq!(bench.apply(one_more()).answer, Answer::Ingest(IngestAnswer::Duplicate));
}

#[test]
fn time_never_goes_back() {
    let mut bench = Bench::new();
    let first = bench.apply(sign_up("m1")).at;
    bench.now -= SignedDuration::from_hours(1);
    assert_eq!(bench.apply(sign_up("m2")).at, first);
}

#[test]
fn rows_leave_in_ranges_when_they_are_too_old() {
    let mut bench = Bench::new();
    for day in 0..500 {
        bench.now += SignedDuration::from_hours(24);
        bench.apply(sign_up(&format!("m{day}")));
    }
    let kept = bench.customer.history().len();
    assert!((400..=408).contains(&kept), "{kept} events are kept");
}
