//! Lines and what they mean.

use super::*;

#[test]
fn lines_are_understood_or_explained() {
    let table = [
        ("status", Ok(Command::Status)),
        ("  kill   2 ", Ok(Command::Kill(2))),
        ("cut 1 2", Ok(Command::Cut(1, 2))),
        ("slow 1 3 250", Ok(Command::Slow { one: 1, other: 3, milliseconds: 250 })),
        ("quit", Ok(Command::Quit)),
        ("kill two", Err("`two` is no number of a node")),
        ("slow 1 3 x", Err("`x` are no milliseconds")),
        ("kill", Err("`kill` is no command: `help` shows them")),
        ("cut 1 2 3", Err("`cut 1 2 3` is no command: `help` shows them")),
    ];
    for (line, expected) in table {
        assert_eq!(line.parse::<Command>(), expected.map_err(str::to_owned), "{line}");
    }
}

#[test]
fn help_shows_every_command() {
    let verbs = "status kill stop restart pause resume cut isolate silence slow heal quit";
    for verb in verbs.split(' ') {
        assert!(HELP.contains(&format!(" {verb} ")), "{verb}");
    }
}
