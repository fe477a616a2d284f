//! Real nodes on this machine: N `baton` processes with folders, ports and logs of their own, for tests, demos, benches and
//! people. Each can be killed, paused and restarted; a relay on every link between two of them can break the network.
//!
//! ```text
//!  LocalCluster ─┬─ Node 1 ── process, node-1.toml, node-1.log, node-1/data
//!                ├─ Node 2 ── …                                  │ dials its peers through
//!                └─ Links ─── Relay 1→2, Relay 1→3, Relay 2→1 … ◀┘ `node.dial`
//! ```
//!
//! Nothing stays behind: the processes end with the [`LocalCluster`], also when it unwinds, and by the guardian when this
//! process is killed. The folder goes too, unless something failed or it is asked for.
//!
//! The launcher knows a node only as its users do: the command line, the configuration file, HTTP, signals.

mod birth;
mod cluster;
mod config;
mod error;
mod folder;
mod guardian;
mod links;
mod node;
mod port;
mod probe;
mod process;
mod relay;
mod settings;
mod sources;

pub use cluster::LocalCluster;
pub use config::{Config, Elections, NodeOptions};
pub use error::{NodeError, StartError};
pub use links::Links;
pub use node::Node;
pub use relay::{Counts, Direction, Flow, Mode, Relay};
pub use sources::{NoBinary, binary_beside, binary_of_sources};
