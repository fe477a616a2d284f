//! Ends the nodes when this process cannot: a shell that reads from a pipe whose other end only this process holds.
//!
//! The pipe carries the process ids that are alive, all of them whenever one comes or goes. It closes when this process
//! ends, however it ends; then the shell kills the last ids it was told. An id is told off before it can be used again,
//! because a process that ended keeps its id until it is reaped, and reaping it is followed by the telling.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Signals of a terminal and of an orderly end are for this process; it ends the nodes in order.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
alive=
while read -r line; do alive=$line; done
[ -z "$alive" ] || kill -KILL $alive
"#;

#[derive(Debug)]
pub(crate) struct Guardian {
    shell: Child,
    told: Mutex<Told>,
}

#[derive(Debug)]
struct Told {
    alive: BTreeSet<u32>,
    /// Gone when the guardian is dropped.
    pipe: Option<ChildStdin>,
}

impl Guardian {
    pub(crate) fn start() -> io::Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // In a group of its own: what ends the group of this process must not end the guardian first.
        let mut shell = command.process_group(0).spawn()?;
        let pipe = shell.stdin.take();
        Ok(Self { shell, told: Mutex::new(Told { alive: BTreeSet::new(), pipe }) })
    }

    /// From now on the process ends with this one.
    pub(crate) fn watch(&self, id: u32) -> io::Result<()> {
        let mut told = self.told();
        told.alive.insert(id);
        told.tell()
    }

    /// The process was reaped.
    pub(crate) fn forget(&self, id: u32) {
        let mut told = self.told();
        if told.alive.remove(&id) {
            // Without a guardian nobody kills the wrong process either.
            let _ = told.tell();
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        drop(self.told().pipe.take());
        // It has read the end and so ends; there is nothing to do if it was killed before.
        let _ = self.shell.wait();
    }
}

impl Told {
    /// One line, written at once: far below what a pipe takes in one piece.
    fn tell(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let ids: Vec<String> = self.alive.iter().map(u32::to_string).collect();
        pipe.write_all(format!("{}\n", ids.join(" ")).as_bytes())
    }
}
