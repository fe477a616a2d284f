//! Calls that do not belong in the code, and where each may stand all the same. Tests may call anything.

pub struct Ban {
    /// The end of the full path, as the imports of the file resolve it.
    pub path: &'static [&'static str],
    /// Full paths that start like this are not meant.
    pub unless: &'static [&'static str],
    /// Paths under which the call is at home.
    pub home: &'static [&'static str],
    pub instead: &'static str,
}

/// Where the clock port is implemented by the machine's clock.
const REAL_CLOCK: &str = "crates/node/src/clock/";
/// Chance enters where the parts of a node are put together, and goes on as an argument.
const WIRING: &str = "crates/node/src/";

const CLOCK: &str = "take `now` as an argument, or read the clock port";
const RANDOM: &str = "take a seeded generator as an argument";
const BOUNDED: &str = "use a channel with a named capacity";

#[rustfmt::skip]
pub const BANS: &[Ban] = &[
    Ban { path: &["SystemTime", "now"],     unless: &[], home: &[REAL_CLOCK], instead: CLOCK },
    Ban { path: &["Timestamp", "now"],      unless: &[], home: &[REAL_CLOCK], instead: CLOCK },
    Ban { path: &["Zoned", "now"],          unless: &[], home: &[REAL_CLOCK], instead: CLOCK },
    Ban { path: &["TimeZone", "system"],    unless: &[], home: &[], instead: "take the time zone as an argument: each customer has one" },
    // The instants of tokio stand still in a test with paused time.
    Ban { path: &["Instant", "now"],        unless: &["tokio", "time"], home: &[REAL_CLOCK], instead: "measure with `tokio::time::Instant`, or read the clock port" },
    Ban { path: &["thread_rng"],            unless: &[], home: &[WIRING], instead: RANDOM },
    Ban { path: &["rand", "rng"],           unless: &[], home: &[WIRING], instead: RANDOM },
    Ban { path: &["rand", "random"],        unless: &[], home: &[WIRING], instead: RANDOM },
    Ban { path: &["do_send"],               unless: &[], home: &[], instead: "use `try_send` and answer when the mailbox is full" },
    Ban { path: &["unbounded_channel"],     unless: &[], home: &[], instead: BOUNDED },
    Ban { path: &["unbounded"],             unless: &[], home: &[], instead: BOUNDED },
    Ban { path: &["std", "sync", "mpsc", "channel"], unless: &[], home: &[], instead: "use `sync_channel` with a named capacity" },
    Ban { path: &["env", "var"],            unless: &[], home: PROGRAMS, instead: READ_SETTINGS },
    Ban { path: &["env", "var_os"],         unless: &[], home: PROGRAMS, instead: READ_SETTINGS },
    Ban { path: &["env", "vars"],           unless: &[], home: PROGRAMS, instead: READ_SETTINGS },
    Ban { path: &["env", "vars_os"],        unless: &[], home: PROGRAMS, instead: READ_SETTINGS },
];

const PROGRAMS: &[&str] = &["crates/node/", "crates/baton/", "crates/xtask/"];
const READ_SETTINGS: &str = "take the setting as an argument; `node` reads the environment";

/// Words and paths that a pure crate does not contain outside its tests.
pub const IMPURE: &[(&[&str], &str)] = &[
    (&["HashMap"], "use `BTreeMap`: its order is the same on every replica"),
    (&["HashSet"], "use `BTreeSet`: its order is the same on every replica"),
    (&["async"], "return an effect as data; a shell crate performs it"),
    (&["await"], "return an effect as data; a shell crate performs it"),
    (&["std", "fs"], "take the content as an argument"),
    (&["std", "io"], "take the content as an argument"),
    (&["std", "net"], "return an effect as data; a shell crate performs it"),
    (&["std", "process"], "return an effect as data; a shell crate performs it"),
    (&["std", "thread"], "return an effect as data; a shell crate performs it"),
    (&["std", "env"], "take the setting as an argument"),
];
