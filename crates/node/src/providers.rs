//! The providers that a node's configuration names, made ready.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use baton_channels::delivery::{BreakerConfig, GateConfig, Rate};
use baton_channels::file::{FileSink, OpenFileError};
use baton_channels::smtp::{Security, SmtpConfig, SmtpConfigError, SmtpProvider};
use baton_channels::webhook::{WebhookConfig, WebhookConfigError, WebhookProvider};
use baton_channels::{ProviderConfig as CourierProvider, ProviderCourier, UnknownProvider};
use baton_model::text_id::ChannelId;
use baton_ports::channel::Provider;
use baton_ports::clock::Clock;

use crate::config::{DeliveryConfig, ProviderConfig, ProviderKind, SmtpSecurity};

/// How long connecting to a provider may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Failures in a row after which a provider is left alone for a while.
const FAILURES_MAX: u32 = 5;

/// How long it is left alone.
const OPEN_FOR: Duration = Duration::from_secs(10);

/// Why a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A channel's name is none.
    #[error("delivery.channels.{channel}: {reason}")]
    Channel {
        /// As configured.
        channel: String,
        /// What is wrong.
        reason: String,
    },
    /// The rate is no rate.
    #[error("delivery.providers.{name}.per_second: {reason}")]
    Rate {
        /// The provider.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A channel names a provider that is not there.
    #[error(transparent)]
    Unknown(#[from] UnknownProvider),
    /// A file cannot be opened.
    #[error(transparent)]
    File(#[from] OpenFileError),
    /// A webhook is not configured right.
    #[error(transparent)]
    Webhook(#[from] WebhookConfigError),
    /// A relay is not configured right.
    #[error(transparent)]
    Smtp(#[from] SmtpConfigError),
}

/// The courier over the configured providers.
pub(crate) fn courier(config: &DeliveryConfig, clock: Arc<dyn Clock>) -> Result<ProviderCourier, ProviderError> {
    let mut providers = Vec::new();
    for (name, provider) in &config.providers {
        let gate = gate(name, provider)?;
        providers.push(CourierProvider { provider: open(name, provider)?, gate });
    }
    let mut channels = BTreeMap::new();
    for (channel, served) in &config.channels {
        let id = ChannelId::new(channel);
        let id = id.map_err(|error| ProviderError::Channel { channel: channel.clone(), reason: error.to_string() })?;
        channels.insert(id, served.providers.clone());
    }
    Ok(ProviderCourier::new(providers, &channels, clock)?)
}

fn gate(name: &str, config: &ProviderConfig) -> Result<GateConfig, ProviderError> {
    let rate = Rate::new(config.per_second, config.in_flight_max);
    let rate = rate.map_err(|error| ProviderError::Rate { name: name.to_owned(), reason: error.to_string() })?;
    let breaker = BreakerConfig { failures_max: FAILURES_MAX, open_for: OPEN_FOR };
    Ok(GateConfig { breaker, in_flight_max: config.in_flight_max, rate })
}

fn open(name: &str, config: &ProviderConfig) -> Result<Arc<dyn Provider>, ProviderError> {
    let timeout = Duration::from_secs(config.timeout_seconds);
    Ok(match &config.kind {
        ProviderKind::File { path } => Arc::new(FileSink::open(name, path)?),
        ProviderKind::Webhook { url, secret } => Arc::new(WebhookProvider::new(WebhookConfig {
            name: name.to_owned(),
            url: url.clone(),
            secret: secret.clone(),
            connect_timeout: CONNECT_TIMEOUT,
            timeout,
        })?),
        ProviderKind::Smtp { host, port, security, user, password, from, hello_name } => {
            Arc::new(SmtpProvider::new(SmtpConfig {
                name: name.to_owned(),
                host: host.clone(),
                port: *port,
                security: match security {
                    SmtpSecurity::Tls => Security::Tls,
                    SmtpSecurity::StartTls => Security::StartTls,
                    SmtpSecurity::Plaintext => Security::Plaintext,
                },
                credentials: user.clone().zip(password.clone()),
                from: from.clone(),
                hello_name: hello_name.clone(),
                connect_timeout: CONNECT_TIMEOUT,
                timeout,
            })?)
        }
    })
}
