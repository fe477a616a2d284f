//! Providers, and which of them carry which channel.

use std::collections::BTreeMap;
use std::path::PathBuf;

use baton_channels::Secret;
use serde::{Deserialize, Serialize};

/// The `delivery` section.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryConfig {
    /// The wait before the second attempt of a send; each further one doubles it. Milliseconds.
    pub retry_wait_ms: u64,
    /// The longest wait between two attempts. Milliseconds.
    pub retry_wait_max_ms: u64,
    /// Attempts of a send, after which it is dead and waits for an operator.
    pub attempts_max: u32,
    /// The accounts at providers, by name.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// For channels whose document names no providers: the providers to try, in order, by channel.
    pub channels: BTreeMap<String, ChannelConfig>,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            retry_wait_ms: 1_000,
            retry_wait_max_ms: 600_000,
            attempts_max: 12,
            providers: BTreeMap::new(),
            channels: BTreeMap::new(),
        }
    }
}

/// One account at a provider.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct ProviderConfig {
    /// Attempts under way at once.
    #[serde(default = "in_flight_max")]
    pub in_flight_max: u32,
    /// Attempts a second.
    #[serde(default = "per_second")]
    pub per_second: f64,
    /// How long one attempt may take. Seconds.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u64,
    /// What it speaks.
    #[serde(flatten)]
    pub kind: ProviderKind,
}

fn in_flight_max() -> u32 {
    32
}

fn per_second() -> f64 {
    1_000.0
}

fn timeout_seconds() -> u64 {
    10
}

/// What a provider speaks.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ProviderKind {
    /// One JSON line per attempt in a file; for people and tests.
    File {
        /// The file.
        path: PathBuf,
    },
    /// HTTP POST, signed per Standard Webhooks.
    Webhook {
        /// Where to.
        url: String,
        /// `whsec_…`.
        #[serde(serialize_with = "masked")]
        secret: Secret,
    },
    /// A mail relay.
    Smtp {
        /// Its host name.
        host: String,
        /// Its port.
        port: u16,
        /// How the connection is protected.
        #[serde(default)]
        security: SmtpSecurity,
        /// Who logs in, if the relay asks.
        #[serde(default)]
        user: Option<String>,
        /// And with what.
        #[serde(default, serialize_with = "masked_if_there")]
        password: Option<Secret>,
        /// The sender's mailbox.
        from: String,
        /// Our name: what EHLO says, and the domain of message ids.
        #[serde(default = "hello_name")]
        hello_name: String,
    },
}

fn hello_name() -> String {
    "localhost".to_owned()
}

/// How the connection to a relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, required.
    #[default]
    StartTls,
    /// None; for a relay on this machine.
    Plaintext,
}

fn masked<S: serde::Serializer>(_: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("(hidden)")
}

#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
pub(super) fn masked_if_there<S: serde::Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => masked(secret, serializer),
        None => serializer.serialize_none(),
    }
}

/// The providers of one channel.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelConfig {
    /// To try in this order.
    pub providers: Vec<String>,
}
