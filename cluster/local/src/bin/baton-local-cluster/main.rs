//! `baton-local-cluster`: some nodes on this machine to play with. It starts them, shows where they are, and does what is
//! typed until Ctrl-C or `quit`; then everything ends.

mod arguments;
mod command;
mod console;
mod table;

use std::io::{self, Write};
use std::process::ExitCode;

use baton_local_cluster::LocalCluster;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

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
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut asked_to_stop = std::pin::pin!(async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    });
    let mut cluster = tokio::select! {
        cluster = LocalCluster::start(config) => cluster?,
        () = &mut asked_to_stop => return Ok(()),
    };
    table::show(&mut cluster, arguments.output).await?;
    let played = tokio::select! {
        played = Console::open(arguments.output).run(&mut cluster) => played,
        () = &mut asked_to_stop => Ok(()),
    };
    cluster.stop().await?;
    Ok(played?)
}
