//! One shard and everything around it. Time is stepped, messages are caught, and tests wait for what they expect.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use baton_customer::{Customer, Settings};
use baton_journey::definitions::Definitions;
use baton_journey::library::Library;
use baton_journey::source::Source;
use baton_model::event::{Event, EventKind};
use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch, NodeId, ShardId};
use baton_model::text_id::{ChannelId, CustomerId, EventName, MessageId};
use baton_model::value::Fields;
use baton_ports::channel::{Delivery, Note, Outcome, RenderError, RenderRequest, Rendered, Renderer};
use baton_ports::clock::{Clock, MachineTime};
use baton_ports::courier::Courier;
use baton_ports::gateway::{EventAnswer, IngestEvent};
use baton_storage::records;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::replica::TestReplica;
use crate::{ActorsConfig, Arbiters, Observer, ShardHandle, ShardPorts};

/// A message at once, another after a day.
pub(super) const DOCUMENTS: &str = "kind: Channel
id: app
type: webhook
---
kind: Template
id: note
subject: Hello
text: Hello
---
kind: Journey
id: greetings
category: transactional
entry: {event: Signed Up}
steps:
  - {id: now, message: {channel: app, template: note}}
  - {id: wait, delay: {for: 1d}}
  - {id: later, message: {channel: app, template: note}}
";

/// When every test begins.
pub(super) const START: &str = "2024-01-08T09:00:00Z";

/// What a test waits for must come within this time.
const PATIENCE: Duration = Duration::from_mins(1);

/// The shard under test.
pub(super) struct World {
    runtime: Runtime,
    patience: Duration,
    _arbiters: Arbiters,
    pub(super) shard: ShardHandle,
    pub(super) replica: Arc<TestReplica>,
    library: Arc<RwLock<Arc<Library>>>,
    pub(super) clock: Arc<StepClock>,
    pub(super) courier: Arc<TestCourier>,
    pub(super) observer: Arc<Counts>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(config(), DOCUMENTS)
    }

    pub(super) fn with(config: ActorsConfig, documents: &str) -> Self {
        let replica = Arc::<TestReplica>::default();
        let runtime = Runtime::new().unwrap();
        let arbiters = Arbiters::start(1).unwrap();
        let clock = Arc::new(StepClock { now: Mutex::new(START.parse().unwrap()), started: Instant::now() });
        let courier =
            Arc::new(TestCourier { log: Mutex::default(), outcomes: Mutex::default(), open: watch::Sender::new(true) });
        let observer = Arc::new(Counts::default());
        let mut first = Library::new();
        first.insert(Arc::new(compile(documents, DefinitionsVersion(1))));
        let library = Arc::new(RwLock::new(Arc::new(first)));
        let ports = ShardPorts {
            node: NodeId(1),
            cluster: ClusterId(1),
            replica: replica.clone(),
            clock: clock.clone(),
            renderer: Arc::new(Plain),
            courier: courier.clone(),
            library: library.clone(),
            settings: Arc::new(Settings::default()),
            runtime: runtime.handle().clone(),
            observer: observer.clone(),
        };
        let shard = ShardHandle::start(ShardId(0), &arbiters.next(), config, ports);
        let world = Self {
            runtime,
            patience: PATIENCE,
            _arbiters: arbiters,
            shard,
            replica,
            library,
            clock,
            courier,
            observer,
        };
        world.until("the shard decides", || world.shard.status().leading);
        world
    }

    /// Sends events in one call.
    pub(super) fn call(&self, events: &[(&str, &str)]) -> JoinHandle<Vec<EventAnswer>> {
        let (shard, events) = (self.shard.clone(), events.iter().map(|(who, id)| sign_up(who, id)).collect());
        self.runtime.spawn(async move { shard.ingest(events).await })
    }

    /// Sends events in one call, and waits for the answers.
    pub(super) fn ingest(&self, events: &[(&str, &str)]) -> Vec<EventAnswer> {
        self.wait(self.call(events)).unwrap()
    }

    /// Sends any events in one call, and waits for the answers.
    pub(super) fn ingest_all(&self, events: Vec<IngestEvent>) -> Vec<EventAnswer> {
        self.wait(self.shard.ingest(events))
    }

    /// Waits for a future.
    #[track_caller]
    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(async { tokio::time::timeout(self.patience, future).await }).expect("it comes to an end")
    }

    /// Runs a future beside the test.
    pub(super) fn spawn<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.runtime.spawn(future)
    }

    /// Waits until something holds.
    #[track_caller]
    pub(super) fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + self.patience;
        while !holds() {
            assert!(Instant::now() < deadline, "{what}: it did not come to that");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until the courier has seen so many attempts.
    #[track_caller]
    pub(super) fn until_attempts(&self, count: usize) -> Vec<Delivery> {
        self.until("attempts", || self.courier.log().len() >= count);
        self.courier.log()
    }

    /// Waits until every send that was released is settled.
    #[track_caller]
    pub(super) fn until_settled(&self) {
        self.until("every send is settled", || records::outbox(&self.replica.rows(), 1).unwrap().is_empty());
    }

    /// Waits for an epoch after `old`.
    #[track_caller]
    pub(super) fn until_epoch_after(&self, old: Epoch) {
        self.until("the next epoch", || self.shard.status().leading && self.shard.status().epoch > old);
    }

    /// Publishes documents as `version`, and waits until the shard decides under them.
    pub(super) fn publish(&self, documents: &str, version: DefinitionsVersion) {
        self.publish_compiled(compile(documents, version));
    }

    /// Publishes what was compiled, and waits until the shard decides under it.
    pub(super) fn publish_compiled(&self, definitions: Definitions) {
        let version = definitions.version;
        let mut library = Library::clone(&self.library.read().unwrap());
        library.insert(Arc::new(definitions));
        *self.library.write().unwrap() = Arc::new(library);
        assert!(self.wait(self.shard.adopt(version)));
    }

    /// The customer as the rows tell.
    pub(super) fn stored(&self, customer: &str) -> Option<Customer> {
        records::load_customer(&self.replica.rows(), &CustomerId::new(customer).unwrap()).unwrap()
    }

    /// How many inputs the rows of a customer hold.
    pub(super) fn inputs(&self, customer: &str) -> usize {
        records::inputs(&self.replica.rows(), &CustomerId::new(customer).unwrap(), u64::MAX, 10_000).unwrap().len()
    }
}

/// A test's bounds: retries come soon.
pub(super) fn config() -> ActorsConfig {
    ActorsConfig { retry_wait: Duration::from_millis(20), ..ActorsConfig::default() }
}

/// Long enough for anything that is not held back to come out.
pub(super) fn a_while() {
    std::thread::sleep(Duration::from_millis(60));
}

pub(super) fn sign_up(customer: &str, id: &str) -> IngestEvent {
    named(customer, id, "Signed Up")
}

pub(super) fn named(customer: &str, id: &str, name: &str) -> IngestEvent {
    let event = Event {
        message_id: MessageId::new(id).unwrap(),
        kind: EventKind::Track,
        name: EventName::new(name).unwrap(),
        client_timestamp: None,
        timestamp: None,
        sent_at: None,
        historical: false,
        properties: Fields::new(),
        context: Fields::new(),
        traits: Fields::new(),
    };
    IngestEvent { customer: CustomerId::new(customer).unwrap(), event }
}

pub(super) fn compile(documents: &str, version: DefinitionsVersion) -> Definitions {
    let documents = baton_journey::parse(&Source::new("test.yaml", documents)).unwrap();
    baton_journey::publish(&documents, version, "400d".parse().unwrap()).unwrap()
}

/// Customer time that only the test moves; machine time runs.
pub(super) struct StepClock {
    now: Mutex<Timestamp>,
    started: Instant,
}

impl StepClock {
    pub(super) fn step_to(&self, instant: &str) {
        *self.now.lock().unwrap() = instant.parse().unwrap();
    }
}

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn wall_now(&self) -> Timestamp {
        self.now()
    }

    fn machine_now(&self) -> MachineTime {
        MachineTime(self.started.elapsed())
    }

    fn until(&self, instant: Timestamp) -> Option<Duration> {
        (instant <= self.now()).then_some(Duration::ZERO)
    }
}

/// Notes each attempt, and ends it as the test says; by default the provider accepts.
pub(super) struct TestCourier {
    log: Mutex<Vec<Delivery>>,
    outcomes: Mutex<VecDeque<Outcome>>,
    open: watch::Sender<bool>,
}

impl TestCourier {
    pub(super) fn log(&self) -> Vec<Delivery> {
        self.log.lock().unwrap().clone()
    }

    /// The next attempts end so.
    pub(super) fn outcomes(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.outcomes.lock().unwrap().extend(outcomes);
    }

    /// Whether attempts come to an end.
    pub(super) fn open(&self, open: bool) {
        self.open.send_replace(open);
    }
}

impl Courier for TestCourier {
    fn attempt<'a>(&'a self, _: &'a ChannelId, _: &'a [String], delivery: Delivery) -> BoxFuture<'a, Outcome> {
        self.log.lock().unwrap().push(delivery);
        let outcome = self.outcomes.lock().unwrap().pop_front();
        let mut open = self.open.subscribe();
        let attempt = async move {
            open.wait_for(|open| *open).await.unwrap();
            outcome.unwrap_or(Outcome::Accepted { provider_message_id: None })
        };
        attempt.boxed()
    }
}

struct Plain;

impl Renderer for Plain {
    fn render(&self, request: &RenderRequest) -> Result<Rendered, RenderError> {
        let to = request.to.clone();
        Ok(Rendered::Note(Note { to, title: None, body: "Hello".to_owned(), data: Fields::new() }))
    }
}

/// Counts refusals and decisions.
#[derive(Default)]
pub(super) struct Counts {
    refused: Mutex<BTreeMap<&'static str, usize>>,
    decided: AtomicUsize,
}

impl Counts {
    pub(super) fn refused(&self, bound: &str) -> usize {
        self.refused.lock().unwrap().get(bound).copied().unwrap_or_default()
    }

    pub(super) fn decided_count(&self) -> usize {
        self.decided.load(Ordering::SeqCst)
    }
}

impl Observer for Counts {
    fn decided(&self, _: Duration) {
        self.decided.fetch_add(1, Ordering::SeqCst);
    }
    fn proposed(&self, _: usize) {}
    fn fired(&self, _: Duration) {}
    fn timers_due(&self, _: usize) {}
    fn outbox(&self, _: usize, _: Duration) {}
    fn refused(&self, bound: &'static str) {
        *self.refused.lock().unwrap().entry(bound).or_default() += 1;
    }
    fn attempted(&self, _: &ChannelId, _: &'static str, _: Duration) {}
    fn wake_violation(&self) {
        panic!("an enrolment without a wake source");
    }
}
