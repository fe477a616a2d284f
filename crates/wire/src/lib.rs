//! The contract in `proto/` as Rust, and the way between its messages and the words of `baton-model`.
//!
//! What comes from outside is parsed here, once: a message becomes a valid model type, or an error that names the field
//! and says what to write instead. What goes out is a plain function of a model type. One file per message kind.

pub mod comparable;
pub mod decision;
pub mod document_faults;
pub mod event;
pub mod explain;
pub mod fields;
pub mod instant;
pub mod json;
pub mod limits;
pub mod message;
pub mod pb;
pub mod profile;
pub mod stored_event;
pub mod summary;
