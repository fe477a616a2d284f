//! A customer who is read from rows before every command decides as one who stays in memory, through whole lives under the
//! example documents; and what is too old is gone from the rows.

use std::path::Path;
use std::sync::Arc;

use baton_customer::{AttemptOutcome, Command, Customer, Decision, Environment, Settings, TimerKey};
use baton_journey::library::Library;
use baton_journey::source::Source;
use baton_model::event::{Event, EventKind};
use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch, SendId};
use baton_model::profile::Pause;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::MessageStatus;
use baton_model::text_id::{CustomerId, EventName, MessageId, Owner};
use baton_model::time::{from_millis, saturating_add};
use baton_model::value::{Fields, Value};
use baton_ports::record_store::{Keyspace, KeyspaceName, RecordStore};
use baton_shard::entry::RowWrite;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::made_up::Choices;
use crate::engine::fjall::FjallStore;
use crate::records::{decision_records, decision_writes, inputs, key, load_customer, outbox, timers_between};

/// The example documents as version 1.
fn examples() -> Library {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    let text = |path: &Path| Source::new(&path.display().to_string(), &std::fs::read_to_string(path).unwrap());
    let sources: Vec<Source> = paths.iter().map(|path| text(path)).collect();
    let documents = baton_journey::parse::parse_all(&sources).unwrap();
    let definitions = baton_journey::publish(&documents, DefinitionsVersion(1), "400d".parse().unwrap()).unwrap();
    let mut library = Library::new();
    library.insert(Arc::new(definitions));
    library
}

/// One customer in memory, and the same one in rows.
struct Life {
    library: Library,
    settings: Settings,
    at: Timestamp,
    customer: Customer,
    events: u64,
    rows: Arc<dyn Keyspace>,
    _folder: tempfile::TempDir,
}

impl Life {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = FjallStore::open(folder.path(), 1 << 20).unwrap();
        let rows = store.open(&KeyspaceName::new("life").unwrap()).unwrap();
        let customer = Customer::new(CustomerId::new("ana").unwrap());
        let at = from_millis(1_704_700_000_000);
        Self { library: examples(), settings: Settings::default(), at, customer, events: 0, rows, _folder: folder }
    }

    /// Carries a command out in memory and on what the rows give, which must decide alike, and writes the rows.
    #[track_caller]
    fn command(&mut self, command: Command) -> Decision {
        let environment = Environment {
            library: &self.library,
            cluster: ClusterId(1),
            epoch: Epoch(1),
            settings: &self.settings,
            at: self.at,
        };
        let id = self.customer.id().clone();
        let loaded = load_customer(self.rows.as_ref(), &id).unwrap();
        let mut loaded = loaded.unwrap_or_else(|| Customer::new(id.clone()));
        assert_eq!(format!("{:?}", loaded.sections()), format!("{:?}", self.customer.sections()));
        assert_eq!(loaded.history(), self.customer.history());
        let decision = self.customer.apply(command.clone(), &environment);
        assert_eq!(loaded.apply(command, &environment), decision);
        self.rows.write(&decision_writes(&self.customer, &decision)).unwrap();
        self.check_indexes();
        decision
    }

    /// The rows by which a shard finds work are those of the customer's state.
    #[track_caller]
    fn check_indexes(&self) {
        let sections = self.customer.sections();
        let rows = timers_between(self.rows.as_ref(), Timestamp::MIN, Timestamp::MAX, usize::MAX).unwrap();
        let mut armed: Vec<_> = sections.timers.armed.iter().map(|(timer, due)| (*due, *timer)).collect();
        armed.sort_unstable();
        assert_eq!(rows.into_iter().map(|(due, _, timer)| (due, timer)).collect::<Vec<_>>(), armed);
        for (send, customer) in outbox(self.rows.as_ref(), usize::MAX).unwrap() {
            assert_eq!(&customer, self.customer.id());
            assert!(sections.ledger.get(send).is_some_and(|send| !send.is_final()), "{send} is over");
        }
    }

    fn pass(&mut self, hours: i64) {
        self.at = saturating_add(self.at, SignedDuration::from_hours(hours));
    }

    fn event(&mut self, kind: EventKind, name: &str, fields: &[(&str, Value)]) -> Command {
        self.events += 1;
        let fields: Fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (properties, traits) =
            if kind == EventKind::Identify { (Fields::new(), fields) } else { (fields, Fields::new()) };
        Command::Ingest(Box::new(Event {
            message_id: MessageId::new(&format!("m{}", self.events)).unwrap(),
            kind,
            name: EventName::new(name).unwrap(),
            client_timestamp: None,
            timestamp: None,
            sent_at: None,
            historical: false,
            properties,
            context: Fields::new(),
            traits,
        }))
    }

    fn some_send(&self, choices: &mut Choices<'_>) -> SendId {
        let sends: Vec<SendId> = self.customer.sections().ledger.sends().keys().copied().collect();
        if sends.is_empty() { SendId(1) } else { choices.one_of(&sends) }
    }

    fn some_command(&mut self, choices: &mut Choices<'_>) -> Command {
        let (send, by) = (self.some_send(choices), Owner::new("ops").unwrap());
        let reason = Reason::new(ReasonCode::QuietHours, "because");
        let cart = [("cart_id", Value::from("c1")), ("value", Value::from(50.0)), ("total", Value::from(20.0))];
        match choices.one_of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
            0 => self.event(EventKind::Track, "Order Completed", &cart),
            1 => self.event(EventKind::Track, "Cart Updated", &cart),
            2 => self.event(EventKind::Track, "Cart Emptied", &cart),
            3 => self.event(EventKind::Identify, "identify", &[("timezone", "Asia/Tokyo".into())]),
            4 | 5 => Command::Wake,
            6 => Command::Permit { send, epoch: Epoch(1) },
            7 => Command::Settle { send, outcome: AttemptOutcome::Accepted },
            8 => Command::Settle { send, outcome: AttemptOutcome::InDoubt(reason) },
            9 => Command::Report { send, status: MessageStatus::Opened, at: self.at, detail: String::new() },
            10 => Command::Pause(Pause { by, reason: "asked".to_owned(), since: self.at, until: None }),
            _ => Command::Resume { by, reason: "back".to_owned() },
        }
    }

    /// A customer who may be written to.
    fn reachable(&mut self) {
        let email = self.event(EventKind::Identify, "identify", &[("email", "ana@example.org".into())]);
        self.command(email);
        let purpose = [("purpose", "personalised_marketing".into()), ("status", "granted".into())];
        let consent = self.event(EventKind::Track, "Consent Changed", &purpose);
        self.command(consent);
        assert_eq!(self.customer.sections().profile.consents.len(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]
    #[test]
    fn a_customer_from_rows_decides_as_one_in_memory(bytes in vec(any::<u8>(), 0..150)) {
        let mut life = Life::new();
        life.reachable();
        let mut choices = Choices::new(&bytes);
        for _ in 0..30 {
            let command = life.some_command(&mut choices);
            life.command(command);
            life.pass(choices.one_of(&[0, 1, 7, 60, 24 * 40]));
        }
    }
}

/// What the property tries is no life without messages.
#[test]
fn a_message_is_sent_by_a_customer_from_rows() {
    let mut life = Life::new();
    life.reachable();
    let order = life.event(EventKind::Track, "Order Completed", &[]);
    life.command(order);
    life.pass(12);
    life.command(Command::Wake);
    let released = outbox(life.rows.as_ref(), usize::MAX).unwrap();
    assert!(!released.is_empty(), "{:?}", life.customer.sections());
    let send = released[0].0;
    life.command(Command::Permit { send, epoch: Epoch(1) });
    life.command(Command::Settle { send, outcome: AttemptOutcome::Accepted });
    assert!(outbox(life.rows.as_ref(), usize::MAX).unwrap().iter().all(|(left, _)| *left != send));
}

#[test]
fn rows_that_are_too_old_are_gone() {
    let mut life = Life::new();
    for _ in 0..2_500 {
        let seen = life.event(EventKind::Page, "Home", &[]);
        let environment = Environment {
            library: &life.library,
            cluster: ClusterId(1),
            epoch: Epoch(1),
            settings: &life.settings,
            at: life.at,
        };
        let decision = life.customer.apply(seen, &environment);
        life.rows.write(&decision_writes(&life.customer, &decision)).unwrap();
    }
    let order = life.event(EventKind::Track, "Order Completed", &[]);
    assert!(!life.command(order).records.is_empty());
    let left = |life: &Life| {
        let id = life.customer.id();
        let inputs = inputs(life.rows.as_ref(), id, u64::MAX, usize::MAX).unwrap().len();
        (inputs, decision_records(life.rows.as_ref(), id).map(Result::unwrap).count())
    };
    assert!(left(&life).0 > 2_500);

    life.pass(24 * 500);
    let decision = life.command(Command::Wake);
    assert_eq!(decision.history_removed, 1..1_001);
    assert!(decision.records_removed.contains(&1));
    let mut removed = 1_000;
    while life.customer.sections().head.first_input.0 <= 2_501 {
        life.at = saturating_add(life.at, SignedDuration::from_millis(1));
        let decision = life.command(Command::Wake);
        let count = decision.history_removed.end - decision.history_removed.start;
        assert!((1..=1_000).contains(&count), "{count} rows");
        removed += count;
    }
    let head = life.customer.sections().head;
    assert_eq!(head.first_input.0, removed + 1);
    let kept = (head.next_input.0 - head.first_input.0, head.next_record - head.first_record);
    assert_eq!(left(&life), (usize::try_from(kept.0).unwrap(), usize::try_from(kept.1).unwrap()));
    assert!(life.customer.history().is_empty());
}

#[test]
fn timers_are_found_up_to_an_instant_and_whole_instants_at_a_time() {
    let life = Life::new();
    let due = [Timestamp::MIN, from_millis(-1), from_millis(0), from_millis(0), from_millis(1), Timestamp::MAX];
    let armed = [TimerKey::Segments, TimerKey::Sends].into_iter().cycle().zip(due);
    let write = |(timer, due)| RowWrite {
        key: key::timer(due, life.customer.id(), timer),
        value: Some(Bytes::from_static(&[1])),
    };
    life.rows.write(&armed.map(write).collect::<Vec<_>>()).unwrap();
    let check = |after, until, limit, expected: &[Timestamp]| {
        let found = timers_between(life.rows.as_ref(), after, until, limit).unwrap();
        assert_eq!(found.into_iter().map(|(due, _, _)| due).collect::<Vec<_>>(), expected);
    };
    check(Timestamp::MIN, Timestamp::MAX, usize::MAX, &due);
    check(Timestamp::MIN, from_millis(0), usize::MAX, &due[..4]);
    check(from_millis(-1), from_millis(0), usize::MAX, &due[2..4]);
    check(from_millis(0), Timestamp::MAX, usize::MAX, &due[4..]);
    check(from_millis(-1), Timestamp::MAX, 1, &due[2..4]);
    check(from_millis(0), from_millis(0), usize::MAX, &[]);
}

/// A profile step can wrap what it finds; what comes of it must stay readable.
#[test]
fn a_trait_that_wraps_itself_ends_at_a_bound() {
    const WRAP: &str = "kind: Journey\nid: wrap\ncategory: transactional\nentry: {event: Wrap}\nsteps:\n  - \
        {id: wrap, update_profile: {set: {wrapped: '[customer.traits.wrapped]'}}}\n";
    let mut life = Life::new();
    let documents = baton_journey::parse(&Source::new("wrap.yaml", WRAP)).unwrap();
    let definitions = baton_journey::publish(&documents, DefinitionsVersion(2), "400d".parse().unwrap()).unwrap();
    life.library.insert(Arc::new(definitions));
    let first = life.event(EventKind::Identify, "identify", &[("wrapped", 1i64.into())]);
    life.command(first);
    for _ in 0..Value::NESTING_MAX + 70 {
        let again = life.event(EventKind::Track, "Wrap", &[]);
        life.command(again);
    }
    let wrapped = &life.customer.sections().profile.traits["wrapped"];
    assert!(wrapped.is_deeper_than(Value::NESTING_MAX - 1), "it was wrapped up to the bound");
    assert!(!wrapped.is_deeper_than(Value::NESTING_MAX), "and not beyond");
}
