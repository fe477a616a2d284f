//! A node to test against, and the few words in which tests speak to it.

mod answers;
mod binary;
mod documents;
mod http;
mod life;
mod node;
mod sinks;

pub(crate) use answers::{accepted, ingest, result};
pub(crate) use binary::baton;
pub(crate) use documents::{apply, files};
pub(crate) use http::get;
pub(crate) use life::{Life, life};
pub(crate) use node::{FILE_SINK, Node};
pub(crate) use sinks::Sinks;
pub(crate) use tests::events::{identify, track};
pub(crate) use tests::waiting::eventually;
