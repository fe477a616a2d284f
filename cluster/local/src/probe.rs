//! Health of a node, asked over HTTP as a load balancer would.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one question may take: a paused node takes the connection and never answers.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// Between two questions.
pub(crate) const ASK_EVERY: Duration = Duration::from_millis(20);

/// More than any answer of these paths has. The rest is not read.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Status and body of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    tokio::time::timeout(ANSWER_MAX, ask(address, path)).await?
}

async fn ask(address: SocketAddr, path: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut text).await?;
    parse(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("not an answer of HTTP: {text:?}")))
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: body.trim().to_owned() })
}
