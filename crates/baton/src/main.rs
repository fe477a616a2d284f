//! The `baton` binary: reads the command line, runs one command, ends with its exit code.

mod commands;
mod demo;
mod nodes;
mod program;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use program::Program;

fn main() -> ExitCode {
    let program = Program::parse();
    let exit = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(program.run()),
        Err(error) => {
            let advice = "let the machine run more threads";
            Err(baton_ctl::Failure::new(baton_ctl::Exit::Failed, format!("no threads: {error}"), advice))
        }
    };
    let exit = exit.unwrap_or_else(|failure| {
        // Nobody is left to be told if this fails.
        let _ = writeln!(std::io::stderr(), "{failure}");
        failure.exit
    });
    ExitCode::from(exit.code())
}
