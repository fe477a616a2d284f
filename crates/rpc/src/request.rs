//! What every request has in common: the workspace, and fields that are wrong.

use std::fmt;

use baton_model::text_id::{CustomerId, Owner, TextIdError};
use baton_wire::instant;
use baton_wire::pb::google;
use jiff::Timestamp;

/// Why a request was refused at the edge. Nothing was tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestError {
    /// A field is wrong.
    #[error("{field}: {message}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// The deadline passed before there was an answer. What was asked may still happen.
    #[error("no answer within the deadline: ask again, nothing happens twice")]
    Deadline,
    /// The `grpc-timeout` header is not as gRPC says.
    #[error("the header grpc-timeout is `{text}`: write up to 8 digits and one of H M S m u n")]
    Timeout {
        /// As it was sent.
        text: String,
    },
    /// The server ends.
    #[error("the server is shutting down: go on with another node, or with this one when it is back")]
    ShuttingDown,
    /// A bound of one stream is reached.
    #[error("{message}")]
    StreamBound {
        /// Which, and what to do.
        message: String,
    },
}

/// Refuses a field.
pub(crate) fn wrong(field: &'static str, message: impl fmt::Display) -> RequestError {
    RequestError::Field { field, message: message.to_string() }
}

/// One cluster serves workspace 0.
pub(crate) fn check_workspace(workspace: u32) -> Result<(), RequestError> {
    match workspace {
        0 => Ok(()),
        other => Err(wrong("workspace", format!("{other} does not exist: this cluster serves only 0, leave it out"))),
    }
}

/// A required customer id.
pub(crate) fn customer(text: &str) -> Result<CustomerId, RequestError> {
    CustomerId::new(text).map_err(|error| wrong("customer_id", error))
}

/// The person who acts.
pub(crate) fn owner(text: &str) -> Result<Owner, RequestError> {
    Owner::new(text).map_err(|error| wrong("by", error))
}

/// A text id that may be left out.
pub(crate) fn optional<T>(
    field: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, TextIdError>,
) -> Result<Option<T>, RequestError> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).map_err(|error| wrong(field, error))
}

/// An instant that may be left out.
pub(crate) fn instant(
    field: &'static str,
    message: Option<google::Timestamp>,
) -> Result<Option<Timestamp>, RequestError> {
    message.map(instant::from_pb).transpose().map_err(|error| wrong(field, error))
}
