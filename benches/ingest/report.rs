//! What is printed at the end.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::load::Clients;
use crate::machine::{process_cpu, thread_cpu};
use crate::options::{Format, Options};
use crate::proof::Proof;
use crate::tally::{Tally, quantile_ms};

/// One measured phase.
#[derive(Debug, Clone, Serialize)]
pub struct Phase {
    pub name: &'static str,
    /// Answered `accepted` or `duplicate`.
    pub events_per_second: f64,
    /// Of one call.
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// All threads: node, clients and sink.
    pub cpu_seconds_per_1000_events: f64,
    /// Of that, the thread of the clients.
    pub clients_cpu_seconds_per_1000_events: f64,
    pub answers: Tally,
}

/// Runs a phase on the clients' thread and measures it.
pub async fn measure(
    name: &'static str,
    clients: &Clients,
    phase: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Phase> {
    clients.take_latencies();
    let (tally, process, thread, began) = (clients.tally(), process_cpu()?, thread_cpu()?, Instant::now());
    phase.await?;
    let took = began.elapsed();
    let (process, thread) = (process_cpu()?.saturating_sub(process), thread_cpu()?.saturating_sub(thread));
    let answers = clients.tally().since(tally);
    let mut latencies = clients.take_latencies();
    let per_1000 = |cpu: Duration| cpu.as_secs_f64() * 1_000.0 / count(answers.answered());
    Ok(Phase {
        name,
        events_per_second: count(answers.answered()) / took.as_secs_f64(),
        p50_ms: quantile_ms(&mut latencies, 500),
        p99_ms: quantile_ms(&mut latencies, 990),
        cpu_seconds_per_1000_events: per_1000(process),
        clients_cpu_seconds_per_1000_events: per_1000(thread),
        answers,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a run has few events")]
fn count(events: u64) -> f64 {
    events as f64
}

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    pub phases: Vec<Phase>,
    pub proof: Proof,
    /// The most memory of the whole process.
    pub rss_mib: u64,
    #[serde(skip)]
    pub options: Options,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.options.output {
            Format::Json => f.write_str(&serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?),
            Format::Table => self.table(f),
        }
    }
}

impl Report {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { batch, customers, .. } = self.options;
        writeln!(f, "one node, {batch} events a call, {} calls at once, {customers} customers", self.options.calls())?;
        let heads = ["events/s", "p50 ms", "p99 ms", "CPU s/1,000", "clients' part"];
        writeln!(f, "{:12}{}", "", heads.map(|head| format!("{head:>15}")).concat())?;
        for phase in &self.phases {
            let cpu = [phase.cpu_seconds_per_1000_events, phase.clients_cpu_seconds_per_1000_events];
            write!(f, "{:12}{:15.0}{:15.1}{:15.1}", phase.name, phase.events_per_second, phase.p50_ms, phase.p99_ms)?;
            writeln!(f, "{:15.4}{:15.4}", cpu[0], cpu[1])?;
        }
        let Proof { accepted, duplicates, customers, messages, known_again, unknown, violations, .. } = self.proof;
        let retries: u64 = self.phases.iter().map(|phase| phase.answers.retries).sum();
        writeln!(f, "memory      {} MiB at most, clients and sink included", self.rss_mib)?;
        writeln!(f, "answers     {retries} retry, {unknown} unknown")?;
        writeln!(
            f,
            "proof       sent and found: accepted {accepted:?}, duplicates {duplicates:?}, customers {customers:?},"
        )?;
        writeln!(
            f,
            "            messages {messages:?}, known when sent again {known_again:?}; {violations} violations"
        )?;
        write!(
            f,
            "            the last message arrived {:.1} s after the last answer",
            self.proof.messages_late_seconds
        )
    }
}
