//! The exit codes. Scripts rely on them: a code keeps its meaning for ever.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It is done.
    Done,
    /// It failed, by a fault of Baton or of the machine.
    Failed,
    /// The command line is wrong. `clap` ends with the same code.
    Usage,
    /// The request was refused: documents with errors, a field that is wrong, a state that does not allow it.
    Refused,
    /// What was asked for does not exist.
    NotFound,
    /// Nobody could answer. The same command may work in a moment.
    Unavailable,
    /// Some of it is done: events were rejected or stayed unanswered.
    Incomplete,
    /// A check found something wrong.
    Violations,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::NotFound => 4,
            Self::Unavailable => 5,
            Self::Incomplete => 6,
            Self::Violations => 7,
        }
    }

    /// For `--help`.
    pub const HELP: &'static str = "Exit codes: 0 done · 1 failed · 2 wrong command line · 3 refused · 4 not found · \
                                    5 nobody could answer · 6 only some of it is done · 7 a check found something wrong";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_meaning() {
        let all = [
            (Exit::Done, 0),
            (Exit::Failed, 1),
            (Exit::Usage, 2),
            (Exit::Refused, 3),
            (Exit::NotFound, 4),
            (Exit::Unavailable, 5),
            (Exit::Incomplete, 6),
            (Exit::Violations, 7),
        ];
        for (exit, code) in all {
            assert_eq!(exit.code(), code);
            assert!(Exit::HELP.contains(&format!("{code} ")), "the help tells of {code}");
        }
    }
}
