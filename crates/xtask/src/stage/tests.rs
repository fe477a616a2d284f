//! A stage that fails is an outcome that says how to repeat it, and fails the task.

use std::path::Path;

use super::{cargo, summarize, timed};

#[test]
fn a_task_passes_only_if_every_stage_does() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let passing = cargo(here, &["--version", "--quiet"]).expect("cargo runs this test, so it can be started");
    let failing = timed("cargo fail".to_owned(), || Ok(false)).expect("a stage that fails is an outcome");

    assert!(passing.passed);
    assert_eq!(passing.command, "cargo --version --quiet");
    assert!(!failing.passed);
    assert!(!summarize(&[passing, failing]));
    assert!(summarize(&[]));
}
