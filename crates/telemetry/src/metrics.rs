//! The metrics of a node, as typed handles over one Prometheus registry.
//!
//! Names begin with `baton_`, end in their unit, and follow the Prometheus naming rules; `metrics/tests.rs` pins each name,
//! type, unit and help, because dashboards and alerts depend on them. Labels come from closed sets, from shards, or from
//! published channels, so the number of series is bounded.

use std::sync::atomic::AtomicU64;

use baton_model::ids::ShardId;
use baton_model::text_id::ChannelId;
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};

mod labels;

pub use labels::{Bound, EventResult};
use labels::{BoundLabel, DeliveryLabels, ResultLabel, ShardLabel};

/// The `Content-Type` of [`Metrics::encode`].
pub const METRICS_CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every metric of a node. One per process; share it behind an `Arc`.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    events: Family<ResultLabel, Counter>,
    refusals: Family<BoundLabel, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    timers_fired: Counter,
    timers_late: Counter,
    timer_lateness: Histogram,
    apply_lag: Family<ShardLabel, Gauge>,
    outbox_sends: Family<ShardLabel, Gauge>,
    outbox_oldest_age: Family<ShardLabel, Gauge<f64, AtomicU64>>,
    /// How long the core took for one decision, in seconds.
    pub decision: Histogram,
    /// How many decisions went into one proposal.
    pub batch_decisions: Histogram,
    /// How long an append to the log took until it was durable, in seconds.
    pub log_append: Histogram,
    /// How long one sync of the log took, in seconds.
    pub log_sync: Histogram,
    /// How long one attempt to deliver took, in seconds.
    pub delivery: Histogram,
    /// Timers that are due and not yet fired.
    timers_due: Family<ShardLabel, Gauge>,
    /// Enrolments found without anything that will ever wake them.
    pub wake_source_violations: Counter,
}

impl Metrics {
    /// A timer that fires later than this after its instant counts as late, in seconds.
    pub const TIMER_LATE_SECONDS: f64 = 1.0;

    /// Every metric, at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("baton"),
            events: Family::default(),
            refusals: Family::default(),
            deliveries: Family::default(),
            timers_fired: Counter::default(),
            timers_late: Counter::default(),
            timer_lateness: Histogram::new(decades(-3, 5)),
            apply_lag: Family::default(),
            outbox_sends: Family::default(),
            outbox_oldest_age: Family::default(),
            decision: Histogram::new(decades(-6, 0)),
            batch_decisions: Histogram::new((0..=12).map(|power| f64::from(1 << power))),
            log_append: Histogram::new(decades(-5, 1)),
            log_sync: Histogram::new(decades(-5, 1)),
            delivery: Histogram::new(decades(-3, 2)),
            timers_due: Family::default(),
            wake_source_violations: Counter::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let r = &mut self.registry;
        r.register("events", "Events answered, by result", self.events.clone());
        r.register("refusals", "Work refused because a bound was full, by bound", self.refusals.clone());
        r.register("deliveries", "Attempts to deliver, by channel and outcome", self.deliveries.clone());
        r.register("timers_due", "Timers that are due and not yet fired, by shard", self.timers_due.clone());
        r.register("timers_fired", "Timers that fired", self.timers_fired.clone());
        r.register("timers_late", "Timers that fired more than one second late", self.timers_late.clone());
        r.register("batch_decisions", "Decisions in one proposal", self.batch_decisions.clone());
        r.register("apply_lag_entries", "Log entries committed and not yet applied, by shard", self.apply_lag.clone());
        r.register("outbox_sends", "Sends released and not yet ended, by shard", self.outbox_sends.clone());
        seconds(
            r,
            "outbox_oldest_age",
            "Age of the oldest send in the outbox, by shard",
            self.outbox_oldest_age.clone(),
        );
        seconds(r, "decision", "Time the core took for one decision", self.decision.clone());
        seconds(r, "log_append", "Time an append to the log took until it was durable", self.log_append.clone());
        seconds(r, "log_sync", "Time one sync of the log took", self.log_sync.clone());
        seconds(r, "timer_lateness", "Time from a timer's instant to its firing", self.timer_lateness.clone());
        seconds(r, "delivery", "Time one attempt to deliver took", self.delivery.clone());
        let violations = self.wake_source_violations.clone();
        r.register("wake_source_violations", "Enrolments found without anything that will ever wake them", violations);
    }

    /// Counts events that were answered.
    pub fn event(&self, result: EventResult, count: u64) {
        self.events.get_or_create(&ResultLabel { result }).inc_by(count);
    }

    /// Counts work that was refused because a bound was full.
    pub fn refusal(&self, bound: Bound) {
        self.refusals.get_or_create(&BoundLabel { bound }).inc();
    }

    /// Counts one attempt to deliver. `outcome` is one of the four names of outcomes.
    pub fn delivered(&self, channel: &ChannelId, outcome: &'static str) {
        self.deliveries.get_or_create(&DeliveryLabels { channel: channel.to_string(), outcome }).inc();
    }

    /// Counts a timer that fired that many seconds after its instant.
    pub fn timer_fired(&self, lateness_seconds: f64) {
        self.timers_fired.inc();
        self.timer_lateness.observe(lateness_seconds);
        if lateness_seconds > Self::TIMER_LATE_SECONDS {
            self.timers_late.inc();
        }
    }

    /// Sets how many timers of a shard are due and not yet fired.
    pub fn set_timers_due(&self, shard: ShardId, timers: u64) {
        self.timers_due.get_or_create(&ShardLabel::of(shard)).set(saturating(timers));
    }

    /// Sets how many entries of a shard's log are committed and not yet applied here.
    pub fn set_apply_lag(&self, shard: ShardId, entries: u64) {
        self.apply_lag.get_or_create(&ShardLabel::of(shard)).set(saturating(entries));
    }

    /// Sets what a shard's outbox holds: how many sends, and the age of the oldest in seconds.
    pub fn set_outbox(&self, shard: ShardId, sends: u64, oldest_age_seconds: f64) {
        self.outbox_sends.get_or_create(&ShardLabel::of(shard)).set(saturating(sends));
        self.outbox_oldest_age.get_or_create(&ShardLabel::of(shard)).set(oldest_age_seconds);
    }

    /// Drops what only a shard's leader knows, once this node no longer leads it.
    pub fn forget_outbox(&self, shard: ShardId) {
        self.outbox_sends.remove(&ShardLabel::of(shard));
        self.outbox_oldest_age.remove(&ShardLabel::of(shard));
    }

    /// Everything, in the `OpenMetrics` text format.
    pub fn encode(&self) -> String {
        let mut out = String::new();
        text::encode(&mut out, &self.registry).expect("writing to a string cannot fail");
        out
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn seconds(registry: &mut Registry, name: &str, help: &str, metric: impl Metric) {
    registry.register_with_unit(name, help, Unit::Seconds, metric);
}

/// Buckets at 1, 2.5 and 5 of each power of ten, from `10^first` to `10^last`.
fn decades(first: i32, last: i32) -> impl Iterator<Item = f64> {
    let steps = (first..last).flat_map(|power| [1.0, 2.5, 5.0].map(|step| step * 10_f64.powi(power)));
    steps.chain(std::iter::once(10_f64.powi(last)))
}

fn saturating(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
