//! Commands: what each does before everything else reacts to it. One command per file.

mod adopt;
mod ingest;
mod pause;
mod permit;
mod redeliver;
mod report;
mod resume;
mod set_aside;
mod settle;

use crate::phases::fire;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Command};

/// Carries a command out; due timers come first.
pub(crate) fn run(turn: &mut Turn<'_>, command: Command) -> Result<Answer, GivenUp> {
    if turn.is_parked() && !matches!(command, Command::Resume { .. } | Command::SetAside { .. }) {
        return Err(while_parked(turn, &command));
    }
    if !matches!(command, Command::SetAside { .. }) {
        adopt::follow(turn);
    }
    match command {
        Command::Ingest(event) => ingest::run(turn, *event),
        Command::Wake if fire::due(turn) => Ok(Answer::Done),
        Command::Wake => Err(GivenUp::Nothing),
        Command::Permit { send, epoch } => permit::run(turn, send, epoch),
        Command::Settle { send, outcome } => settle::run(turn, send, outcome),
        Command::Report { send, status, at, detail } => report::run(turn, send, status, at, detail),
        Command::Redeliver { send, retry, by } => redeliver::run(turn, send, retry, by),
        Command::Pause(pause) => Ok(pause::run(turn, pause)),
        Command::Resume { by, reason } => resume::run(turn, by, reason),
        Command::Adopt => adopt::run(turn),
        Command::SetAside { failed, dead_letter } => Ok(set_aside::run(turn, *failed, &dead_letter)),
    }
}

/// What a parked customer answers. What was taken before needs no decision.
fn while_parked(turn: &Turn<'_>, command: &Command) -> GivenUp {
    match command {
        Command::Ingest(event) if ingest::is_repeat(turn, event) => GivenUp::Repeat,
        _ => GivenUp::Parked,
    }
}
