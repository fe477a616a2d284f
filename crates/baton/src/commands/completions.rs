//! `baton completions`

use std::io;

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
    #[expect(clippy::unnecessary_wraps, reason = "every command ends with an exit or a failure")]
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        clap_complete::generate(self.shell, &mut Program::command(), "baton", &mut io::stdout());
        Ok(Exit::Done)
    }
}
