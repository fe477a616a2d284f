//! `baton-local-cluster`: some nodes on this machine to play with. It starts them, shows where they are, and does what is
//! typed until Ctrl-C or `quit`; then the nodes end in order, and at once on another Ctrl-C.

mod arguments;
mod command;
mod console;
mod table;

use std::io::{self, Write};
use std::process::ExitCode;

use baton_local_cluster::LocalCluster;
use clap::Parser;
use tokio::signal::unix::{Signal, SignalKind, signal};

use arguments::Arguments;
use console::Console;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = arguments.config()?;
    let mut signals =
        Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? };
    let mut cluster = tokio::select! {
        cluster = LocalCluster::start(config) => cluster?,
        () = signals.any() => return Ok(()),
    };
    table::show(&mut cluster, arguments.output).await?;
    let played = tokio::select! {
        played = Console::open(arguments.output).run(&mut cluster) => played,
        () = signals.any() => Ok(()),
    };
    tokio::select! {
        stopped = cluster.stop() => stopped?,
        // Whoever asks again does not want to wait: the nodes are killed.
        () = signals.any() => {}
    }
    Ok(played?)
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
