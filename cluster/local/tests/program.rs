//! The program: what it shows, what it obeys, and that no node outlives it, however it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use baton_local_cluster::binary_of_sources;
use serde_json::Value;

/// Far longer than anything takes that is to happen.
const LONG: Duration = Duration::from_secs(30);

struct Program {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Program {
    /// One node; what the program shows at first is the answer.
    fn start() -> (Self, Value) {
        static BINARY: OnceLock<PathBuf> = OnceLock::new();
        let binary = BINARY.get_or_init(|| binary_of_sources(std::env::var_os("CARGO").as_deref()).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton-local-cluster"));
        command.args(["--nodes", "1", "--shards", "2", "-o", "json", "--keep"]).arg(folder.path());
        command.arg("--baton").arg(binary).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut program = Self { child, stdin, stdout, folder };
        let shown = program.read();
        (program, shown)
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn ask(&mut self, line: &str) -> Value {
        writeln!(self.stdin, "{line}").unwrap();
        self.read()
    }

    fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    }
}

impl Drop for Program {
    /// When a test fails: the guardian of the program ends its nodes.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn process(view: &Value) -> Option<u64> {
    view["nodes"][0]["process"].as_u64()
}

fn exists(process: u64) -> bool {
    // A process that was adopted by nobody who reaps it stays as a zombie, which holds nothing.
    let stat = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn is_soon_gone(process: u64) -> bool {
    let end = Instant::now() + LONG;
    while exists(process) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    !exists(process)
}

#[test]
fn it_obeys_what_is_typed() {
    let (mut program, shown) = Program::start();
    let first = process(&shown).unwrap();
    assert!(exists(first));
    assert!(shown["nodes"][0]["grpc"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let table = [
        ("pause 1", true, "done"),
        ("resume 1", true, "done"),
        ("kill 1", true, "done"),
        ("kill 1", false, "node 1 is not running: restart it first"),
        ("kill 2", false, "there is no node 2: they are 1 to 1"),
        ("cut 1 1", false, "a node has no link to itself: name two nodes"),
        ("dance", false, "`dance` is no command: `help` shows them"),
    ];
    for (line, is_done, said) in table {
        let answer = program.ask(line);
        assert_eq!((answer["done"].as_bool(), answer["said"].as_str()), (Some(is_done), Some(said)), "{line}");
    }
    let status = program.ask("status");
    assert_eq!((process(&status), &status["nodes"][0]["is_ready"]), (None, &Value::Bool(false)));
    assert_eq!(program.ask("restart 1")["said"], "done");
    let status = program.ask("status");
    let second = process(&status).unwrap();
    assert!(second != first && exists(second) && status["nodes"][0]["is_ready"] == true, "{status}");
    writeln!(program.stdin, "quit").unwrap();
    assert!(program.child.wait().unwrap().success());
    assert!(!exists(second));
    assert!(program.folder.path().join("node-1.log").is_file());
}

#[test]
fn a_signal_ends_it_and_its_node_in_order() {
    for name in ["INT", "TERM"] {
        let (mut program, shown) = Program::start();
        program.signal(name);
        assert!(program.child.wait().unwrap().success(), "{name}");
        assert!(!exists(process(&shown).unwrap()), "{name}");
    }
}

/// A paused node would die without the guardian, too: the system hangs up on stopped processes whose parent is gone.
#[test]
fn a_program_that_is_killed_leaves_no_node() {
    for paused in [false, true] {
        let (mut program, shown) = Program::start();
        if paused {
            program.ask("pause 1");
        }
        program.signal("KILL");
        program.child.wait().unwrap();
        assert!(is_soon_gone(process(&shown).unwrap()), "paused: {paused}");
    }
}
