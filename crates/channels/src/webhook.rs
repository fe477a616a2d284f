//! A webhook as a channel: one signed HTTP POST per attempt, per the Standard Webhooks specification 1.0.
//!
//! `webhook-id` is the send id, the receiver's idempotency key: the same for every attempt, and so is the body. The
//! attempt itself is told by `baton-epoch` and `baton-attempt`. Redirects are not followed, proxies of the environment
//! are not used, and at most [`ANSWER_BYTES_MAX`] of an answer are read.

use std::time::Duration;

use baton_ports::channel::{Delivery, Outcome, Provider};
use futures::future::BoxFuture;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use serde_json::json;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

use crate::{Secret, payload};

mod answer;

/// The header that names the activation which permitted the attempt.
pub const HEADER_EPOCH: &str = "baton-epoch";
/// The header that counts the attempts of one epoch, from 1.
pub const HEADER_ATTEMPT: &str = "baton-attempt";

/// The most bytes of an answer that are read: enough for an id or a reason. The rest is dropped with its connection.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// How long an idle connection is kept. Shorter than what servers commonly allow (Node.js: 5 s), because a request on a
/// connection that the server is closing ends *unknown*.
const IDLE_MAX: Duration = Duration::from_secs(4);

/// Where and how to post.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// The provider's name in configuration, logs and metrics.
    pub name: String,
    /// The receiver, `https://…` or, on a trusted network, `http://…`.
    pub url: String,
    /// The signing secret, `whsec_` and base64.
    pub secret: Secret,
    /// How long a connection may take to stand. Ending here is a retry: nothing was sent.
    pub connect_timeout: Duration,
    /// How long the whole attempt may take. Ending here is *unknown*: the receiver may have acted.
    pub timeout: Duration,
}

/// Posts to one URL.
pub struct WebhookProvider {
    name: String,
    url: Url,
    signer: Webhook,
    client: Client,
}

/// Why a webhook cannot serve as a channel.
#[derive(Debug, thiserror::Error)]
pub enum WebhookConfigError {
    /// The URL is none, or not one of HTTP.
    #[error("url `{url}` is not an http:// or https:// URL")]
    Url {
        /// The URL as configured.
        url: String,
    },
    /// The secret cannot be decoded. Its text is not repeated.
    #[error("secret is not `whsec_` followed by base64")]
    Secret,
    /// The HTTP client cannot be built.
    #[error("the HTTP client does not start")]
    Client(#[source] reqwest::Error),
}

impl WebhookProvider {
    /// Checks the configuration and prepares a client. Opens no connection yet.
    pub fn new(config: WebhookConfig) -> Result<Self, WebhookConfigError> {
        let url = Url::parse(&config.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(url) = url else { return Err(WebhookConfigError::Url { url: config.url }) };
        let signer = Webhook::new(config.secret.expose()).map_err(|_| WebhookConfigError::Secret)?;
        // Whoever comes second finds the same provider in place; there is only one in this build.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(config.connect_timeout)
            .timeout(config.timeout)
            .pool_idle_timeout(IDLE_MAX)
            .user_agent(concat!("baton/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(WebhookConfigError::Client)?;
        Ok(Self { name: config.name, url, signer, client })
    }

    fn headers(&self, delivery: &Delivery, body: &[u8]) -> HeaderMap {
        let id = delivery.send_id.to_string();
        let timestamp = delivery.attempted_at.as_second();
        let signature = self.signer.sign(&id, timestamp, body).expect("a body of JSON is UTF-8");
        let text = |text: String| HeaderValue::try_from(text).expect("digits and base64 are header characters");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HEADER_WEBHOOK_ID, text(id));
        headers.insert(HEADER_WEBHOOK_TIMESTAMP, timestamp.into());
        headers.insert(HEADER_WEBHOOK_SIGNATURE, text(signature));
        headers.insert(HEADER_EPOCH, delivery.epoch.0.into());
        headers.insert(HEADER_ATTEMPT, delivery.attempt.into());
        headers
    }
}

impl Provider for WebhookProvider {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver(&self, delivery: Delivery) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let body = json!({"type": "message.send", "data": payload::send(&delivery)}).to_string().into_bytes();
            let headers = self.headers(&delivery, &body);
            match self.client.post(self.url.clone()).headers(headers).body(body).send().await {
                Ok(response) => {
                    let (status, headers) = (response.status().as_u16(), response.headers().clone());
                    let body = read_bounded(response).await;
                    answer::outcome(status, &headers, &body, delivery.attempted_at)
                }
                Err(error) => lost(&error),
            }
        })
    }
}

/// The first bytes of an answer. An answer that breaks off keeps the status it began with.
async fn read_bounded(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == ANSWER_BYTES_MAX {
            break;
        }
    }
    body
}

/// No answer came. Only when no connection stood is it certain that nothing was taken.
fn lost(error: &reqwest::Error) -> Outcome {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let cause = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
    if error.is_connect() || error.is_builder() {
        return Outcome::RetryLater { reason: format!("no connection: {cause}"), after: None };
    }
    Outcome::Unknown { reason: format!("no answer: {cause}") }
}

#[cfg(test)]
mod tests;
