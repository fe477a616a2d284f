//! A child process that never outlives its owner. Its id is used only until it was reaped, so a signal hits nobody else.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use crate::guardian::Guardian;

/// Between two looks whether the process has ended.
const LOOK_EVERY: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    guardian: Arc<Guardian>,
}

/// What the launcher asks of a process beyond killing it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    Terminate,
    Stop,
    Continue,
}

impl Process {
    /// Starts it in a process group of its own: Ctrl-C of a terminal reaches the launcher alone.
    pub(crate) fn start(mut command: Command, guardian: &Arc<Guardian>) -> io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let process = Self { child, guardian: Arc::clone(guardian) };
        process.guardian.watch(process.id())?;
        Ok(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let ended = self.child.try_wait()?;
        if ended.is_some() {
            self.guardian.forget(self.id());
        }
        Ok(ended)
    }

    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ends it as a crash would: no handler runs. Returns before it is gone; nothing happens if it has ended.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// By the shell's `kill`: the standard library sends no signal but KILL. Nothing happens if it has ended.
    pub(crate) async fn signal(&mut self, signal: Signal) -> io::Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        let script = format!("kill -{} {}", signal.name(), self.id());
        let status = tokio::process::Command::new("sh").args(["-c", &script]).status().await?;
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("`{script}` ended with {status}"))) }
    }
}

impl Drop for Process {
    /// Waits until it is gone, so that its files and ports are free.
    fn drop(&mut self) {
        // Both fail only when it was reaped before.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.guardian.forget(self.id());
    }
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Stop => "STOP",
            Self::Continue => "CONT",
        }
    }
}
