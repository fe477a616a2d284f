//! The main job on three processes, of which one is killed halfway: the decisions are those of one node.

use std::process::Command;

use crate::arena::binary;
use serde_json::Value;

/// Few enough for seconds, and enough that every journey of the examples is entered.
const CUSTOMERS: &str = "12";

/// What may differ: machine time, and the story, which names epochs and places in the log.
const MAY_DIFFER: [&str; 3] = ["seconds", "events_per_second", "story"];

fn demo(more: &[&str]) -> Value {
    let arguments = [&["demo", "-o", "json", "--customers", CUSTOMERS], more].concat();
    let output = Command::new(binary()).args(&arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "baton {} ended with {}: {told}", arguments.join(" "), output.status);
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for field in MAY_DIFFER {
        assert!(report.as_object_mut().unwrap().remove(field).is_some(), "{field} is not in the report");
    }
    report
}

#[test]
fn three_nodes_decide_what_one_decides_also_when_a_leader_is_killed() {
    let one = demo(&[]);
    assert!(one["decisions_digest"].is_string() && one["repeat_changed_nothing"] == true, "{one}");
    let three = demo(&["--nodes", "3", "--kill-leader-at", "50%"]);
    assert_eq!(one, three);
}
