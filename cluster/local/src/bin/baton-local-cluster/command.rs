//! What can be typed, one command a line.

use std::str::FromStr;

/// Shown by `help` and by `--help`.
pub(crate) const HELP: &str = "\
Commands, one a line, while the cluster runs:
  status                 the nodes, and what the relays between them did
  kill N                 end node N as a crash would
  stop N                 end node N in order
  restart N              start node N again, killing it if it runs
  pause N | resume N     stop the time of node N, and let it go on
  cut A B                A and B refuse each other
  isolate N              node N and all others refuse each other
  silence A B            what A says to B is lost; what B says to A arrives
  slow A B MS            what A says to B, and B to A, takes so many milliseconds
  heal                   end all cuts, silences and delays
  quit                   end all nodes in order";

/// Nodes are numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Status,
    Kill(usize),
    Stop(usize),
    Restart(usize),
    Pause(usize),
    Resume(usize),
    Cut(usize, usize),
    Isolate(usize),
    Silence(usize, usize),
    Slow { one: usize, other: usize, milliseconds: u64 },
    Heal,
    Help,
    Quit,
}

impl Command {
    /// The nodes it names.
    pub(crate) fn nodes(self) -> Vec<usize> {
        match self {
            Self::Kill(node)
            | Self::Stop(node)
            | Self::Restart(node)
            | Self::Pause(node)
            | Self::Resume(node)
            | Self::Isolate(node) => vec![node],
            Self::Cut(one, other) | Self::Silence(one, other) | Self::Slow { one, other, .. } => vec![one, other],
            Self::Status | Self::Heal | Self::Help | Self::Quit => vec![],
        }
    }
}

impl FromStr for Command {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |word: &str| word.parse().map_err(|_| format!("`{word}` is no number of a node"));
        Ok(match *words.as_slice() {
            ["status"] => Self::Status,
            ["kill", node] => Self::Kill(number(node)?),
            ["stop", node] => Self::Stop(number(node)?),
            ["restart", node] => Self::Restart(number(node)?),
            ["pause", node] => Self::Pause(number(node)?),
            ["resume", node] => Self::Resume(number(node)?),
            ["cut", one, other] => Self::Cut(number(one)?, number(other)?),
            ["isolate", node] => Self::Isolate(number(node)?),
            ["silence", from, to] => Self::Silence(number(from)?, number(to)?),
            ["slow", one, other, milliseconds] => Self::Slow {
                one: number(one)?,
                other: number(other)?,
                milliseconds: milliseconds.parse().map_err(|_| format!("`{milliseconds}` are no milliseconds"))?,
            },
            ["heal"] => Self::Heal,
            ["help"] => Self::Help,
            ["quit" | "exit"] => Self::Quit,
            _ => return Err(format!("`{}` is no command: `help` shows them", line.trim())),
        })
    }
}

#[cfg(test)]
mod tests;
