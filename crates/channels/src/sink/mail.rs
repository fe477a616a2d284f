//! A mail catcher: an SMTP server that takes every mail which names its send, writes it down, and delivers nothing.
//!
//! `mailin` is the protocol (commands, states, dot-unstuffing); this file is its sockets, its bounds and its book.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use baton_model::ids::{Epoch, SendId};
use bytes::Bytes;
use mailin::response::{NO_STORAGE, OK, OUT_OF_SPACE};
use mailin::{Action, Handler, Response, SessionBuilder};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::receipts::Receipts;
use crate::smtp::{HEADER_ATTEMPT, HEADER_EPOCH, HEADER_SEND_ID};

/// The most bytes of a mail. A longer one is read to its end, answered 552 and turned away.
const MAIL_BYTES_MAX: usize = 1024 * 1024;

/// The most bytes of a line (RFC 5321 asks for 1,000; mails with long lines exist). A longer one ends the connection.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// The most connections at once. Further ones wait in the listener's queue.
const CONNECTIONS_MAX: usize = 256;

/// How long to wait after a connection could not be accepted, so that a lack of file handles does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// How long a client may be silent before its connection is closed.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// A running mail catcher. Dropping it stops it.
#[derive(Debug)]
pub struct MailSink {
    address: SocketAddr,
    receipts: Receipts,
    _server: JoinSet<()>,
}

impl MailSink {
    /// Listens on `address`; port 0 takes a free one.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let receipts = Receipts::default();
        let mut server = JoinSet::new();
        server.spawn(accept(listener, receipts.clone()));
        Ok(Self { address, receipts, _server: server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What arrived.
    pub fn receipts(&self) -> &Receipts {
        &self.receipts
    }
}

async fn accept(listener: TcpListener, receipts: Receipts) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        // An error belongs to one client that left before it was accepted, or the process is out of file handles.
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let clerk = Clerk { receipts: receipts.clone(), mail: Vec::new(), too_long: false };
        connections.spawn(async move {
            // A client that leaves in the middle is the client's affair.
            let _ = serve(stream, peer.ip(), clerk).await;
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, peer: IpAddr, clerk: Clerk) -> io::Result<()> {
    let mut session = SessionBuilder::new("baton-mail-sink").build(peer, clerk);
    let mut stream = BufReader::new(stream);
    stream.write_all(&session.greeting().buffer()?).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut stream).take(LINE_BYTES_MAX as u64);
        timeout(SILENCE_MAX, limited.read_until(b'\n', &mut line)).await??;
        if line.last() != Some(&b'\n') {
            return Ok(());
        }
        let response = session.process(&line);
        if response.action == Action::NoReply {
            continue;
        }
        stream.write_all(&response.buffer()?).await?;
        if response.action == Action::Close {
            return Ok(());
        }
    }
}

/// Takes the mails of one connection.
struct Clerk {
    receipts: Receipts,
    mail: Vec<u8>,
    too_long: bool,
}

impl Handler for Clerk {
    fn data_start(&mut self, _domain: &str, _from: &str, _is8bit: bool, _to: &[String]) -> Response {
        self.mail.clear();
        self.too_long = false;
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.too_long |= self.mail.len() + line.len() > MAIL_BYTES_MAX;
        if !self.too_long {
            self.mail.extend_from_slice(line);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if self.too_long {
            self.receipts.reject();
            return NO_STORAGE;
        }
        let mail = Bytes::from(std::mem::take(&mut self.mail));
        let Some((send, newest)) = attempt(&mail) else {
            self.receipts.reject();
            return Response::custom(550, format!("no {HEADER_SEND_ID}, {HEADER_EPOCH} and {HEADER_ATTEMPT}"));
        };
        match self.receipts.record(send, newest, mail) {
            Ok(()) => OK,
            Err(_) => OUT_OF_SPACE,
        }
    }
}

/// Which send the mail is, and which attempt at it.
fn attempt(mail: &[u8]) -> Option<(SendId, (Epoch, u32))> {
    let send = header(mail, HEADER_SEND_ID)?.parse().ok()?;
    let epoch = header(mail, HEADER_EPOCH)?.parse().ok()?;
    Some((send, (Epoch(epoch), header(mail, HEADER_ATTEMPT)?.parse().ok()?)))
}

/// The value of a header that is not folded, as Baton's own are.
fn header<'a>(mail: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = mail.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if line[..colon].eq_ignore_ascii_case(name.as_bytes()) {
            return std::str::from_utf8(&line[colon + 1..]).ok().map(str::trim);
        }
    }
    None
}
