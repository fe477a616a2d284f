//! A stage that fails is an outcome that says how to repeat it, and fails the task.

use std::path::Path;

use super::{cargo, summarize};

#[test]
fn a_task_passes_only_if_every_stage_does() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let passing = cargo(here, &["--version"]).expect("cargo runs this test, so it can be started");
    let failing = cargo(here, &["no-such-verb", "--flag"]).expect("a failing command is an outcome");

    assert!(passing.passed);
    assert!(!failing.passed);
    assert_eq!(failing.command, "cargo no-such-verb --flag");
    assert!(!summarize(&[passing, failing]));
    assert!(summarize(&[]));
}
