//! Bytes that follow no layout, each with what is said of it.

use baton_model::explain::Explain;
use baton_model::reason::ReasonCode;
use baton_model::text_id::CustomerId;
use baton_model::value::Value;
use jiff::Timestamp;

use crate::records::layout::{Input, Layout, Malformed, read_row, row};

#[track_caller]
fn check<T: Layout + std::fmt::Debug>(bytes: &[u8], expected: &str) {
    let error = read_row::<T>(1, bytes).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_wrong_is_said() {
    check::<u64>(&[], "the bytes end too soon");
    check::<u64>(&[2, 0], "layout version 2 is unknown; this node reads up to 1");
    check::<u64>(&[0, 0], "layout version 0 is unknown; this node reads up to 1");
    check::<u64>(&[1], "the bytes end too soon");
    check::<u64>(&[1, 0x80], "the bytes end too soon");
    check::<u64>(&[1, 0, 0, 0], "2 bytes too many");
    check::<u64>(&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], "a number is too long");
    check::<u32>(&[1, 0x80, 0x80, 0x80, 0x80, 0x10], "a number is too long");
    check::<bool>(&[1, 2], "bool has no variant 2");
    check::<Value>(&[1, 9], "Value has no variant 9");
    check::<String>(&[1, 1, 0xff], "invalid utf-8 sequence of 1 bytes from index 0");
    check::<String>(&[1, 3, b'a'], "the bytes end too soon");
    check::<CustomerId>(&[1, 0], "customer_id is empty: write 1 to 256 bytes of UTF-8");
    check::<CustomerId>(&[1, 2, b'a', 0], "customer_id holds a control character at byte 1: remove it");
    check::<ReasonCode>(&[1, 2, b'n', b'o'], "`no` is not a reason this version knows");
    check::<Timestamp>(
        &row(1, &i64::MAX),
        "9223372036854775807 milliseconds from 1970 is an instant that no calendar has",
    );
    check::<Vec<u64>>(&[1, 5, 0], "the bytes end too soon");
    check::<Vec<u64>>(&row(1, &u64::MAX), "the bytes end too soon");
}

#[test]
fn the_ends_of_numbers_come_back() {
    for number in [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN] {
        assert_eq!(read_row(1, &row(1, &number)), Ok(number));
    }
    for number in [0, 127, 128, 16_383, 16_384, u64::MAX] {
        assert_eq!(read_row(1, &row(1, &number)), Ok(number));
    }
    let nan = f64::from_bits(0x7ff8_0000_0000_0001);
    let back: f64 = read_row(1, &row(1, &nan)).unwrap();
    assert_eq!(back.to_bits(), nan.to_bits());
}

#[test]
fn nesting_is_bounded() {
    let value = |levels: usize| (0..levels).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    let explain = |levels: usize| {
        let leaf = Explain::leaf("leaf", true);
        (0..levels).fold(leaf, |inner, _| Explain { parts: vec![inner], ..Explain::leaf("all", true) })
    };
    let deepest = value(Input::NESTING_MAX);
    assert_eq!(read_row(1, &row(1, &deepest)), Ok(deepest));
    assert_eq!(read_row::<Value>(1, &row(1, &value(Input::NESTING_MAX + 1))), Err(Malformed::NestedTooDeep));
    let deepest = explain(Input::NESTING_MAX - 1);
    assert_eq!(read_row(1, &row(1, &deepest)), Ok(deepest));
    assert_eq!(read_row::<Explain>(1, &row(1, &explain(Input::NESTING_MAX))), Err(Malformed::NestedTooDeep));
}

/// A million levels take no stack.
#[test]
fn endless_nesting_is_refused_where_the_bound_is() {
    let bytes: Vec<u8> = std::iter::once(1).chain([5, 1].repeat(1_000_000)).collect();
    assert_eq!(read_row::<Value>(1, &bytes), Err(Malformed::NestedTooDeep));
}
