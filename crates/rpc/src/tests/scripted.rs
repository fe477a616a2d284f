//! A gateway whose answers are written in the questions: an event called `busy` is answered `retry: customer_busy`, the
//! customer `ghost` does not exist. What it was asked is recorded.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use baton_model::history::InputNumber;
use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch, SendId, Seq, ShardId};
use baton_model::profile::Profile;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::{CustomerId, Owner};
use baton_ports::gateway::{
    Aged, ApplyReport, ApplyRequest, AskError, CheckReport, Cluster, ClusterError, ClusterSettings, ClusterView,
    CustomerView, Customers, Definitions, DefinitionsError, DocumentFault, DocumentView, EventAnswer, Events,
    ExplainSubject, Explanation, IngestEvent, JoinRequest, MessageFilter, MessagePage, Messages, NodeView,
    OutcomeReport, PauseRequest, Position, ReadLevel, RetryReason, ShardView, Staleness, Timeline, TimelineEntry,
    TimelineFact,
};
use baton_ports::readiness::{Obstacle, Readiness};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::observer::Observer;

/// The gateway and what it saw.
#[derive(Default)]
pub(crate) struct Scripted {
    /// The message ids of each batch.
    pub(super) batches: Mutex<Vec<Vec<String>>>,
    /// What the observer was told.
    pub(super) counted: Mutex<Vec<(&'static str, u64)>>,
    /// The last filter of a list of sends.
    pub(super) filter: Mutex<Option<MessageFilter>>,
    /// The nodes that asked to join.
    pub(super) joins: Mutex<Vec<JoinRequest>>,
    /// What `Check` finds; nothing is told if there is none.
    pub(super) report: Mutex<Option<CheckReport>>,
    /// Nodes and shards of `GetCluster`.
    pub(super) view: Mutex<(Vec<NodeView>, Vec<ShardView>)>,
    /// Where customer time was stepped to; not at all if there is none.
    pub(super) clock: Mutex<Option<Timestamp>>,
    /// How often a customer was asked for.
    pub(super) got: AtomicUsize,
    /// How often documents were published or validated.
    pub(super) applied: AtomicUsize,
    /// Something stands in the way of serving.
    pub(super) not_ready: AtomicBool,
}

fn answer(event: &IngestEvent) -> EventAnswer {
    let retry = |reason| EventAnswer::Retry { reason, after: Duration::from_millis(250) };
    match event.event.name.as_str() {
        "repeat" => EventAnswer::Duplicate,
        "old" => EventAnswer::Rejected { reason: Reason::new(ReasonCode::TooOld, "400 d"), field: None },
        "busy" => retry(RetryReason::CustomerBusy),
        "lost" => EventAnswer::Unknown,
        _ => EventAnswer::Accepted(Position { shard: ShardId(3), epoch: Epoch(2), seq: Seq(1) }),
    }
}

impl Events for Scripted {
    fn ingest(&self, events: Vec<IngestEvent>) -> BoxFuture<'_, Vec<EventAnswer>> {
        let ids = events.iter().map(|event| event.event.message_id.to_string()).collect();
        self.batches.lock().unwrap().push(ids);
        async move {
            if events.iter().any(|event| event.event.name.as_str() == "hang") {
                std::future::pending::<()>().await;
            }
            events.iter().map(answer).collect()
        }
        .boxed()
    }
}

/// What a customer's name means.
fn ask(customer: &CustomerId) -> Result<(), AskError> {
    match customer.as_str() {
        "ghost" => Err(AskError::NotFound { what: "customer", id: customer.to_string() }),
        "wrong" => Err(AskError::Invalid { field: "until", message: "has passed: write a later instant".to_owned() }),
        "elsewhere" => Err(AskError::Unavailable {
            shard: ShardId(3),
            reason: "no leader".to_owned(),
            after: Duration::from_millis(300),
        }),
        "busy" => Err(AskError::Exhausted { bound: "mailbox", after: Duration::from_millis(20) }),
        "lost" => Err(AskError::Unknown),
        "broken" => Err(AskError::Internal { detail: "secret row 7".to_owned() }),
        _ => Ok(()),
    }
}

/// What is stale is 1.5 s old, except about customers called `new…`, of whom that is not known.
fn aged<T>(level: ReadLevel, customer: &CustomerId, answer: T) -> Aged<T> {
    let staleness = match level {
        ReadLevel::Linearizable => None,
        ReadLevel::Stale if customer.as_str().starts_with("new") => Some(Staleness::Unknown),
        ReadLevel::Stale => Some(Staleness::AtMost(Duration::from_millis(1_500))),
    };
    Aged { answer, staleness }
}

impl Customers for Scripted {
    fn get(&self, customer: CustomerId, level: ReadLevel) -> BoxFuture<'_, Result<Aged<CustomerView>, AskError>> {
        self.got.fetch_add(1, Ordering::SeqCst);
        async move {
            if customer.as_str() == "slow" {
                std::future::pending::<()>().await;
            }
            ask(&customer)?;
            Ok(aged(
                level,
                &customer.clone(),
                CustomerView {
                    customer,
                    profile: Profile::default(),
                    segments: Vec::new(),
                    enrolments: Vec::new(),
                    pending_sends: Vec::new(),
                    next_deadline: None,
                    parking: None,
                },
            ))
        }
        .boxed()
    }

    /// A life of 5 inputs.
    fn timeline(
        &self,
        customer: CustomerId,
        before: Option<InputNumber>,
        limit: usize,
        level: ReadLevel,
    ) -> BoxFuture<'_, Result<Aged<Timeline>, AskError>> {
        async move {
            ask(&customer)?;
            let newest = before.map_or(5, |before| before.0 - 1);
            let entries: Vec<_> = (1..=newest).rev().take(limit).map(entry).collect();
            let next = entries.last().map(|entry| entry.number).filter(|number| number.0 > 1);
            Ok(aged(level, &customer, Timeline { entries, next }))
        }
        .boxed()
    }

    fn explain(
        &self,
        customer: CustomerId,
        _: ExplainSubject,
        level: ReadLevel,
    ) -> BoxFuture<'_, Result<Aged<Explanation>, AskError>> {
        let explanation = Explanation { send: None, records: Vec::new() };
        async move { ask(&customer).map(|()| aged(level, &customer, explanation)) }.boxed()
    }

    fn pause(&self, customer: CustomerId, _: PauseRequest) -> BoxFuture<'_, Result<(), AskError>> {
        async move { ask(&customer) }.boxed()
    }

    fn resume(&self, customer: CustomerId, _: Owner) -> BoxFuture<'_, Result<(), AskError>> {
        async move { ask(&customer) }.boxed()
    }
}

fn entry(number: u64) -> TimelineEntry {
    let fact = TimelineFact::Other(format!("input {number}"));
    TimelineEntry { number: InputNumber(number), at: Timestamp::UNIX_EPOCH, fact, records: Vec::new() }
}

impl Definitions for Scripted {
    /// Each line `bad` of the first file is a fault.
    fn apply(&self, request: ApplyRequest) -> BoxFuture<'_, Result<ApplyReport, DefinitionsError>> {
        self.applied.fetch_add(1, Ordering::SeqCst);
        let lines = (1..).zip(request.sources[0].text.lines());
        let faults: Vec<_> = lines.filter(|(_, line)| *line == "bad").map(|(line, _)| fault(line)).collect();
        let report = ApplyReport {
            version: DefinitionsVersion(4),
            changed: vec!["Journey/welcome".to_owned()],
            unchanged: 2,
            pending: if request.wait { Vec::new() } else { vec![ShardId(1)] },
        };
        async move { if faults.is_empty() { Ok(report) } else { Err(DefinitionsError::Invalid { faults }) } }.boxed()
    }

    fn get(
        &self,
        kind: String,
        id: String,
        _: Option<DefinitionsVersion>,
    ) -> BoxFuture<'_, Result<DocumentView, DefinitionsError>> {
        async move { Err(DefinitionsError::NotFound { kind, id }) }.boxed()
    }

    fn list(&self, _: Option<String>) -> BoxFuture<'_, Result<Vec<DocumentView>, DefinitionsError>> {
        async move { Ok(["c", "a", "b"].map(document).into()) }.boxed()
    }
}

fn fault(line: u64) -> DocumentFault {
    DocumentFault {
        file: "welcome.yaml".to_owned(),
        line,
        column: 5,
        path: "steps[2].next".to_owned(),
        message: "`nowhere` is no step: write the id of one".to_owned(),
    }
}

fn document(id: &str) -> DocumentView {
    DocumentView {
        kind: "Journey".to_owned(),
        id: id.to_owned(),
        version: DefinitionsVersion(1),
        published_at: Timestamp::UNIX_EPOCH,
        text: "kind: Journey".to_owned(),
    }
}

impl Messages for Scripted {
    fn list(&self, filter: MessageFilter) -> BoxFuture<'_, Result<MessagePage, AskError>> {
        let first = filter.after.is_none();
        *self.filter.lock().unwrap() = Some(filter);
        let next = first.then(|| (ShardId(7), CustomerId::new("a b").unwrap(), SendId(9)));
        async move { Ok(MessagePage { sends: Vec::new(), next }) }.boxed()
    }

    fn report(&self, report: OutcomeReport) -> BoxFuture<'_, Result<(), AskError>> {
        async move { ask(&report.customer) }.boxed()
    }
}

impl Cluster for Scripted {
    fn view(&self) -> BoxFuture<'_, Result<ClusterView, ClusterError>> {
        let (nodes, shards) = self.view.lock().unwrap().clone();
        let view = ClusterView { cluster: ClusterId(1), nodes, shards, definitions_version: DefinitionsVersion(4) };
        async move { Ok(view) }.boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<CheckReport, ClusterError>> {
        let none = ClusterError::Unavailable { reason: "shard 3 has no leader".to_owned() };
        let report = self.report.lock().unwrap().clone().ok_or(none);
        async move { report }.boxed()
    }

    fn advance_clock(&self, _to: Timestamp) -> BoxFuture<'_, Result<(), ClusterError>> {
        let not_stepped = ClusterError::Refused { reason: "customer time is not stepped here".to_owned() };
        let stepped = self.clock.lock().unwrap().map(|_| ()).ok_or(not_stepped);
        async move { stepped }.boxed()
    }

    fn settle_clock(&self, to: Timestamp) -> BoxFuture<'_, Result<(), ClusterError>> {
        *self.clock.lock().unwrap() = Some(to);
        async { Ok(()) }.boxed()
    }

    fn settings(&self) -> BoxFuture<'_, Result<ClusterSettings, ClusterError>> {
        async move { Err(ClusterError::Unavailable { reason: "not yet known".to_owned() }) }.boxed()
    }
}

impl Readiness for Scripted {
    fn obstacles(&self) -> Vec<Obstacle> {
        let obstacle = Obstacle { reason: "shards_without_leader", detail: "shard 3".to_owned() };
        if self.not_ready.load(Ordering::SeqCst) { vec![obstacle] } else { Vec::new() }
    }
}

impl Observer for Scripted {
    fn events(&self, result: &'static str, count: u64) {
        self.counted.lock().unwrap().push((result, count));
    }
}
