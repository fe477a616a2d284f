//! The one table from what can go wrong to gRPC: code, reason word and `google.rpc` details.
//!
//! Every status has an `ErrorInfo` whose reason is stable. What a client can mend has `BadRequest`, what it can wait for
//! `RetryInfo`, what does not exist `ResourceInfo`. Internals are logged here and not told.

mod faults;

use std::collections::HashMap;
use std::time::Duration;

use baton_ports::gateway::{AskError, ClusterError, DefinitionsError, MembershipError};
use tonic::{Code, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::forward::PeerError;
use crate::peer::PeerRefusal;
use crate::request::RequestError;

/// Who speaks in `ErrorInfo`.
const DOMAIN: &str = "baton";

/// When to ask again if nobody knows better.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Everything that can go wrong with a call.
#[derive(Debug)]
pub(crate) enum Failure {
    /// At the edge.
    Request(RequestError),
    /// About a customer or a send.
    Ask(AskError),
    /// About documents.
    Definitions(DefinitionsError),
    /// About the cluster.
    Cluster(ClusterError),
    /// About who belongs to it.
    Membership(MembershipError),
    /// The caller does not.
    Refused(PeerRefusal),
    /// At another node, or on the way to it.
    Peer(PeerError),
}

/// Gives what a call comes to as gRPC does.
pub(crate) async fn answer<T>(call: impl Future<Output = Result<T, Failure>>) -> Result<Response<T>, Status> {
    Ok(Response::new(call.await?))
}

/// What a client needs beside code and reason.
enum Detail {
    /// A field is wrong.
    Field { field: String, message: String },
    /// It makes sense to try again.
    Retry { after: Duration },
    /// It does not exist.
    Resource { kind: String, name: String },
    /// The state of the cluster does not allow it.
    Precondition { description: String },
    /// Nothing.
    None,
}

/// One row of the table.
fn row(failure: &Failure) -> (Code, &'static str, Detail) {
    let retry = |after: Duration| Detail::Retry { after };
    match failure {
        Failure::Request(RequestError::Field { field, message })
        | Failure::Ask(AskError::Invalid { field, message }) => {
            (Code::InvalidArgument, "INVALID_FIELD", field_detail(field, message))
        }
        Failure::Request(RequestError::Timeout { .. }) => (Code::InvalidArgument, "INVALID_TIMEOUT", Detail::None),
        Failure::Request(RequestError::Deadline) => (Code::DeadlineExceeded, "DEADLINE", retry(RETRY_AFTER)),
        Failure::Request(RequestError::ShuttingDown) => (Code::Unavailable, "SHUTTING_DOWN", retry(RETRY_AFTER)),
        Failure::Request(RequestError::StreamBound { .. }) => {
            (Code::ResourceExhausted, "BOUND_REACHED", retry(RETRY_AFTER))
        }
        Failure::Ask(AskError::NotFound { what, id }) => (Code::NotFound, "NOT_FOUND", resource(what, id)),
        Failure::Ask(AskError::Unavailable { after, .. }) => (Code::Unavailable, "SHARD_UNAVAILABLE", retry(*after)),
        Failure::Ask(AskError::Exhausted { after, .. }) => (Code::ResourceExhausted, "BOUND_REACHED", retry(*after)),
        Failure::Ask(AskError::Unknown) => (Code::Unknown, "OUTCOME_UNKNOWN", retry(RETRY_AFTER)),
        Failure::Ask(AskError::Internal { .. }) => (Code::Internal, "INTERNAL", Detail::None),
        Failure::Definitions(DefinitionsError::Invalid { .. }) => {
            (Code::InvalidArgument, "INVALID_DOCUMENTS", Detail::None)
        }
        Failure::Definitions(DefinitionsError::NotFound { kind, id }) => {
            (Code::NotFound, "NOT_FOUND", resource(kind, id))
        }
        Failure::Definitions(DefinitionsError::Unavailable { .. }) => {
            (Code::Unavailable, "DEFINITIONS_UNAVAILABLE", retry(RETRY_AFTER))
        }
        Failure::Cluster(ClusterError::Refused { reason }) => {
            (Code::FailedPrecondition, "CLUSTER_STATE", Detail::Precondition { description: reason.clone() })
        }
        Failure::Cluster(ClusterError::Unavailable { .. }) => {
            (Code::Unavailable, "CLUSTER_UNAVAILABLE", retry(RETRY_AFTER))
        }
        Failure::Membership(error) => membership_row(error),
        Failure::Refused(PeerRefusal::OtherCluster { .. }) => (Code::FailedPrecondition, "OTHER_CLUSTER", Detail::None),
        Failure::Refused(PeerRefusal::NoPeer { .. }) => (Code::FailedPrecondition, "NO_PEER", Detail::None),
        Failure::Peer(error) => peer_row(error),
    }
}

fn peer_row(error: &PeerError) -> (Code, &'static str, Detail) {
    let retry = |after: Duration| Detail::Retry { after };
    match error {
        // Given back as it came: see `From<Failure>`.
        PeerError::Answered(status) => (status.code(), "ANSWERED_ELSEWHERE", Detail::None),
        PeerError::NotReached { .. } => (Code::Unavailable, "NODE_UNREACHABLE", retry(RETRY_AFTER)),
        PeerError::Unknown { .. } => (Code::Unknown, "OUTCOME_UNKNOWN", retry(RETRY_AFTER)),
        PeerError::Nobody { after, .. } => (Code::Unavailable, "NO_LEADER", retry(*after)),
    }
}

fn membership_row(error: &MembershipError) -> (Code, &'static str, Detail) {
    match error {
        MembershipError::Founded { .. } => (Code::FailedPrecondition, "CLUSTER_STATE", Detail::None),
        MembershipError::WrongToken => (Code::PermissionDenied, "WRONG_TOKEN", Detail::None),
        MembershipError::ShardCount { .. } => (Code::FailedPrecondition, "SHARD_COUNT", Detail::None),
        MembershipError::Invalid { field, message } => {
            (Code::InvalidArgument, "INVALID_FIELD", field_detail(field, message))
        }
        MembershipError::Unavailable { .. } => {
            (Code::Unavailable, "CLUSTER_UNAVAILABLE", Detail::Retry { after: RETRY_AFTER })
        }
    }
}

fn field_detail(field: &str, message: &str) -> Detail {
    Detail::Field { field: field.to_owned(), message: message.to_owned() }
}

fn resource(kind: &str, name: &str) -> Detail {
    Detail::Resource { kind: kind.to_owned(), name: name.to_owned() }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        if let Failure::Peer(PeerError::Answered(status)) = failure {
            return *status;
        }
        let (code, reason, detail) = row(&failure);
        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
        match detail {
            Detail::Field { field, message } => {
                details.add_bad_request_violation(field, message);
            }
            Detail::Retry { after } => {
                details.set_retry_info(Some(after));
            }
            Detail::Resource { kind, name } => {
                details.set_resource_info(kind, name, "", "");
            }
            Detail::Precondition { description } => {
                details.add_precondition_failure_violation(reason, DOMAIN, description);
            }
            Detail::None => {}
        }
        match failure {
            Failure::Definitions(DefinitionsError::Invalid { faults }) => faults::status(code, details, &faults),
            other => Self::with_error_details(code, message(&other), details),
        }
    }
}

/// What a person reads. The details of an internal fault stay with whoever runs the node.
fn message(failure: &Failure) -> String {
    match failure {
        Failure::Request(error) => error.to_string(),
        Failure::Ask(AskError::Internal { detail }) => {
            tracing::error!(detail, "a call failed with an internal fault");
            "internal fault: the node's log has the details".to_owned()
        }
        Failure::Ask(error) => error.to_string(),
        Failure::Definitions(error) => error.to_string(),
        Failure::Cluster(error) => error.to_string(),
        Failure::Membership(error) => error.to_string(),
        Failure::Refused(error) => error.to_string(),
        Failure::Peer(error) => error.to_string(),
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

impl From<DefinitionsError> for Failure {
    fn from(error: DefinitionsError) -> Self {
        Self::Definitions(error)
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(error)
    }
}

impl From<MembershipError> for Failure {
    fn from(error: MembershipError) -> Self {
        Self::Membership(error)
    }
}

impl From<PeerRefusal> for Failure {
    fn from(error: PeerRefusal) -> Self {
        Self::Refused(error)
    }
}

impl From<PeerError> for Failure {
    fn from(error: PeerError) -> Self {
        Self::Peer(error)
    }
}
