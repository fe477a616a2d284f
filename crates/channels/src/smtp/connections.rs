//! Connections to one relay that are kept between attempts.
//!
//! lettre has a pool of its own; it hides in which phase a transaction failed, and that phase is the whole difference
//! between *retry* and *unknown*.

use std::sync::{Mutex, PoisonError};

use baton_ports::channel::Outcome;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Security, SmtpConfig, describe};

/// The most idle connections. When it is full, a connection that becomes idle is closed. How many are in use at once is
/// bounded by the sender's concurrency for this provider.
const IDLE_MAX: usize = 16;

pub(super) struct Connections {
    config: SmtpConfig,
    hello_name: ClientId,
    tls: Option<TlsParameters>,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Connections {
    pub(super) fn new(config: SmtpConfig, tls: Option<TlsParameters>) -> Self {
        let hello_name = ClientId::Domain(config.hello_name.clone());
        Self { config, hello_name, tls, idle: Mutex::default() }
    }

    /// A connection that is ready for a transaction, and whether it was idle before.
    pub(super) async fn take(&self) -> Result<(AsyncSmtpConnection, bool), Outcome> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok((connection, true));
        }
        let reason = match timeout(self.config.connect_timeout, self.open()).await {
            Ok(Ok(connection)) => return Ok((connection, false)),
            Ok(Err(reason)) => reason,
            Err(_) => format!("no connection within {:?}", self.config.connect_timeout),
        };
        // Also when the relay answers 5xx: it refuses us, not the message.
        Err(Outcome::RetryLater { reason, after: None })
    }

    /// Keeps a connection whose transaction has ended well.
    pub(super) fn put_back(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, String> {
        let mut connection = self.connect().await?;
        let Self { config, hello_name, tls, .. } = self;
        if let (Security::StartTls, Some(tls)) = (config.security, tls.clone()) {
            connection.starttls(tls, hello_name).await.map_err(|error| describe(&error))?;
        }
        if let Some((user, password)) = &config.credentials {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(|error| describe(&error))?;
        }
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let Self { config, hello_name, tls, .. } = self;
        let server = (config.host.as_str(), config.port);
        if let (Security::Tls, Some(tls)) = (config.security, tls.clone()) {
            // lettre opens this socket itself and gives no hand to set it.
            let wait = Some(config.connect_timeout);
            let connected = AsyncSmtpConnection::connect_tokio1(server, wait, hello_name, Some(tls), None).await;
            return connected.map_err(|error| describe(&error));
        }
        let stream = TcpStream::connect(server).await.map_err(|error| error.to_string())?;
        // A mail and its final dot are two writes: without this the dot waits about 40 ms for the relay's delayed
        // acknowledgement of the mail.
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let connected = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello_name).await;
        connected.map_err(|error| describe(&error))
    }
}
