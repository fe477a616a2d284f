//! The verbs of services and operators. Everything goes through the public gRPC API: what a person can do here, any
//! program can do with the files in `proto/`.
//!
//! * [`Verb`] is what may be said, one file per verb under `verbs/`; each gives an [`Answer`] or a [`Failure`].
//! * [`Answer`] prints as a table, JSON or YAML; [`Exit`] is the table of exit codes.
//! * [`Connection`] is the way to the cluster; [`reading`] tells decisions to people.

mod answer;
mod connection;
mod exit;
mod failure;
pub mod import;
pub mod reading;
mod table;
mod verbs;

pub use answer::{Answer, Format};
pub use connection::{Connection, Endpoints};
pub use exit::Exit;
pub use failure::Failure;
pub use table::table;
pub use verbs::{Verb, documents};
