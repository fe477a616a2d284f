//! Why a verb did not succeed, with what the server said in its details and what to try next.

use std::fmt;

use baton_wire::document_faults;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::exit::Exit;

/// A failed command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the command ends.
    pub exit: Exit,
    /// What is wrong, in one line.
    pub message: String,
    /// The particulars, one line each.
    pub details: Vec<String>,
    /// What to try next; empty if nobody can know.
    pub advice: String,
}

impl Failure {
    /// A failure without particulars.
    pub fn new(exit: Exit, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { exit, message: message.into(), details: Vec::new(), advice: advice.into() }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message, advice)
    }

    /// A file could not be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(Exit::Failed, format!("{}: {error}", path.display()), "check the path and who may read and write it")
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        for detail in &self.details {
            write!(f, "\n  {detail}")?;
        }
        if !self.advice.is_empty() {
            write!(f, "\ntry: {}", self.advice)?;
        }
        Ok(())
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let (exit, advice) = meaning(status.code());
        Self { exit, message: status.message().to_owned(), details: details(&status), advice: advice.to_owned() }
    }
}

/// What a code means for the exit of the command, and what to try.
fn meaning(code: Code) -> (Exit, &'static str) {
    match code {
        Code::InvalidArgument | Code::OutOfRange => {
            (Exit::Refused, "mend what is named above and run the command again")
        }
        Code::FailedPrecondition | Code::AlreadyExists => {
            (Exit::Refused, "see `baton cluster status` and `baton cluster settings`")
        }
        Code::PermissionDenied | Code::Unauthenticated => {
            (Exit::Refused, "use the credentials of somebody who may do this")
        }
        Code::NotFound => {
            (Exit::NotFound, "check the spelling; `baton list` and `baton message list` show what there is")
        }
        Code::Unavailable | Code::ResourceExhausted | Code::Aborted | Code::DeadlineExceeded | Code::Cancelled => (
            Exit::Unavailable,
            "run the command again in a moment; `baton cluster status` shows what stands in the way",
        ),
        Code::Unimplemented => (Exit::Failed, "the node runs another version: compare `baton --version` on both sides"),
        Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss => (Exit::Failed, "see the log of the node"),
    }
}

/// What the server says beyond the message, by the conventions of `google.rpc`.
fn details(status: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(faults) = document_faults::find(status.details()) {
        lines.extend(faults.errors.iter().map(crate::reading::document_error));
        let untold = usize::try_from(faults.total_count).unwrap_or(usize::MAX).saturating_sub(faults.errors.len());
        if untold > 0 {
            lines.push(format!("and {untold} more: `baton validate` shows all"));
        }
        return lines;
    }
    let said = status.get_error_details();
    for violation in said.bad_request().into_iter().flat_map(|request| &request.field_violations) {
        lines.push(format!("{}: {}", violation.field, violation.description));
    }
    for violation in said.precondition_failure().into_iter().flat_map(|failure| &failure.violations) {
        lines.push(format!("{}: {}", violation.subject, violation.description));
    }
    if let Some(resource) = said.resource_info() {
        lines.push(format!("{} `{}`", resource.resource_type, resource.resource_name));
    }
    if let Some(info) = said.error_info() {
        lines.push(format!("reason: {}", info.reason));
    }
    if let Some(delay) = said.retry_info().and_then(|retry| retry.retry_delay) {
        lines.push(format!("it makes sense to try again in {delay:?}"));
    }
    // A message that already says the same needs no second line.
    lines.retain(|line| line != status.message());
    lines
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use baton_wire::pb::v1 as pb;
    use tonic_types::ErrorDetails;

    use super::*;

    fn check(status: Status, exit: Exit, expected: &str) {
        let failure = Failure::from(status);
        assert_eq!((failure.exit, failure.to_string().as_str()), (exit, expected));
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let details = ErrorDetails::with_bad_request_violation("page_size", "is 5000: write at most 1000");
        check(
            Status::with_error_details(Code::InvalidArgument, "the request is not valid", details),
            Exit::Refused,
            "error: the request is not valid\n  page_size: is 5000: write at most 1000\n\
             try: mend what is named above and run the command again",
        );
    }

    #[test]
    fn a_wait_that_the_server_asks_for_is_told() {
        let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(250)));
        check(
            Status::with_error_details(Code::Unavailable, "shard 3 has no leader", details),
            Exit::Unavailable,
            "error: shard 3 has no leader\n  it makes sense to try again in 250ms\n\
             try: run the command again in a moment; `baton cluster status` shows what stands in the way",
        );
    }

    #[test]
    fn faults_of_documents_are_told_by_file_line_and_column() {
        let error = pb::DocumentError {
            file: "a.yaml".to_owned(),
            line: 3,
            column: 7,
            path: "steps[0].next".to_owned(),
            message: "there is no step `x`".to_owned(),
        };
        let faults = pb::InvalidDocuments { errors: vec![error], total_count: 3 };
        let details = document_faults::append(&[], &faults);
        check(
            Status::with_details(Code::InvalidArgument, "3 errors", details),
            Exit::Refused,
            "error: 3 errors\n  a.yaml:3:7 steps[0].next: there is no step `x`\n  and 2 more: `baton validate` shows all\n\
             try: mend what is named above and run the command again",
        );
    }
}
