//! Typed reading: what is wrong, where, and what to write.

use serde::Deserialize;

use super::read;
use crate::source::Source;
use crate::source::yaml::parse;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only errors are looked at")]
struct Sample {
    name: String,
    #[serde(default)]
    count: Option<u8>,
    #[serde(default)]
    ratio: Option<f64>,
    #[serde(default)]
    inner: Vec<Inner>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(dead_code, reason = "only errors are looked at")]
enum Inner {
    Plain,
    Deep { when: bool },
    Text(String),
}

/// `(text, the error)`; no error for a good one.
const CASES: &[(&str, &str)] = &[
    ("{name: a, count: 3, ratio: 1, inner: [plain, {deep: {when: true}}, {text: x}, text y]}", ""),
    ("{name: a, count: null}", ""),
    ("{count: 3}", "1:1 : the field `name` is missing: write `name: ..`"),
    ("{name: 5}", "1:8 name: the number `5` stands here: write text, in quotes"),
    ("{name: [a]}", "1:8 name: a list stands here: write text"),
    ("{name: a, count: 300}", "1:18 count: the number `300` does not fit: write a whole number, 0 or more"),
    ("{name: a, count: -1}", "1:18 count: the number `-1` does not fit: write a whole number, 0 or more"),
    ("{name: a, ratio: x}", "1:18 ratio: the text `x` stands here: write a number"),
    ("{name: a,\n cuont: 3}", "2:2 : there is no field `cuont` here: write `count`"),
    ("{name: a, z: 3}", "1:11 : there is no field `z` here: write `name`, `count`, `ratio` or `inner`"),
    ("{name: a, inner: [plan]}", "1:19 inner[0]: `plan` is not known here: write `plain`"),
    ("{name: a, inner: [deep]}", "1:19 inner[0]: `deep` needs fields: write `{deep: {...}}`"),
    ("{name: a, inner: [text]}", "1:19 inner[0]: `text` needs more: write `{text: ...}`"),
    ("{name: a, inner: [plain x]}", "1:19 inner[0]: `plain` takes nothing: write `plain` alone"),
    ("{name: a, inner: [{plain: 1}]}", "1:20 inner[0]: `plain` takes nothing: write `plain` alone"),
    (
        "{name: a, inner: [plain, {deep: {when: 1}}]}",
        "1:40 inner[1].deep.when: the number `1` stands here: write true or false",
    ),
    ("{name: a, inner: [[1]]}", "1:19 inner[0]: write `plain`, `deep` or `text`"),
    ("[1]", "1:1 : a list stands here: write a map of fields"),
];

#[test]
fn errors_say_where_and_what_to_write() {
    for (text, expected) in CASES {
        let tree = parse(&Source::new("t", text)).unwrap();
        let found = match read::<Sample>(&tree) {
            Ok(_) => String::new(),
            Err(error) => format!("{} {}: {}", error.at.unwrap(), error.path, error.message),
        };
        assert_eq!(found, *expected, "{text}");
    }
}
