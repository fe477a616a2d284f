//! What dashboards and alerts depend on.

use std::collections::BTreeSet;

use super::*;

/// Uses every metric once, so that every family has a series.
fn used() -> Metrics {
    let metrics = Metrics::new();
    metrics.event(EventResult::Accepted, 5);
    metrics.event(EventResult::Duplicate, 1);
    metrics.refusal(Bound::ShardMailbox);
    metrics.delivered(&ChannelId::new("email").unwrap(), "accepted");
    metrics.timer_fired(0.2);
    metrics.timer_fired(1.5);
    metrics.set_apply_lag(ShardId(3), 7);
    metrics.set_outbox(ShardId(3), 11, 2.5);
    metrics.decision.observe(0.000_2);
    metrics.batch_decisions.observe(48.0);
    metrics.log_append.observe(0.002);
    metrics.log_sync.observe(0.001);
    metrics.delivery.observe(0.1);
    metrics.set_timers_due(ShardId(3), 4);
    metrics.wake_source_violations.inc();
    metrics
}

/// Family, type, unit, help, and one line that it has after [`used`].
const FAMILIES: [(&str, &str, &str, &str, &str); 16] = [
    ("events", "counter", "", "Events answered, by result.", "events_total{result=\"accepted\"} 5"),
    (
        "refusals",
        "counter",
        "",
        "Work refused because a bound was full, by bound.",
        "refusals_total{bound=\"shard_mailbox\"} 1",
    ),
    (
        "deliveries",
        "counter",
        "",
        "Attempts to deliver, by channel and outcome.",
        "deliveries_total{channel=\"email\",outcome=\"accepted\"} 1",
    ),
    ("timers_due", "gauge", "", "Timers that are due and not yet fired, by shard.", "timers_due{shard=\"3\"} 4"),
    ("timers_fired", "counter", "", "Timers that fired.", "timers_fired_total 2"),
    ("timers_late", "counter", "", "Timers that fired more than one second late.", "timers_late_total 1"),
    ("batch_decisions", "histogram", "", "Decisions in one proposal.", "batch_decisions_bucket{le=\"64.0\"} 1"),
    (
        "apply_lag_entries",
        "gauge",
        "",
        "Log entries committed and not yet applied, by shard.",
        "apply_lag_entries{shard=\"3\"} 7",
    ),
    ("outbox_sends", "gauge", "", "Sends released and not yet ended, by shard.", "outbox_sends{shard=\"3\"} 11"),
    (
        "outbox_oldest_age_seconds",
        "gauge",
        "seconds",
        "Age of the oldest send in the outbox, by shard.",
        "outbox_oldest_age_seconds{shard=\"3\"} 2.5",
    ),
    ("decision_seconds", "histogram", "seconds", "Time the core took for one decision.", "decision_seconds_count 1"),
    (
        "log_append_seconds",
        "histogram",
        "seconds",
        "Time an append to the log took until it was durable.",
        "log_append_seconds_count 1",
    ),
    ("log_sync_seconds", "histogram", "seconds", "Time one sync of the log took.", "log_sync_seconds_count 1"),
    (
        "timer_lateness_seconds",
        "histogram",
        "seconds",
        "Time from a timer's instant to its firing.",
        "timer_lateness_seconds_count 2",
    ),
    ("delivery_seconds", "histogram", "seconds", "Time one attempt to deliver took.", "delivery_seconds_count 1"),
    (
        "wake_source_violations",
        "counter",
        "",
        "Enrolments found without anything that will ever wake them.",
        "wake_source_violations_total 1",
    ),
];

#[test]
fn every_family_has_its_name_type_unit_help_and_series() {
    let text = used().encode();
    let lines: BTreeSet<&str> = text.lines().collect();
    for (name, kind, unit, help, series) in FAMILIES {
        let mut expected = vec![
            format!("# HELP baton_{name} {help}"),
            format!("# TYPE baton_{name} {kind}"),
            format!("baton_{series}"),
        ];
        if !unit.is_empty() {
            expected.push(format!("# UNIT baton_{name} {unit}"));
        }
        for line in expected {
            assert!(lines.contains(line.as_str()), "{line} is not in\n{text}");
        }
    }
    let families = text.lines().filter(|line| line.starts_with("# TYPE ")).count();
    assert_eq!(families, FAMILIES.len(), "a family is missing from the table above");
    assert_eq!(text.lines().filter(|line| line.starts_with("# UNIT ")).count(), 6);
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn a_shard_that_moved_away_leaves_no_outbox_behind() {
    let metrics = used();
    metrics.set_outbox(ShardId(4), 1, 0.0);
    metrics.forget_outbox(ShardId(3));
    let text = metrics.encode();
    assert!(!text.contains("outbox_sends{shard=\"3\"}") && !text.contains("age_seconds{shard=\"3\"}"), "{text}");
    assert!(text.contains("outbox_sends{shard=\"4\"} 1"), "{text}");
}

#[test]
fn label_values_are_snake_case_and_distinct() {
    let results = EventResult::ALL.iter().map(|value| value.name());
    let names: Vec<&str> = results.chain(Bound::ALL.iter().map(|value| value.name())).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
}

#[test]
fn buckets_grow() {
    let buckets: Vec<f64> = decades(-3, 1).collect();
    assert_eq!(buckets.len(), 13);
    assert!(buckets.windows(2).all(|pair| pair[0] < pair[1]), "{buckets:?}");
    assert!((buckets[0] - 0.001).abs() < 1e-12 && (buckets[12] - 10.0).abs() < 1e-12);
}
