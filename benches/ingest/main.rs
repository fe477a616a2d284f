//! W1: how many events one node makes durable, decides and answers in a second, how long a call takes at half of that, and
//! what it costs.
//!
//! ```text
//!  clients ──gRPC, loopback──▶ node (32 shards, fsync, fjall) ──HTTP POST, one event in ten──▶ sink
//!  └──────────── their own thread, so that its CPU time can be told from the node's ────────────┘
//! ```
//!
//! Three phases: warm-up, saturation (each client sends its next batch as soon as the last is answered), half load (batches
//! leave by the clock, whatever the answers do, and a call's time counts from when it should have left). Then the proof:
//! nothing that was acknowledged is missing, and nothing was sent twice.

mod events;
mod load;
mod machine;
mod options;
mod proof;
mod report;
mod subject;
mod tally;

use std::io::Write;
use std::time::Duration;

use baton_ctl::Endpoints;
use clap::Parser;

use self::load::Clients;
use self::options::Options;
use self::report::{Phase, Report};
use self::subject::Subject;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let subject = server.block_on(Subject::start())?;
    let outside = {
        let (options, endpoints) = (options.clone(), subject.endpoints());
        std::thread::Builder::new().name("clients".to_owned()).spawn(move || outside(&options, &endpoints))?
    };
    // The main thread has nothing else to do: the node lives on the threads of its runtime.
    let measured = outside.join().map_err(|_| anyhow::anyhow!("the clients panicked"))??;
    let proof = server.block_on(proof::prove(&subject, &measured.clients))?;
    let rss_mib = machine::peak_rss_mib()?;
    server.block_on(subject.stop());
    let report = Report { phases: measured.phases, proof, rss_mib, options };
    writeln!(std::io::stdout(), "{report}")?;
    anyhow::ensure!(report.proof.holds(), "events were lost or sent twice: see `proof` above");
    Ok(())
}

/// What the clients' thread brings back.
struct Measured {
    clients: load::Sent,
    phases: Vec<Phase>,
}

/// The clients' thread.
fn outside(options: &Options, endpoints: &Endpoints) -> anyhow::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let clients = Clients::connect(endpoints, options).await?;
        clients.saturate(Duration::from_secs(options.warm_up_seconds)).await?;
        let took = Duration::from_secs(options.seconds);
        let saturation = report::measure("saturation", &clients, clients.saturate(took)).await?;
        let half = saturation.events_per_second / 2.0;
        let half_load = report::measure("half load", &clients, clients.pace(half, took)).await?;
        Ok(Measured { clients: clients.sent(), phases: vec![saturation, half_load] })
    })
}
