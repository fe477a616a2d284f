//! `baton demo`

use std::path::PathBuf;

use baton_ctl::{Answer, Exit, Failure};

use crate::demo;

/// Starts a node in a temporary folder, publishes the example journeys and replays 18 months of real purchases through
/// them; ends with a report of what was decided, sent and not sent, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Other purchases than the built-in sample: the CDNOW master file, `customer yyyymmdd quantity dollars` a line
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,
    /// Only the first customers of the purchases
    #[arg(long, value_name = "N")]
    customers: Option<usize>,
    /// What is logged
    #[arg(long, default_value = "error")]
    log: String,
}

impl Demo {
    pub(crate) async fn run(self) -> Result<Answer, Failure> {
        let telemetry = baton_node::config::TelemetryConfig { filter: self.log, json: false };
        super::start_logs(&telemetry)?;
        demo::run(self.orders.as_deref(), self.customers)
            .await
            .map_err(|error| Failure::new(Exit::Failed, format!("{error:#}"), "run it with `--log info`"))
    }
}
