//! How programs end: a node that was asked to, and a verb whose reader has gone away.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::harness::{Node, accepted, apply, baton, track};

const DOCUMENTS: &str = "
kind: Journey
id: patient
category: transactional
entry: {event: Signed Up}
steps:
  - {id: wait, delay: {for: 1d}}
";

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_stopped_has_nothing_to_warn_of() {
    let mut node = Node::start().await;
    apply(&node, DOCUMENTS).await;
    accepted(node.connection(), vec![track("ana", "m-1", "Signed Up", &json!({}))]).await;
    node.stop().await;
    let log = std::fs::read_to_string(node.sink().with_file_name("node.log")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"] == "the epoch ended"), "{log}");
    let loud: Vec<&Value> = lines.iter().filter(|line| line["level"] == "WARN" || line["level"] == "ERROR").collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_seen_enough_is_no_error() {
    for words in [&["completions", "bash"][..], &["config", "dump"], &["config", "dump", "--output", "json"]] {
        let mut command = Command::new(baton());
        let mut child = command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().await.unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.success() && said.is_empty(), "{words:?}: {}: {said}", ended.status);
    }
}
