//! The vectors that the scheme's clients publish, and what holds for any split.

use super::HashVersion;

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
