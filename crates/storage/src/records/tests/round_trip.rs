//! Every value comes back from its row, and every row that is not what was written is refused or is another value.

use baton_customer::{Enrolments, Head, HistoryRow, Marks, Segments, Timers};
use baton_governance::Ledger;
use baton_model::decision::DecisionRecord;
use baton_model::profile::Profile;
use baton_model::text_id::CustomerId;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;

use super::made_up::{Choices, MadeUp};
use crate::records::cluster::{ClusterRecord, NodeRecord, ShardRecord};
use crate::records::documents::PublishedDocument;
use crate::records::layout::{Layout, read_row, row};

const VERSION: u8 = 1;
/// Bytes of a row that are changed in one case: enough over all cases, few enough for a test of milliseconds.
const FLIPS: usize = 24;

proptest! {
    #[test]
    fn each_kind_of_row_comes_back(choices in vec(any::<u8>(), 0..400), flip in 1u8..=255) {
        check::<Head>(&choices, flip);
        check::<Profile>(&choices, flip);
        check::<Segments>(&choices, flip);
        check::<Enrolments>(&choices, flip);
        check::<Ledger>(&choices, flip);
        check::<Marks>(&choices, flip);
        check::<Timers>(&choices, flip);
        check::<HistoryRow>(&choices, flip);
        check::<DecisionRecord>(&choices, flip);
        check::<PublishedDocument>(&choices, flip);
        check::<ClusterRecord>(&choices, flip);
        check::<NodeRecord>(&choices, flip);
        check::<ShardRecord>(&choices, flip);
        check::<CustomerId>(&choices, flip);
    }
}

#[track_caller]
fn check<T: Layout + MadeUp + PartialEq + std::fmt::Debug>(choices: &[u8], flip: u8) {
    let value = T::make_up(&mut Choices::new(choices));
    let bytes = row(VERSION, &value);
    assert_eq!(read_row::<T>(VERSION, &bytes).as_ref(), Ok(&value));
    check_cuts::<T>(&bytes);
    check_flips::<T>(&bytes, flip);
}

/// A row that ends too soon is refused, wherever it ends; so is one with more behind it.
#[track_caller]
fn check_cuts<T: Layout>(bytes: &Bytes) {
    let step = bytes.len().div_ceil(FLIPS);
    for len in (0..bytes.len()).step_by(step) {
        assert!(read_row::<T>(VERSION, &bytes[..len]).is_err(), "cut to {len} of {}", bytes.len());
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert!(read_row::<T>(VERSION, &longer).is_err(), "a byte too many");
}

/// A row with a changed byte is refused, or it is another value that has a row of its own.
#[track_caller]
fn check_flips<T: Layout>(bytes: &Bytes, flip: u8) {
    let step = bytes.len().div_ceil(FLIPS);
    for at in (0..bytes.len()).step_by(step) {
        let mut changed = bytes.to_vec();
        changed[at] ^= flip;
        if let Ok(other) = read_row::<T>(VERSION, &changed) {
            let again = row(VERSION, &other);
            let back = read_row::<T>(VERSION, &again).map(|value| row(VERSION, &value));
            assert_eq!(back, Ok(again), "changed at {at}");
        }
    }
}
