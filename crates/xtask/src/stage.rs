//! One stage of a task: a command that is announced, run in the checkout, and timed.

#[cfg(test)]
mod tests;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// What became of a stage, for the summary.
pub struct Outcome {
    /// The command that repeats the stage, as one would type it.
    pub command: String,
    pub passed: bool,
    pub took: Duration,
}

/// Runs `cargo <arguments>` in `root`. A command that fails is an outcome, one that cannot be started is an error.
pub fn cargo(root: &Path, arguments: &[&str]) -> anyhow::Result<Outcome> {
    let command = format!("cargo {}", arguments.join(" "));
    timed(command, || {
        // Cargo names itself to the programs it runs, so that they use the same toolchain.
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(program).args(arguments).current_dir(root).status();
        Ok(status.context("cargo cannot be started")?.success())
    })
}

/// Runs `work` as the stage that `command` repeats.
pub fn timed(command: String, work: impl FnOnce() -> anyhow::Result<bool>) -> anyhow::Result<Outcome> {
    println!("\n==> {command}");
    let started = Instant::now();
    let passed = work()?;
    let took = started.elapsed();
    println!("==> {} in {:.1} s", verdict(passed), took.as_secs_f64());
    Ok(Outcome { command, passed, took })
}

/// Prints one line per stage; on failure each line is the command that repeats it. Returns whether all passed.
pub fn summarize(outcomes: &[Outcome]) -> bool {
    println!("\n==> summary");
    for outcome in outcomes {
        println!("{:>6} {:>7.1} s  {}", verdict(outcome.passed), outcome.took.as_secs_f64(), outcome.command);
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.passed).count();
    if failed > 0 {
        println!(
            "\n{failed} of {} stages failed; each line marked FAILED is the command that repeats it",
            outcomes.len()
        );
    }
    failed == 0
}

fn verdict(passed: bool) -> &'static str {
    if passed { "ok" } else { "FAILED" }
}
