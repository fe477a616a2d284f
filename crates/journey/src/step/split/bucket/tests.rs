//! The vectors that the scheme's clients publish, and what holds for any split.

use super::HashVersion;
use crate::step::Target;
use crate::step::split::{Namespace, Split, Unit, Variant};

/// `(seed, unit, version, place)`.
const PLACES: &[(&str, &str, HashVersion, f64)] = &[
    ("", "a", HashVersion::V1, 0.22),
    ("", "b", HashVersion::V1, 0.077),
    ("b", "a", HashVersion::V1, 0.946),
    ("ef", "d", HashVersion::V1, 0.652),
    ("asdf", "8952klfjas09ujk", HashVersion::V1, 0.549),
    ("", "123", HashVersion::V1, 0.011),
    ("seed", "a", HashVersion::V2, 0.0505),
    ("seed", "b", HashVersion::V2, 0.2696),
    ("foo", "ab", HashVersion::V2, 0.2575),
    ("foo", "def", HashVersion::V2, 0.2019),
    ("89123klj", "8952klfjas09ujkasdf", HashVersion::V2, 0.124),
    ("90850943850283058242805", "123", HashVersion::V2, 0.7516),
];

#[test]
fn units_are_placed_as_other_clients_place_them() {
    for &(seed, unit, version, expected) in PLACES {
        let place = version.place(seed, unit);
        assert!((place - expected).abs() < 1e-9, "{seed:?} {unit:?} {version:?}: {place}, expected {expected}");
    }
}

/// A split into three with the given coverage and part of a namespace.
fn split(coverage: f64, namespace: Option<Namespace>) -> Split {
    let variant = |id: &str, weight| Variant { id: id.to_owned(), weight, then: Target::End };
    Split {
        experiment: "e".to_owned(),
        variants: vec![variant("a", 0.5), variant("b", 0.3), variant("c", 0.2)],
        unit: Unit::Customer,
        namespace,
        coverage,
        control: 2,
        seed: "e".to_owned(),
        hash_version: HashVersion::V2,
    }
}

/// How many of 10,000 units get each variant, and how many take no part.
fn counts(split: &Split) -> ([u32; 3], u32) {
    let (mut exposed, mut outside) = ([0; 3], 0);
    for unit in 0..10_000 {
        let assignment = split.assign(&format!("customer-{unit}"));
        if assignment.exposed {
            exposed[assignment.variant] += 1;
        } else {
            assert_eq!(assignment.variant, split.control);
            outside += 1;
        }
    }
    (exposed, outside)
}

#[test]
fn shares_are_what_the_weights_and_the_coverage_say() {
    let near = |count: u32, share: f64| (f64::from(count) - share * 10_000.0).abs() < 200.0;
    let (exposed, outside) = counts(&split(1.0, None));
    assert!(near(exposed[0], 0.5) && near(exposed[1], 0.3) && near(exposed[2], 0.2), "{exposed:?}");
    assert_eq!(outside, 0);
    let (exposed, outside) = counts(&split(0.4, None));
    assert!(near(exposed[0], 0.2) && near(exposed[1], 0.12) && near(outside, 0.6), "{exposed:?} {outside}");
}

#[test]
fn parts_of_a_namespace_exclude_each_other() {
    let part = |from, to| split(1.0, Some(Namespace { id: "n".to_owned(), from, to }));
    let (first, second) = (part(0.0, 0.4), part(0.4, 1.0));
    for unit in 0..2_000 {
        let unit = format!("customer-{unit}");
        assert_ne!(first.assign(&unit).exposed, second.assign(&unit).exposed, "{unit}");
    }
}

#[test]
fn more_coverage_moves_nobody_to_another_variant() {
    for unit in 0..2_000 {
        let unit = format!("customer-{unit}");
        let (narrow, wide) = (split(0.3, None).assign(&unit), split(0.9, None).assign(&unit));
        assert!(!narrow.exposed || narrow == wide, "{unit}: {narrow:?} {wide:?}");
    }
}
