//! A mail relay as a channel: one SMTP transaction per attempt, over a connection that is kept for the next.
//!
//! Only between the first byte of the message and the relay's answer can contact be lost with an unknown outcome; before
//! that the relay has nothing to deliver, after it we know. So the transaction is driven command by command:
//!
//! ```text
//! connect, TLS, EHLO, AUTH │ MAIL, RCPT, DATA    │ message …… answer
//! any failure: retry       │ 4xx, lost: retry    │ 4xx: retry, 5xx: failed for good
//!                          │ 5xx: failed for good│ lost or silent: unknown
//! ```

use std::time::Duration;

use baton_ports::channel::{Delivery, Outcome, Provider, Rendered};
use futures::future::BoxFuture;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::Secret;
use connections::Connections;

mod connections;
mod mail;

pub use mail::{HEADER_ATTEMPT, HEADER_EPOCH, HEADER_SEND_ID};

/// How much of a relay's answer is kept, as message id or as reason.
const ANSWER_CHARS_MAX: usize = 200;

/// Which relay, and how to speak to it.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The provider's name in configuration, logs and metrics.
    pub name: String,
    /// The relay's host name; its certificate must name it.
    pub host: String,
    /// Its port: 465 for [`Security::Tls`], 587 for [`Security::StartTls`].
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User and password, if the relay asks for them.
    pub credentials: Option<(String, Secret)>,
    /// The mailbox that mails come from unless they name one, such as `Shop <hello@shop.example>`.
    pub from: String,
    /// Our name: what EHLO says, and the domain of message ids.
    pub hello_name: String,
    /// How long connecting, TLS and login may take together.
    pub connect_timeout: Duration,
    /// How long the transaction may take up to the message, and again from the message to its answer.
    pub timeout: Duration,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, required: without it nothing is said.
    StartTls,
    /// None; for a relay on this machine.
    Plaintext,
}

/// Sends through one relay.
pub struct SmtpProvider {
    name: String,
    from: Mailbox,
    domain: String,
    timeout: Duration,
    connections: Connections,
}

/// Why a relay cannot serve as a channel.
#[derive(Debug, thiserror::Error)]
pub enum SmtpConfigError {
    /// The sender's mailbox cannot be read.
    #[error("from `{from}` is not a mailbox: write `Name <user@host>` or `user@host`")]
    From {
        /// As configured.
        from: String,
    },
    /// The roots of trust cannot be loaded, or the host is not a name that a certificate can have.
    #[error("TLS to `{host}` cannot be prepared")]
    Tls {
        /// As configured.
        host: String,
        /// What is wrong.
        #[source]
        source: SmtpError,
    },
}

impl SmtpProvider {
    /// Checks the configuration and loads the machine's roots of trust. Opens no connection yet.
    pub fn new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        let Ok(from) = config.from.parse() else { return Err(SmtpConfigError::From { from: config.from }) };
        let tls = match config.security {
            Security::Plaintext => None,
            Security::Tls | Security::StartTls => Some(
                TlsParameters::new_rustls(config.host.clone())
                    .map_err(|source| SmtpConfigError::Tls { host: config.host.clone(), source })?,
            ),
        };
        let (name, domain, timeout) = (config.name.clone(), config.hello_name.clone(), config.timeout);
        Ok(Self { name, from, domain, timeout, connections: Connections::new(config, tls) })
    }

    async fn attempt(&self, envelope: &Envelope, message: &[u8]) -> Outcome {
        let mut connection = match self.prepare(envelope, message).await {
            Ok(connection) => connection,
            Err(outcome) => return outcome,
        };
        match timeout(self.timeout, connection.message(message)).await {
            Ok(Ok(response)) => {
                self.connections.put_back(connection);
                Outcome::Accepted { provider_message_id: Some(first_line(&response)) }
            }
            Ok(Err(error)) => answered(&error).unwrap_or_else(|| Outcome::Unknown { reason: describe(&error) }),
            Err(_) => Outcome::Unknown { reason: format!("no answer to the message within {:?}", self.timeout) },
        }
    }

    /// A connection on which the relay waits for the message.
    async fn prepare(&self, envelope: &Envelope, message: &[u8]) -> Result<AsyncSmtpConnection, Outcome> {
        loop {
            let (mut connection, reused) = self.connections.take().await?;
            match timeout(self.timeout, announce(&mut connection, envelope, message)).await {
                Ok(Ok(())) => return Ok(connection),
                // The relay closed it while it was idle. Each turn uses up one idle connection, so this ends.
                Ok(Err(Refusal::Smtp(error))) if reused && error.status().is_none() => {}
                Ok(Err(Refusal::Smtp(error))) => {
                    let lost = || Outcome::RetryLater { reason: describe(&error), after: None };
                    return Err(answered(&error).unwrap_or_else(lost));
                }
                Ok(Err(Refusal::Unsupported(reason))) => {
                    return Err(Outcome::FailedForGood { reason: reason.to_owned() });
                }
                Err(_) => {
                    let reason = format!("the relay did not take the envelope within {:?}", self.timeout);
                    return Err(Outcome::RetryLater { reason, after: None });
                }
            }
        }
    }
}

impl Provider for SmtpProvider {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver(&self, delivery: Delivery) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let Rendered::Email(email) = &delivery.message else {
                return Outcome::FailedForGood { reason: "a mail relay carries mails only".to_owned() };
            };
            match mail::build(email, &delivery, &self.from, &self.domain) {
                Ok(message) => self.attempt(message.envelope(), &message.formatted()).await,
                Err(error) => Outcome::FailedForGood { reason: error.to_string() },
            }
        })
    }
}

/// Why a transaction ended before its message.
enum Refusal {
    Smtp(SmtpError),
    Unsupported(&'static str),
}

impl From<SmtpError> for Refusal {
    fn from(error: SmtpError) -> Self {
        Self::Smtp(error)
    }
}

async fn announce(connection: &mut AsyncSmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<(), Refusal> {
    let mut parameters = Vec::new();
    let addresses = envelope.to().iter().chain(envelope.from());
    if !addresses.map(AsRef::<str>::as_ref).all(str::is_ascii) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Refusal::Unsupported("the address is not ASCII and the relay does not know SMTPUTF8"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Err(Refusal::Unsupported("the mail is not ASCII and the relay does not know 8BITMIME"));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await?;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    Ok(())
}

/// The outcome that the relay's own answer gives; `None` if there was no answer.
fn answered(error: &SmtpError) -> Option<Outcome> {
    let reason = describe(error);
    if error.is_permanent() {
        return Some(Outcome::FailedForGood { reason });
    }
    error.is_transient().then_some(Outcome::RetryLater { reason, after: None })
}

fn describe(error: &SmtpError) -> String {
    let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
    let kind = error.status().map_or_else(|| error.to_string(), |status| format!("answered {status}"));
    cut(&if kind.ends_with(&cause) { kind } else { kind + &cause })
}

fn first_line(response: &Response) -> String {
    cut(response.first_line().unwrap_or_default())
}

fn cut(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ANSWER_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
