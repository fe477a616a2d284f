//! What of a decision record is the same on every run, every machine and any number of nodes, as bytes.
//!
//! Left out: the places of record and input among the others, which count every attempt of a delivery, and with them
//! whatever tells how often a machine had to try. What remains is what was decided, when, why and what comes next.

use prost::Message;

use crate::pb::v1 as pb;

/// The record's bytes for a comparison; `None` if it only tells of an attempt.
pub fn bytes(record: &pb::DecisionRecord) -> Option<Vec<u8>> {
    if record.fate == "permitted" {
        return None;
    }
    Some(pb::DecisionRecord { number: 0, input: 0, ..record.clone() }.encode_length_delimited_to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_do_not_change_the_bytes() {
        let sent = pb::DecisionRecord { number: 7, input: 9, fate: "accepted".to_owned(), ..Default::default() };
        let later = pb::DecisionRecord { number: 8, input: 11, ..sent.clone() };
        assert_eq!(bytes(&sent), bytes(&later));
        assert_eq!(bytes(&pb::DecisionRecord { fate: "permitted".to_owned(), ..Default::default() }), None);
    }

    #[test]
    fn another_decision_has_other_bytes() {
        let sent = pb::DecisionRecord { fate: "accepted".to_owned(), ..Default::default() };
        assert_ne!(bytes(&sent), bytes(&pb::DecisionRecord { fate: "failed".to_owned(), ..Default::default() }));
    }
}
