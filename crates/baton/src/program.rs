//! The command line.

use baton_ctl::{Connection, Endpoints, Exit, Failure, Format, Verb};

use crate::commands::{completions, config, demo, dev, serve};

/// Runs customer journeys on a cluster: events in, the right message out, and every decision explains itself.
#[derive(Debug, clap::Parser)]
#[command(name = "baton", version, after_help = Exit::HELP, max_term_width = 120)]
pub(crate) struct Program {
    /// How answers are printed
    #[arg(short, long, global = true, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    endpoints: Endpoints,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// A throwaway node on this machine, for trying things out
    Dev(dev::Dev),
    /// The whole of it on real purchases, start to finish, with a report
    Demo(demo::Demo),
    /// A node
    Serve(serve::Serve),
    /// The configuration of a node
    #[command(subcommand)]
    Config(config::ConfigVerb),
    /// What a shell needs to complete commands
    Completions(completions::Completions),
    #[command(flatten)]
    Verb(Verb),
}

impl Program {
    /// Runs the command. `Err` is told on standard error.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let answer = match self.command {
            Command::Dev(command) => return command.run().await,
            Command::Serve(command) => return command.run().await,
            Command::Completions(command) => return command.run(),
            Command::Demo(command) => command.run().await?,
            Command::Config(command) => command.run()?,
            Command::Verb(verb) => verb.run(&Connection::open(&self.endpoints).await?).await?,
        };
        let printed = answer.print(self.output);
        printed.map_err(|error| Failure::new(Exit::Failed, format!("the answer cannot be printed: {error}"), ""))?;
        Ok(answer.exit)
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Program::command().debug_assert();
    }

    #[test]
    fn a_wrong_command_line_ends_with_the_code_for_usage() {
        let check = |words: &[&str]| {
            let error = Program::try_parse_from(words).unwrap_err();
            assert_eq!(error.exit_code(), i32::from(Exit::Usage.code()), "{words:?}");
        };
        check(&["baton"]);
        check(&["baton", "fly"]);
        check(&["baton", "event", "import", "x.jsonl", "--batch", "2000"]);
        check(&["baton", "customer", "explain", "c", "--journey", "a", "--segment", "b"]);
        check(&["baton", "list", "-o", "xml"]);
        check(&["baton", "dev", "--time-scale", "0"]);
        check(&["baton", "dev", "--time-scale", "1000001"]);
        check(&["baton", "dev", "--time-scale", "2", "--test-clock", "2024-01-01T00:00:00Z"]);
    }

    #[test]
    fn common_flags_may_stand_behind_the_verb() {
        let program = Program::try_parse_from([
            "baton",
            "cluster",
            "check",
            "-o",
            "json",
            "--endpoint",
            "a:1",
            "--endpoint",
            "b:2",
        ]);
        let program = program.unwrap();
        assert_eq!(program.output, Format::Json);
        assert_eq!(program.endpoints.urls, ["a:1", "b:2"]);
    }
}
