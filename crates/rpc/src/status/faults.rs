//! The faults of documents in a status: as many as fit the headers, as `BadRequest` violations and as a structured list.

use baton_ports::gateway::DocumentFault;
use baton_wire::document_faults;
use baton_wire::pb::v1 as pb;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::definitions::fault_to_pb;

/// The most bytes of faults in one status. Details travel in a header, in base64, and clients take 8 KiB of headers by
/// default. The others are left out; `total_count` says how many there are, and `Validate` answers with all.
const FAULT_BYTES_MAX: usize = 2_048;

/// What one fault takes beside its texts, roughly, in bytes.
const FAULT_OVERHEAD: usize = 16;

/// The refusal of a set of documents.
pub(super) fn status(code: Code, mut details: ErrorDetails, faults: &[DocumentFault]) -> Status {
    let mut bytes_left = FAULT_BYTES_MAX;
    let mut told = Vec::new();
    for fault in faults {
        let bytes = fault.file.len() + fault.path.len() + fault.message.len() + FAULT_OVERHEAD;
        let Some(left) = bytes_left.checked_sub(bytes) else { break };
        bytes_left = left;
        details.add_bad_request_violation(place(fault), fault.message.clone());
        told.push(fault_to_pb(fault));
    }
    let message = message(faults, told.len());
    let list = pb::InvalidDocuments { errors: told, total_count: u32::try_from(faults.len()).unwrap_or(u32::MAX) };
    let status = Status::with_error_details(code, message.clone(), details);
    Status::with_details(code, message, document_faults::append(status.details(), &list))
}

/// `welcome.yaml:12:5 steps[2].next`.
fn place(fault: &DocumentFault) -> String {
    format!("{}:{}:{} {}", fault.file, fault.line, fault.column, fault.path)
}

fn message(faults: &[DocumentFault], told: usize) -> String {
    let count = faults.len();
    let plural = if count == 1 { "fault" } else { "faults" };
    let rest = if told < count { format!(", the first {told} in the details, all by Validate") } else { String::new() };
    format!("nothing was published: the documents have {count} {plural}{rest}")
}
