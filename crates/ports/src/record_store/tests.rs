//! Ranges and names.

use super::*;

#[test]
fn a_prefix_is_a_range() {
    #[track_caller]
    fn check(prefix: &'static [u8], end: Option<&'static [u8]>) {
        let range = KeyRange::prefix(prefix);
        assert_eq!(range.start, Bound::Included(Bytes::from_static(prefix)));
        assert_eq!(range.end, end.map_or(Bound::Unbounded, |end| Bound::Excluded(Bytes::from_static(end))));
    }
    check(b"a", Some(b"b"));
    check(b"a\xff", Some(b"b"));
    check(b"a\xff\xff", Some(b"b"));
    check(b"ab\xfe", Some(b"ab\xff"));
    check(b"\xff\xff", None);
    check(b"", None);
}

#[test]
fn an_inverted_range_is_empty() {
    #[track_caller]
    fn check(start: Bound<&'static [u8]>, end: Bound<&'static [u8]>, empty: bool) {
        let range = KeyRange { start: start.map(Bytes::from_static), end: end.map(Bytes::from_static) };
        assert_eq!(range.is_empty(), empty, "{range:?}");
    }
    check(Bound::Included(b"a"), Bound::Included(b"a"), false);
    check(Bound::Included(b"a"), Bound::Excluded(b"a"), true);
    check(Bound::Excluded(b"a"), Bound::Included(b"a"), true);
    check(Bound::Excluded(b"a"), Bound::Excluded(b"a"), true);
    check(Bound::Included(b"b"), Bound::Included(b"a"), true);
    check(Bound::Included(b"a"), Bound::Excluded(b"b"), false);
    check(Bound::Unbounded, Bound::Excluded(b""), false);
    check(Bound::Excluded(b"z"), Bound::Unbounded, false);
}

#[test]
fn names_are_checked() {
    #[track_caller]
    fn check(name: &str, valid: bool) {
        assert_eq!(KeyspaceName::new(name).is_ok(), valid, "{name}");
    }
    check("group.7.r1.g3", true);
    check("a_b-c.9", true);
    check("", false);
    check("Upper", false);
    check("a/b", false);
    check("ü", false);
    check(&"x".repeat(100), true);
    check(&"x".repeat(101), false);
}
