//! The main job, start to finish: a node in a temporary folder, the example journeys, 18 months of real purchases, a
//! built-in webhook receiver and mail catcher, and a report.
//!
//! Customer time is stepped, so the decisions are the same on every run and every machine. What the report counts is read
//! back from the decision records and from the sinks, never from what was sent; only the repeats of the last act are
//! counted by their answers.

mod customers;
mod documents;
mod events;
mod findings;
mod orders;
mod replay;
mod report;
mod stage;
mod story;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use baton_ctl::{Answer, Exit};
use tokio::time::Instant;

use findings::Findings;
use orders::Order;
use report::Report;
use stage::Stage;

/// The 1-in-10 sample of the CDNOW purchases; `data/README.md` names the source.
const SAMPLE: &str = include_str!("../data/cdnow_sample.txt");

pub(crate) use replay::Percent;

/// How the demo is run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Other purchases than the sample.
    pub orders: Option<PathBuf>,
    /// Only so many customers.
    pub customers_max: Option<usize>,
    /// How many nodes.
    pub nodes: usize,
    /// When the node that leads the most is killed.
    pub kill_leader_at: Option<Percent>,
}

/// Runs the demo.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<Answer> {
    let text = match &plan.orders {
        Some(path) => fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?,
        None => SAMPLE.to_owned(),
    };
    let mut orders = orders::parse(&text)?;
    let shoppers = customers::shoppers(&orders, plan.customers_max.unwrap_or(usize::MAX));
    orders.retain(|order| shoppers.contains_key(&order.customer));
    let Some(start) = orders.iter().map(|order| order.date).min() else { bail!("there are no orders") };
    tell(&format!("{} orders of {} customers", orders.len(), shoppers.len()));
    let stage = Stage::start(start, plan.nodes).await?;
    let report = play(&stage, &orders, &shoppers, plan).await;
    stage.end().await?;
    let report = report?;
    let exit = if report.is_sound() { Exit::Done } else { Exit::Violations };
    Ok(Answer { exit, ..Answer::new(serde_json::to_value(&report)?, report.text()) })
}

async fn play(stage: &Stage, orders: &[Order], shoppers: &customers::Shoppers, plan: &Plan) -> anyhow::Result<Report> {
    let began = Instant::now();
    let version = stage.publish().await?;
    tell(&format!("example journeys published as version {version}"));
    let replayed = replay::replay(stage, orders, shoppers, plan.kill_leader_at).await?;
    tell("reading every decision back");
    let findings = Findings::read(stage, shoppers).await?;
    let check = stage.check().await?;
    let story = story::tell(stage, &findings).await?;
    tell("sending every order again, with the same message id");
    let repeated = replay::repeat(stage, orders, shoppers).await?;
    let again = Findings::read(stage, shoppers).await?;
    let unchanged = again.digest == findings.digest && again.received == findings.received;
    Ok(Report::new(&findings, replayed, repeated, &check, story).with_repeat(unchanged, began.elapsed()))
}

/// Says on standard error what happens now.
fn tell(what: &str) {
    // Nobody is left to be told if this fails.
    let _ = writeln!(std::io::stderr(), "{what}");
}
