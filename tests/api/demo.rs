//! The main job, on a few customers: `baton demo` ends with a report that holds together, and decides the same twice.

use std::process::Command;

use serde_json::Value;

use crate::harness::baton;

fn demo() -> Value {
    let output = Command::new(baton()).args(["demo", "--customers", "20", "-o", "json"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "baton demo --customers 20 -o json ended with {}: {told}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn count(report: &Value, field: &str) -> u64 {
    match &report[field] {
        Value::Object(counts) => counts.values().filter_map(Value::as_u64).sum(),
        count => count.as_u64().unwrap(),
    }
}

#[test]
fn the_demo_decides_the_same_on_every_run() {
    let (first, second) = (demo(), demo());
    let same = [
        "decisions_digest",
        "events_accepted",
        "duplicates_refused",
        "enrolments",
        "messages",
        "held",
        "dropped",
        "wake_source_violations",
    ];
    for field in same {
        assert_eq!(first[field], second[field], "{field}");
        assert!(!first[field].is_null(), "{field} is not in the report");
    }
    for field in ["events_accepted", "duplicates_refused", "enrolments", "messages", "held"] {
        assert!(count(&first, field) > 0, "{field}: {}", first[field]);
    }
    assert_eq!(count(&first, "wake_source_violations"), 0);
    for told in ["p50", "p99", "max"] {
        assert!(first["timer_lateness_ms"][told].is_number(), "timer_lateness_ms.{told}");
    }
    assert!(first["events_per_second"].as_f64().unwrap() > 0.0);
}
