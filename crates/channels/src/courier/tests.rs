//! Providers that answer as told, on a clock that runs with the test.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::*;
use crate::delivery::{BreakerConfig, Rate};
use crate::testing;

/// Machine time since the test began, and what the test skipped; nothing here asks for customer time.
struct Skipping {
    began: Instant,
    skipped: Mutex<Duration>,
}

impl Skipping {
    fn start() -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), skipped: Mutex::default() })
    }
}

impl Clock for Skipping {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn wall_now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn machine_now(&self) -> MachineTime {
        MachineTime(self.began.elapsed() + *self.skipped.lock().unwrap())
    }

    fn until(&self, _instant: Timestamp) -> Option<Duration> {
        None
    }
}

/// Takes its time and then answers from its list, or accepts. Its name is the message id.
struct Told {
    name: &'static str,
    takes: Duration,
    answers: Mutex<VecDeque<Outcome>>,
}

impl Provider for Told {
    fn name(&self) -> &str {
        self.name
    }

    fn deliver(&self, _delivery: Delivery) -> BoxFuture<'_, Outcome> {
        Box::pin(async {
            sleep(self.takes).await;
            let accepted = Outcome::Accepted { provider_message_id: Some(self.name.to_owned()) };
            self.answers.lock().unwrap().pop_front().unwrap_or(accepted)
        })
    }
}

fn retry() -> Outcome {
    Outcome::RetryLater { reason: "told to".to_owned(), after: None }
}

const OPEN_FOR: Duration = Duration::from_mins(1);

fn config(name: &'static str, takes_ms: u64, failures: usize, in_flight_max: u32, per_second: f64) -> ProviderConfig {
    let answers = Mutex::new(std::iter::repeat_n(retry(), failures).collect());
    let breaker = BreakerConfig { failures_max: 2, open_for: OPEN_FOR };
    let gate = GateConfig { breaker, in_flight_max, rate: Rate::new(per_second, 1).unwrap() };
    ProviderConfig { provider: Arc::new(Told { name, takes: Duration::from_millis(takes_ms), answers }), gate }
}

fn email() -> ChannelId {
    ChannelId::new("email").unwrap()
}

fn courier(
    clock: &Arc<Skipping>,
    providers: impl IntoIterator<Item = ProviderConfig>,
    order: &[&str],
) -> Result<ProviderCourier, UnknownProvider> {
    let channels = BTreeMap::from([(email(), order.iter().map(|name| (*name).to_owned()).collect())]);
    let clock = Arc::clone(clock);
    ProviderCourier::new(providers, &channels, clock)
}

async fn attempt(courier: &ProviderCourier, providers: &[&str]) -> String {
    let providers: Vec<String> = providers.iter().map(|name| (*name).to_owned()).collect();
    match courier.attempt(&email(), &providers, testing::email(1, 1)).await {
        Outcome::Accepted { provider_message_id } => provider_message_id.unwrap(),
        Outcome::RetryLater { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_stand_in_works_while_the_preferred_one_is_broken() {
    let clock = Skipping::start();
    let courier = courier(&clock, [config("a", 0, 2, 8, 1e6), config("b", 0, 0, 8, 1e6)], &["a", "b"]).unwrap();
    for expected in ["told to", "told to", "b", "b"] {
        assert_eq!(attempt(&courier, &[]).await, expected);
    }
    assert_eq!(courier.broken(), ["a"]);
    *clock.skipped.lock().unwrap() += OPEN_FOR;
    assert_eq!(attempt(&courier, &[]).await, "a");
    assert!(courier.broken().is_empty());
    assert_eq!(attempt(&courier, &["b"]).await, "b");
}

#[tokio::test]
async fn with_every_circuit_open_nobody_is_asked() {
    let courier = courier(&Skipping::start(), [config("a", 0, 2, 8, 1e6)], &["a"]).unwrap();
    for expected in ["told to", "told to", "the circuit of every provider is open"] {
        assert_eq!(attempt(&courier, &[]).await, expected);
    }
}

#[tokio::test]
async fn attempts_wait_for_a_slot_and_for_a_token() {
    let courier =
        courier(&Skipping::start(), [config("slow", 30, 0, 1, 1e6), config("rare", 0, 0, 8, 50.0)], &["slow"]).unwrap();
    let started = Instant::now();
    let all = futures::future::join_all((0..5).map(|_| attempt(&courier, &[]))).await;
    assert!(all.iter().all(|name| name == "slow"), "{all:?}");
    assert!(started.elapsed() >= Duration::from_millis(150), "one at a time");
    let started = Instant::now();
    for _ in 0..4 {
        assert_eq!(attempt(&courier, &["rare"]).await, "rare");
    }
    assert!(started.elapsed() >= Duration::from_millis(55), "50 per second, one at once");
}

#[tokio::test]
async fn an_attempt_that_is_dropped_gives_its_slot_back() {
    let courier = courier(&Skipping::start(), [config("stuck", 60_000, 0, 1, 1e6)], &["stuck"]).unwrap();
    for _ in 0..3 {
        assert!(timeout(Duration::from_millis(20), attempt(&courier, &[])).await.is_err());
        assert_eq!(courier.gates().all()[0].in_flight(), 0);
    }
    assert!(courier.broken().is_empty());
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_not_begun() {
    let courier = courier(&Skipping::start(), [config("rare", 0, 0, 8, 0.001)], &["rare"]).unwrap();
    assert_eq!(attempt(&courier, &[]).await, "rare");
    assert_eq!(attempt(&courier, &[]).await, "the provider's rate is used up");
}

#[tokio::test]
async fn what_is_not_configured_is_named() {
    let error = courier(&Skipping::start(), [config("a", 0, 0, 8, 1e6)], &["a", "b"]).err().unwrap().to_string();
    assert_eq!(error, "channel `email` names the provider `b`, which is not configured under delivery.providers");
    let courier = ProviderCourier::new([], &BTreeMap::new(), Skipping::start()).unwrap();
    assert_eq!(attempt(&courier, &[]).await, "channel `email` has no provider on this node");
    assert_eq!(attempt(&courier, &["c"]).await, "there is no provider `c` on this node");
}
