//! A webhook receiver: checks the signature, writes the attempt down, answers.
//!
//! It can be told to answer otherwise for a while ([`HttpSink::script`]), so that tests and people can watch what a
//! provider in trouble does to a journey.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_model::ids::{Epoch, SendId};
use bytes::Bytes;
use http_body_util::{BodyExt, Full as FullBody, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use standardwebhooks::{HEADER_WEBHOOK_ID, Webhook, WebhookError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::receipts::Receipts;
use crate::Secret;
use crate::webhook::{HEADER_ATTEMPT, HEADER_EPOCH};

/// The most bytes of a request's body. Longer ones are answered 413 and turned away.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The most connections at once. Further ones wait in the listener's queue.
const CONNECTIONS_MAX: usize = 512;

/// How long to wait after a connection could not be accepted, so that a lack of file handles does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// How long a client may take to send the head of a request before its connection is closed.
const HEAD_WAIT_MAX: Duration = Duration::from_secs(30);

/// How a scripted answer differs from `204 No Content`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Turns the message away with this status and, if given, `Retry-After` in seconds.
    Refuse(u16, Option<u32>),
    /// Takes the message and then closes the connection without an answer.
    TakeAndHangUp,
    /// Takes the message and then is silent for this long.
    TakeAndStall(Duration),
}

/// A running receiver. Dropping it stops it.
#[derive(Debug)]
pub struct HttpSink {
    address: SocketAddr,
    receipts: Receipts,
    script: Script,
    _server: JoinSet<()>,
}

type Script = Arc<Mutex<VecDeque<Answer>>>;

impl HttpSink {
    /// Listens on `address`; port 0 takes a free one. `secret` is what the senders sign with.
    pub async fn start(address: SocketAddr, secret: &Secret) -> io::Result<Self> {
        let verifier =
            Webhook::new(secret.expose()).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (receipts, script) = (Receipts::default(), Script::default());
        let desk = Arc::new(Desk { verifier, receipts: receipts.clone(), script: Arc::clone(&script) });
        let mut server = JoinSet::new();
        server.spawn(accept(listener, desk));
        Ok(Self { address, receipts, script, _server: server })
    }

    /// Where to post.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// What arrived.
    pub fn receipts(&self) -> &Receipts {
        &self.receipts
    }

    /// Answers the next requests like this, one each, then as usual again.
    pub fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).extend(answers);
    }
}

struct Desk {
    verifier: Webhook,
    receipts: Receipts,
    script: Script,
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        // An error belongs to one client that left before it was accepted, or the process is out of file handles.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            serve(stream, desk).await;
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(|request| {
        let desk = Arc::clone(&desk);
        async move { desk.answer(request).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT_MAX)
        .serve_connection(TokioIo::new(stream), service);
    // A client that leaves in the middle is the client's affair.
    let _ = connection.await;
}

/// Closes the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the script says to hang up")]
struct HangUp;

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<FullBody<Bytes>>, HangUp> {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
            self.receipts.reject();
            return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE));
        };
        let scripted = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if let Some(Answer::Refuse(status, retry_after)) = scripted {
            return Ok(refusal(status, retry_after));
        }
        let status = self.take(&head.headers, body.to_bytes());
        match scripted {
            Some(Answer::TakeAndHangUp) => return Err(HangUp),
            Some(Answer::TakeAndStall(wait)) => tokio::time::sleep(wait).await,
            _ => {}
        }
        Ok(plain(status))
    }

    /// Verifies and records one attempt.
    fn take(&self, headers: &HeaderMap, body: Bytes) -> StatusCode {
        let signed = self.verifier.verify(&body, headers);
        let known = signed.and_then(|()| attempt(headers));
        let Ok((send, newest)) = known else {
            self.receipts.reject();
            return StatusCode::UNAUTHORIZED;
        };
        match self.receipts.record(send, newest, body) {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Which send this is, and which attempt at it.
fn attempt(headers: &HeaderMap) -> Result<(SendId, (Epoch, u32)), WebhookError> {
    fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, WebhookError> {
        let text = headers.get(name).and_then(|value| value.to_str().ok());
        text.and_then(|text| text.parse().ok()).ok_or(WebhookError::InvalidHeader(name))
    }
    let send = number(headers, HEADER_WEBHOOK_ID)?;
    Ok((send, (Epoch(number(headers, HEADER_EPOCH)?), number(headers, HEADER_ATTEMPT)?)))
}

fn plain(status: StatusCode) -> Response<FullBody<Bytes>> {
    let mut response = Response::new(FullBody::default());
    *response.status_mut() = status;
    response
}

fn refusal(status: u16, retry_after: Option<u32>) -> Response<FullBody<Bytes>> {
    let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
