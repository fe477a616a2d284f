//! A customer who has everything there is, written by hand: each field set, each variant once, instants before and after 1970.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_customer::{
    Answer, AttemptOutcome, Customer, Decision, Departure, Enrolment, Enrolments, Exposure, Head, HistoryRow, Input,
    Mark, Marks, Membership, OpenGoal, OutboxChange, Position, RunKey, Runs, SectionSet, Segments, Stored,
    StoredSections, TimerChange, TimerKey, Timers, Waiting,
};
use baton_governance::{Cooldown, Ledger};
use baton_model::decision::{Cause, Check, DecisionRecord, Enrolled, SendFate, Verdict};
use baton_model::event::EventKind;
use baton_model::explain::Explain;
use baton_model::history::{InputNumber, StoredEvent};
use baton_model::ids::{
    ClusterId, DefinitionsVersion, EnrolmentId, Epoch, NodeId, ReplicaId, Run, SendId, ShardId, Visit,
};
use baton_model::profile::{Consent, Device, LastSeen, Pause, Profile, Stated, Subscription, Ticket};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Category, Engagement, Hold, MessageStatus, Send, SendState};
use baton_model::text_id::{CustomerId, Owner};
use baton_model::value::{Fields, Value};
use baton_storage::records::{ClusterRecord, NodeRecord, PlacedReplica, PublishedDocument, ShardRecord};
use jiff::Timestamp;

/// The send that is in the outbox.
pub const RELEASED: SendId = SendId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
const ENROLMENT: EnrolmentId = EnrolmentId(0xfedc_ba98_7654_3210_fedc_ba98_7654_3210);
const VERSION: DefinitionsVersion = DefinitionsVersion(300);

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Seconds after 2024-01-08T00:00:00.123Z.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_704_672_000_123 + seconds * 1_000).unwrap()
}

fn reason() -> Reason {
    Reason::new(ReasonCode::QuietHours, "until 08:00")
}

fn fields() -> Fields {
    let list = Value::List(vec![Value::Null, Value::Bool(true), Value::Int(-5), Value::Double(0.5)]);
    Fields::from([
        ("list".to_owned(), list),
        ("map".to_owned(), Value::Map(Fields::from([("k".to_owned(), "é".into())]))),
    ])
}

fn pause() -> Pause {
    Pause { by: id("ops"), reason: "asked".to_owned(), since: at(1), until: Some(at(2)) }
}

fn event(number: u64, kind: EventKind) -> Arc<StoredEvent> {
    Arc::new(StoredEvent {
        number: InputNumber(number),
        message_id: id(&format!("m-{number}")),
        client_timestamp: Some("1969-12-31T23:59:59Z".to_owned()),
        kind,
        name: id("Order Completed"),
        occurred_at: Timestamp::from_millisecond(-1_000).unwrap(),
        received_at: at(3),
        historical: true,
        properties: fields(),
        context: Fields::from([("locale".to_owned(), "cs-CZ".into())]),
    })
}

fn profile() -> Profile {
    let stated = at(4);
    Profile {
        traits: fields(),
        devices: BTreeMap::from([("token".to_owned(), Device { kind: "ios".to_owned(), seen_at: at(5) })]),
        last_seen: LastSeen { timezone: Some("Europe/Prague".to_owned()), locale: Some("cs".to_owned()) },
        consents: BTreeMap::from([
            (id("ads"), Stated { value: Consent::Denied, at: stated, source: "form".to_owned() }),
            (id("news"), Stated { value: Consent::Granted, at: stated, source: String::new() }),
        ]),
        subscriptions: BTreeMap::from([
            (id("drops"), Stated { value: Subscription::Subscribed, at: stated, source: "form".to_owned() }),
            (id("sales"), Stated { value: Subscription::Unsubscribed, at: stated, source: "link".to_owned() }),
        ]),
        tickets: BTreeMap::from([(id("T-1"), Ticket { severity: "high".to_owned(), opened_at: at(6) })]),
        suppressed: BTreeMap::from([(
            id("email"),
            Stated { value: "bounce".to_owned(), at: stated, source: "provider".to_owned() },
        )]),
        pause: Some(pause()),
        zone_changed_at: Some(at(7)),
    }
}

fn enrolment(number: u128, waiting: Waiting) -> (EnrolmentId, Enrolment) {
    let id_ = EnrolmentId(number);
    let enrolment = Enrolment {
        id: id_,
        journey: id("cart"),
        version: VERSION,
        key: Some(id("cart-1")),
        run: Run(2),
        entered_at: at(8),
        expires_at: Some(at(9)),
        event: event(1, EventKind::Track),
        context: Some(fields()),
        position: Position { step: id("wait"), visit: Visit(3), entered_at: at(10), base: at(11), tries: 4, waiting },
        visits: BTreeMap::from([(id("wait"), Visit(3))]),
        exit_flip: Some(at(12)),
        goal_reached: true,
        held: Some(Departure { to: Some(id("next")), by: "elapsed".to_owned(), base: at(13) }),
    };
    (id_, enrolment)
}

fn enrolments() -> Enrolments {
    let waits = [
        Waiting::Arriving,
        Waiting::Until { deadline: at(14) },
        Waiting::Conditions {
            deadline: Some(at(15)),
            grace_until: Some(at(16)),
            flip: Some(at(17)),
            edges: BTreeMap::from([(0, false), (1, true)]),
        },
        Waiting::Sends { deadline: Some(at(18)) },
        Waiting::Retry { deadline: at(19) },
        Waiting::Faulted { dead_letter: "d-1".to_owned() },
        Waiting::Finishing { reason: "done".to_owned(), goal: true },
    ];
    let key = RunKey { journey: id("cart"), key: Some(id("cart-1")) };
    let goal = OpenGoal { enrolment: ENROLMENT, journey: id("cart"), version: VERSION, key: None, until: at(21) };
    Enrolments {
        live: (1..).zip(waits).map(|(number, waiting)| enrolment(number, waiting)).collect(),
        runs: BTreeMap::from([(key, Runs { last: Run(2), last_entry: at(20) })]),
        runs_floor: Run(1),
        exposures: BTreeMap::from([(Exposure { experiment: "e".to_owned(), unit: "u".to_owned() }, "a".to_owned())]),
        open_goals: vec![goal],
    }
}

fn ledger() -> Ledger {
    let (epoch, hold) = (Epoch(70_000), Some(Hold { reason: reason(), wake: Some(at(23)) }));
    let states = [
        SendState::Deferred { wake: Some(at(22)), reason: reason() },
        SendState::Released { at: at(24), epoch },
        SendState::Attempting { since: at(25), epoch, attempts: 3, refused: 2, hold },
        SendState::Accepted { at: at(26), after_exit: true },
        SendState::Failed { at: at(27), reason: reason() },
        SendState::Unknown { at: at(28), given_up: true },
        SendState::Dead { at: at(29), maybe_delivered: true },
        SendState::Dropped { at: at(30), reason: reason() },
        SendState::Cancelled { at: at(31), reason: reason() },
        SendState::Expired { at: at(32) },
        SendState::GuardFalse { at: at(33) },
        SendState::RenderError { at: at(34), reason: reason() },
    ];
    let categories = [Category::Marketing, Category::Service, Category::Transactional];
    let sends = (1..).zip(states).zip(categories.into_iter().cycle()).map(|((number, state), category)| Send {
        id: SendId(number),
        enrolment: ENROLMENT,
        journey: id("cart"),
        version: VERSION,
        step: id("mail"),
        visit: Visit(1),
        channel: id("email"),
        template: id("reminder"),
        category,
        priority: 80,
        topic: Some(id("drops")),
        purpose: Some(id("news")),
        role: Some("urgent".to_owned()),
        decided_at: at(35),
        defer_base: at(36),
        state,
        engagement: Engagement {
            delivered: Some(at(37)),
            opened: Some(at(38)),
            clicked: Some(at(39)),
            replied: Some(at(40)),
            bounced: Some(at(41)),
            complained: Some(at(42)),
        },
    });
    let cooldowns =
        [(id("ticket"), Cooldown::Holding { next_flip: Some(at(43)) }), (id("vip"), Cooldown::Since(at(44)))];
    Ledger::restore(sends, cooldowns)
}

fn timers() -> BTreeMap<TimerKey, Timestamp> {
    let timers = [
        TimerKey::PauseEnd,
        TimerKey::Segments,
        TimerKey::Step(ENROLMENT),
        TimerKey::WaitFlip(ENROLMENT),
        TimerKey::ExitFlip(ENROLMENT),
        TimerKey::MaxAge(ENROLMENT),
        TimerKey::Sends,
        TimerKey::Retention,
    ];
    timers.into_iter().zip((0..).map(at)).collect()
}

/// The timer rows, by instant.
pub fn armed(customer: &CustomerId) -> Vec<(Timestamp, CustomerId, TimerKey)> {
    timers().into_iter().map(|(timer, due)| (due, customer.clone(), timer)).collect()
}

fn inputs() -> Vec<HistoryRow> {
    let (send, by): (_, Owner) = (RELEASED, id("ops"));
    let kinds = EventKind::ALL.into_iter().zip(1..);
    let mut inputs: Vec<Input> = kinds
        .map(|(kind, number)| Input::Event { event: event(number, kind), traits: fields(), from_the_future: true })
        .collect();
    inputs.extend([
        Input::Timer { timer: TimerKey::Step(ENROLMENT), due: at(45) },
        Input::Permit { send, epoch: Epoch(70_000) },
        Input::Redelivered { send, retry: true, by: by.clone() },
        Input::Paused(pause()),
        Input::Resumed { by, reason: "back".to_owned() },
        Input::Adopted(VERSION),
        Input::SetAside { event: Some(event(13, EventKind::Track)), dead_letter: "d-1".to_owned() },
    ]);
    let outcomes = [
        AttemptOutcome::Accepted,
        AttemptOutcome::Refused(reason()),
        AttemptOutcome::Failed(reason()),
        AttemptOutcome::InDoubt(reason()),
        AttemptOutcome::Exhausted { reason: reason(), in_doubt: true },
        AttemptOutcome::RenderError(reason()),
    ];
    inputs.extend(outcomes.map(|outcome| Input::Outcome { send, outcome }));
    let statuses = [
        MessageStatus::Decided,
        MessageStatus::Accepted,
        MessageStatus::Delivered,
        MessageStatus::Opened,
        MessageStatus::Clicked,
        MessageStatus::Replied,
        MessageStatus::Bounced,
        MessageStatus::Complained,
        MessageStatus::Failed,
        MessageStatus::NotSent,
    ];
    let report = |status| Input::Report { send, status, reported_at: at(46), detail: "250".to_owned() };
    inputs.extend(statuses.map(report));
    let row = |(number, input)| HistoryRow { number: InputNumber(number), at: at(47), version: VERSION, input };
    (1..).zip(inputs).map(row).collect()
}

fn verdicts() -> Vec<Verdict> {
    let enrolled = || Enrolled { enrolment: ENROLMENT, journey: id("cart") };
    let (step, why) = (|| id("mail"), reason);
    let mut verdicts = vec![
        Verdict::Entered(enrolled()),
        Verdict::EntryRefused { journey: id("cart"), reason: why() },
        Verdict::StepLeft { enrolled: enrolled(), step: step(), visit: Visit(1), to: None, by: "else".to_owned() },
        Verdict::Exited { enrolled: enrolled(), step: Some(step()), reason: "done".to_owned(), goal: true },
        Verdict::GoalReached { enrolled: enrolled(), value: Some(Value::Double(9.5)) },
        Verdict::NoSend { enrolled: enrolled(), step: step(), reason: why() },
        Verdict::Segment { segment: id("vip"), entered: true },
        Verdict::Paused { held: true, reason: "asked".to_owned() },
        Verdict::BoundReached { reason: why() },
    ];
    let fates = [
        SendFate::Released,
        SendFate::Deferred(why()),
        SendFate::Dropped(why()),
        SendFate::Cancelled(why()),
        SendFate::Expired,
        SendFate::Permitted,
        SendFate::Held(why()),
        SendFate::Accepted,
        SendFate::AcceptedAfterExit,
        SendFate::Failed(why()),
        SendFate::Unknown,
        SendFate::Dead(why()),
        SendFate::GuardFalse,
        SendFate::RenderError(why()),
    ];
    let send = |fate| Verdict::Send { send: RELEASED, enrolled: enrolled(), step: step(), channel: id("push"), fate };
    verdicts.extend(fates.map(send));
    verdicts
}

fn decision_records() -> Vec<DecisionRecord> {
    let causes = [
        Cause::Event(id("m-1")),
        Cause::Timer(at(48)),
        Cause::Outcome(RELEASED),
        Cause::Permit(RELEASED),
        Cause::Operator("ops".to_owned()),
        Cause::Publish(VERSION),
    ];
    let explain = Explain {
        rule: "all".to_owned(),
        value: true,
        operands: vec![("plan".to_owned(), "pro".into())],
        events: vec![id("m-1")],
        next_flip: Some(at(49)),
        parts: vec![Explain::leaf("did: Order Completed", false)],
    };
    let check = Check { name: "consent".to_owned(), passed: true, detail: "news".to_owned(), explain: Some(explain) };
    let record = |((number, verdict), cause)| DecisionRecord {
        number,
        at: at(50),
        input: InputNumber(7),
        cause,
        definitions_version: VERSION,
        tzdb_version: "2026a".to_owned(),
        verdict,
        checks: vec![check.clone()],
        next: Some(at(51)),
    };
    (1..).zip(verdicts()).zip(causes.into_iter().cycle()).map(record).collect()
}

/// The customer, and a decision that writes everything.
pub fn everything() -> (Customer, Decision) {
    let history = inputs();
    let head = Head {
        at: at(52),
        version: VERSION,
        first_input: InputNumber(1),
        next_input: InputNumber(1_000),
        first_record: 1,
        next_record: 2_000,
    };
    let sections = StoredSections {
        head,
        profile: profile(),
        segments: Segments { members: [(id("vip"), at(53))].into(), flips: [(id("vip"), at(54))].into() },
        enrolments: enrolments(),
        ledger: ledger(),
        marks: Marks { marks: [Mark { at: at(55), input: InputNumber(1), record: 2 }].into() },
        timers: Timers { armed: timers() },
    };
    let customer = Customer::restore(id("ana é"), Stored { sections, history: history.clone() });
    let all = [
        SectionSet::PROFILE,
        SectionSet::SEGMENTS,
        SectionSet::ENROLMENTS,
        SectionSet::LEDGER,
        SectionSet::MARKS,
        SectionSet::TIMERS,
    ];
    let decision = Decision {
        at: at(52),
        answer: Answer::Done,
        sections: all.into_iter().fold(SectionSet::HEAD, SectionSet::with),
        history,
        history_removed: 0..0,
        records: decision_records(),
        records_removed: 0..0,
        memberships: vec![Membership { segment: id("vip"), entered: true }],
        timers: timers().into_iter().map(|(timer, due)| TimerChange::Arm { due, timer }).collect(),
        outbox: vec![OutboxChange::Release(RELEASED)],
        wake_violations: Vec::new(),
        work: 0,
    };
    (customer, decision)
}

/// A published document.
pub fn published_document() -> PublishedDocument {
    PublishedDocument {
        kind: "Journey".to_owned(),
        id: "cart".to_owned(),
        version: VERSION,
        published_at: at(56),
        schema: 1,
        file: "cart.yaml".to_owned(),
        first_line: 12,
        text: "kind: Journey\n".to_owned(),
    }
}

/// A cluster whose customer time is stepped.
pub fn cluster() -> ClusterRecord {
    ClusterRecord {
        cluster: ClusterId(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff),
        shard_count: 300,
        nodes_wanted: 3,
        token_hash: "9f86d081884c7d65".to_owned(),
        next_node: 3,
        next_replica: 301,
        fallback_zone: "Europe/Prague".to_owned(),
        trigger_max_age_hours: 72,
        dedup_days: 30,
        history_days: 400,
        records_days: 90,
        test_clock: Some(at(57)),
    }
}

/// Two nodes: one whose number is a single byte and one whose number is not.
pub fn nodes() -> Vec<NodeRecord> {
    let node = |number, zone: &str| NodeRecord {
        node: NodeId(number),
        system_replica: ReplicaId(number + 1),
        nonce: format!("made-up-{number}"),
        peer_address: format!("node-{number}.example.internal:7401"),
        grpc_address: format!("node-{number}.example.internal:7400"),
        zone: zone.to_owned(),
        joined_at: at(58),
    };
    vec![node(1, ""), node(300, "zone-é")]
}

/// A shard with replicas, the first of which is not the lowest, and one that waits for its places.
pub fn shards() -> Vec<ShardRecord> {
    let placed = |replica, node| PlacedReplica { replica: ReplicaId(replica), node: NodeId(node) };
    vec![
        ShardRecord { shard: ShardId(0), replicas: vec![placed(300, 300), placed(7, 1)] },
        ShardRecord { shard: ShardId(299), replicas: Vec::new() },
    ]
}
