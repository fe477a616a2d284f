//! `baton event import --resume`: interrupted in the middle and begun again, every row is there once and counted once.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Output;

use baton_wire::json::from_pb;
use serde_json::Value;
use tokio::process::Command;

use crate::harness::{Node, eventually, life};

/// Enough batches that an import can be interrupted in the middle.
const ROWS: usize = 3_000;

/// The customers of the rows.
const CUSTOMERS: usize = 6;

/// The place of a row that is rejected, and of one that cannot be read, both before the interruption.
const REJECTED: usize = 5;
const UNREADABLE: usize = 9;

fn json_lines() -> String {
    (0..ROWS).fold(String::new(), |mut text, row| {
        let timestamp = if row == REJECTED { "yesterday" } else { "" };
        let begin = if row == UNREADABLE { "" } else { "{" };
        let customer = row % CUSTOMERS;
        writeln!(
            text,
            "{begin}\"userId\":\"customer-{customer}\",\"event\":\"Seen\",\"timestamp\":\"{timestamp}\",\"properties\":{{\"row\":{row}}}}}"
        )
        .unwrap();
        text
    })
}

/// Some records take two lines.
fn csv() -> String {
    (0..ROWS).fold("customer,when,row,note\n".to_owned(), |mut text, row| {
        let timestamp = if row == REJECTED { "yesterday" } else { "" };
        let number = if row == UNREADABLE { "many".to_owned() } else { row.to_string() };
        let note = if row % 7 == 0 { "\"two\nlines\"" } else { "one line" };
        writeln!(text, "customer-{},{timestamp},{number},{note}", row % CUSTOMERS).unwrap();
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_json_lines_that_was_killed_goes_on() {
    check("rows.jsonl", &json_lines(), &[], "-KILL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_csv_that_was_stopped_with_ctrl_c_goes_on() {
    let columns = ["customer_id=customer", "timestamp=when", "properties.row=row:number", "properties.note=note"];
    let mut mapping: Vec<&str> = columns.iter().flat_map(|column| ["--map", *column]).collect();
    mapping.extend(["--set", "name=Seen"]);
    check("rows.csv", &csv(), &mapping, "-INT").await;
}

async fn check(name: &str, rows: &str, mapping: &[&str], signal: &str) {
    let node = Node::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, note) = (folder.path().join(name), folder.path().join("note"));
    std::fs::write(&file, rows).unwrap();
    let import = [&["event", "import", file.to_str().unwrap(), "--batch", "20"], mapping].concat();
    let resumable = [&import[..], &["--resume", note.to_str().unwrap()]].concat();

    interrupt(&node, &resumable, &note, signal).await;
    let resumed = told(&node.command(&resumable).await, 6);
    assert!(resumed["resumed_after"].as_u64().unwrap() > 0, "{resumed}");
    let good = u64::try_from(ROWS - 2).unwrap();
    let taken = |told: &Value| (told["accepted"].as_u64().unwrap(), told["duplicates"].as_u64().unwrap());
    let (accepted, duplicates) = taken(&resumed);
    // What the killed import had sent and not noted is a duplicate now.
    assert!(accepted + duplicates == good && duplicates <= 20, "{resumed}");
    assert_eq!((&resumed["rejected"], &resumed["unreadable"]), (&1.into(), &1.into()), "{resumed}");
    there_once(&node).await;

    let finished = told(&node.command(&resumable).await, 6);
    assert_eq!(taken(&finished), (accepted, duplicates), "nothing is left to do, and the numbers stay");
    let again = told(&node.command(&import).await, 6);
    assert_eq!(taken(&again), (0, good), "without its note everything is a repeat");
    there_once(&node).await;
}

/// Begins an import and sends it a signal once it has noted some rows; it must not have come to its end.
async fn interrupt(node: &Node, words: &[&str], note: &Path, signal: &str) {
    let mut import = node.begin(words);
    eventually("the import notes how far it is", async || note.exists().then_some(())).await;
    let pid = import.id().unwrap().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().await.unwrap().success());
    let status = import.wait().await.unwrap();
    assert!(status.code().is_none(), "the import had ended with {status}");
}

/// What an import that came to its end says.
fn told(output: &Output, code: i32) -> Value {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every good row is there once.
async fn there_once(node: &Node) {
    let (mut rows, mut events) = (BTreeSet::new(), 0);
    for customer in 0..CUSTOMERS {
        for entry in life(node.connection(), &format!("customer-{customer}")).await.entries {
            let event = from_pb(entry.event.as_ref().unwrap());
            rows.insert(event["properties"]["row"].as_f64().unwrap().to_string());
            events += 1;
        }
    }
    assert_eq!((rows.len(), events), (ROWS - 2, ROWS - 2));
}
