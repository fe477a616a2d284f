//! The commands that run or configure a node, one file each. The verbs over the API are in `baton-ctl`.

pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod dev;
pub(crate) mod serve;

use baton_ctl::{Exit, Failure};
use baton_node::config::TelemetryConfig;
use baton_telemetry::log::{self, LogConfig, LogFormat};
use tokio::signal::unix::{SignalKind, signal};

/// Starts logging on standard error.
fn start_logs(telemetry: &TelemetryConfig) -> Result<(), Failure> {
    let format = if telemetry.json { LogFormat::Json } else { LogFormat::Text };
    let config = LogConfig { filter: telemetry.filter.clone(), format, ..LogConfig::default() };
    log::start(&config).map_err(|error| Failure::new(Exit::Refused, error.to_string(), "see `baton config dump`"))
}

/// Waits until somebody wants the program to end: Ctrl-C, or a service manager.
async fn until_asked_to_stop() -> Result<(), Failure> {
    let failed = |error| Failure::new(Exit::Failed, format!("signals cannot be heard: {error}"), "");
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    tokio::select! {
        heard = tokio::signal::ctrl_c() => heard.map_err(failed),
        _ = terminate.recv() => Ok(()),
    }
}

/// An error with everything that caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut parts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if parts.last() != Some(&part) {
            parts.push(part);
        }
        cause = error.source();
    }
    parts.join(": ")
}
