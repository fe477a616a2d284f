//! What needs more of the machine than a process may take for granted. A case that cannot run here says why, and the last
//! line says how many did not; with `--require-external` they count as failed:
//! `cargo test -p tests --test external -- --require-external`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod disk_full;
mod small_disk;

/// The node of the api tests.
#[expect(dead_code, reason = "the api tests use the rest")]
#[path = "../api/harness"]
mod harness {
    mod answers;
    mod binary;
    mod documents;
    mod http;
    mod life;
    mod node;

    pub(crate) use answers::ingest;
    pub(crate) use documents::apply;
    pub(crate) use http::get;
    pub(crate) use life::life;
    pub(crate) use node::{FILE_SINK, Node};
    pub(crate) use tests::events::track;
    pub(crate) use tests::waiting::eventually;
}

use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::process::ExitCode;

/// What the machine does not allow.
struct Skipped(String);

type Running = Pin<Box<dyn Future<Output = Result<String, Skipped>>>>;

/// A name, and what runs under it. It gives a line for people.
type Case = (&'static str, fn() -> Running);

/// All there is. A case that fails panics.
const CASES: [Case; 1] =
    [("a_full_disk_is_refused_in_time_and_loses_nothing", || Box::pin(disk_full::a_full_disk_is_refused_in_time()))];

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_required = arguments.iter().any(|argument| argument == "--require-external");
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    let mut out = std::io::stdout();
    let mut skipped = 0;
    for (name, case) in CASES.iter().filter(|(name, _)| wanted.iter().all(|wanted| name.contains(wanted.as_str()))) {
        match runtime.block_on(case()) {
            Ok(told) => writeln!(out, "{name} passed: {told}")?,
            Err(Skipped(why)) => {
                skipped += 1;
                writeln!(out, "{name} skipped: {why}")?;
            }
        }
    }
    writeln!(out, "skipped: {skipped}")?;
    Ok(if is_required && skipped > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
