//! As much of a node as the birth of a cluster needs. It waits on its gRPC port to be told that it is the first one; the
//! others join by sending the token to a seed. It is ready when it is the first one or has joined.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use toml::Table;

pub(crate) const CLUSTER_ID: &str = "5d1e5d1e5d1e5d1e5d1e5d1e5d1e5d1e";
pub(crate) const JOIN_TOKEN: &str = "the-token";

/// The id of a cluster that is not made.
pub(crate) const REFUSED: &str = "00000000000000000000000000000000";

/// A setting: the node never joins.
pub(crate) const MUTE: &str = "mute";

const RETRY_EVERY: Duration = Duration::from_millis(20);

static IS_READY: AtomicBool = AtomicBool::new(false);

/// `baton serve`
pub(crate) fn serve(path: &str) {
    let file: Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let listener = |key: &str| TcpListener::bind(file["node"][key].as_str().unwrap()).unwrap();
    let (grpc, peer, http) = (listener("grpc"), listener("peer"), listener("http"));
    thread::spawn(move || each(&grpc, answer_init));
    thread::spawn(move || each(&peer, answer_join));
    thread::spawn(move || join(&file));
    each(&http, answer_health);
}

/// `baton cluster init`
pub(crate) fn init(options: &[&str]) {
    let value = |name: &str| options.iter().position(|option| *option == name).map(|index| options[index + 1]);
    let id = value("--cluster-id").unwrap_or(CLUSTER_ID);
    assert_eq!((value("--nodes"), value("--output")), (Some("3"), Some("json")));
    assert!(id != REFUSED, "the stand-in refuses");
    let endpoint = value("--endpoint").unwrap().strip_prefix("http://").unwrap();
    TcpStream::connect(endpoint).unwrap().write_all(b"init\n").unwrap();
    let answer = serde_json::json!({"cluster_id": id, "join_token": JOIN_TOKEN});
    println!("{answer:#}");
}

fn each(listener: &TcpListener, answer: impl Fn(&mut TcpStream)) {
    for stream in listener.incoming() {
        answer(&mut stream.unwrap());
    }
}

fn line(stream: &mut TcpStream) -> String {
    let mut line = String::new();
    // A connection that says nothing says an empty line.
    let _ = BufReader::new(stream).read_line(&mut line);
    line.trim().to_owned()
}

fn answer_init(stream: &mut TcpStream) {
    if line(stream) == "init" {
        IS_READY.store(true, Ordering::SeqCst);
    }
}

fn answer_join(stream: &mut TcpStream) {
    if line(stream) == JOIN_TOKEN {
        let _ = stream.write_all(b"welcome");
    }
}

fn answer_health(stream: &mut TcpStream) {
    let is_well = line(stream).contains("/livez") || IS_READY.load(Ordering::SeqCst);
    let status = if is_well { "200 OK" } else { "503 Service Unavailable" };
    let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes());
}

/// Until a seed lets it in.
fn join(file: &Table) {
    let cluster = file["cluster"].as_table().unwrap();
    let (Some(id), Some(token)) = (cluster.get("id"), cluster.get("join_token")) else { return };
    assert_eq!(id.as_str().unwrap().len(), CLUSTER_ID.len());
    let dial = file["node"].get("dial");
    while !IS_READY.load(Ordering::SeqCst) && !file.contains_key(MUTE) {
        for seed in cluster["seeds"].as_array().unwrap() {
            let seed = seed.as_str().unwrap();
            let address = dial.map_or(seed, |dial| dial[seed].as_str().unwrap());
            if asks(address, token.as_str().unwrap()) {
                IS_READY.store(true, Ordering::SeqCst);
            }
        }
        thread::sleep(RETRY_EVERY);
    }
}

fn asks(address: &str, token: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let mut answer = String::new();
    writeln!(stream, "{token}").is_ok() && stream.read_to_string(&mut answer).is_ok() && answer == "welcome"
}
