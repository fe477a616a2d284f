//! The log's promises.

mod support;
