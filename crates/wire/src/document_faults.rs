//! The faults of documents in the details of an error: `baton.v1.InvalidDocuments` inside `google.rpc.Status`.
//!
//! `google.rpc.Status.details` is a repeated field, and protobuf says that the concatenation of two encodings is their
//! merge: so a detail is added by appending it, whatever wrote the others.

use bytes::Bytes;
use prost::Message;

use crate::pb::v1 as pb;

/// The name of the message, as `google.protobuf.Any` spells it.
const TYPE_URL: &str = "type.googleapis.com/baton.v1.InvalidDocuments";

/// The part of `google.rpc.Status` that is read and appended here.
#[derive(Clone, PartialEq, Message)]
struct StatusDetails {
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// The details of a status with the faults as one more.
pub fn append(details: &[u8], faults: &pb::InvalidDocuments) -> Bytes {
    let detail = prost_types::Any { type_url: TYPE_URL.to_owned(), value: faults.encode_to_vec() };
    let appended = StatusDetails { details: vec![detail] }.encode_to_vec();
    [details, &appended].concat().into()
}

/// The faults in the details of a status, if it has any.
pub fn find(details: &[u8]) -> Option<pb::InvalidDocuments> {
    let details = StatusDetails::decode(details).ok()?.details;
    let detail = details.into_iter().find(|detail| detail.type_url == TYPE_URL)?;
    pb::InvalidDocuments::decode(detail.value.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found_among_other_details() {
        let other = StatusDetails { details: vec![prost_types::Any { type_url: "other".to_owned(), value: vec![1] }] };
        let error = pb::DocumentError { file: "a.yaml".to_owned(), line: 3, ..pb::DocumentError::default() };
        let faults = pb::InvalidDocuments { errors: vec![error], total_count: 7 };

        let details = append(&other.encode_to_vec(), &faults);

        assert_eq!(find(&details), Some(faults));
        assert_eq!(StatusDetails::decode(details).unwrap().details.len(), 2, "the other detail stays");
        assert_eq!(find(&other.encode_to_vec()), None);
    }
}
