//! `baton demo`

use std::path::PathBuf;

use baton_ctl::{Answer, Exit, Failure};

use crate::demo;
use crate::nodes::NODES_MAX;

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
    /// How many nodes: one in this process, or several as processes of their own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = nodes())]
    nodes: u64,
    /// After so much of the way, kill the node that leads the most, as a crash would, and start it again; needs several nodes
    #[arg(long, value_name = "PERCENT")]
    kill_leader_at: Option<demo::Percent>,
    /// What is logged
    #[arg(long, default_value = "error")]
    log: String,
}

impl Demo {
    pub(crate) async fn run(self) -> Result<Answer, Failure> {
        let telemetry = baton_node::config::TelemetryConfig { filter: self.log, json: false };
        super::start_logs(&telemetry)?;
        if self.kill_leader_at.is_some() && self.nodes == 1 {
            return Err(Failure::usage("one node has nobody to take over", "add `--nodes 3`"));
        }
        let plan = demo::Plan {
            orders: self.orders,
            customers_max: self.customers,
            nodes: usize::try_from(self.nodes).unwrap_or(1),
            kill_leader_at: self.kill_leader_at,
        };
        demo::run(&plan)
            .await
            .map_err(|error| Failure::new(Exit::Failed, format!("{error:#}"), "run it with `--log info`"))
    }
}

/// How many nodes fit one machine.
pub(crate) fn nodes() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=NODES_MAX as u64)
}
