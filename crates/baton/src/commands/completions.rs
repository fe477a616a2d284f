//! `baton completions`

use std::io::{self, Write};

use baton_ctl::{Exit, Failure};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::program::Program;

/// What a shell needs to complete commands: `source <(baton completions bash)`
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Program::command(), "baton", &mut script);
        match io::stdout().lock().write_all(&script) {
            // A reader that has gone away, such as `head`, has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(Exit::Failed, format!("the script cannot be printed: {error}"), ""))
            }
            _ => Ok(Exit::Done),
        }
    }
}
