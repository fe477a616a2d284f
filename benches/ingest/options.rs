//! What can be asked for.

use clap::{Parser, ValueEnum};

/// Loads one node with events and reports what it took.
#[derive(Debug, Clone, Parser)]
pub struct Options {
    /// Events in one call
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub batch: u32,
    /// Customers the events are about
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub customers: u64,
    /// Calls under way at once at saturation; by default as many as keep about 3,200 events under way, at most 256
    #[arg(long)]
    pub calls: Option<u32>,
    /// Connections that the calls share
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    pub connections: u32,
    /// Length of each of the two measured phases
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    /// Saturation before the first measurement
    #[arg(long, default_value_t = 2)]
    pub warm_up_seconds: u64,
    /// A table for people, or one JSON object
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

/// Events under way that saturate a node on two cores; more only wait.
const EVENTS_IN_FLIGHT: u32 = 3_200;

/// More calls than this on one connection queue in the client.
const CALLS_MAX: u32 = 256;

impl Options {
    pub fn calls(&self) -> u32 {
        self.calls.unwrap_or((EVENTS_IN_FLIGHT / self.batch).clamp(1, CALLS_MAX))
    }
}
