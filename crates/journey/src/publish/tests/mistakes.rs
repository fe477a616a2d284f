//! One document with a mistake per case, and exactly what is said about it: `mistakes.txt`.
//!
//! A case is a title after `===`, a text, and the errors after `!!`, in order. It is published beside a small set of a
//! channel, a topic, a purpose, a template, a segment and a policy.

use std::fmt::Write;

use super::publish_texts;

/// What every case may name.
const SET: &str = "
{kind: Channel, id: email, type: email}
---
{kind: Channel, id: sms, type: sms, roles: [urgent]}
---
{kind: Topic, id: news, default: subscribed, channels: [email, sms]}
---
{kind: Topic, id: mail-only, default: subscribed, channels: [email]}
---
{kind: Purpose, id: marketing, legal_basis: consent}
---
{kind: Template, id: hello, subject: Hello, text: Hello, vars: {name: {}, title: {default: you}}}
---
{kind: Template, id: plain, text: Hello}
---
{kind: Segment, id: members, rule: {did: {event: Joined}}}
---
{kind: Policy, id: caps, checks: [{min_gap: {gap: 1h}}]}
";

#[test]
fn every_mistake_is_told_with_its_place_and_what_to_write() {
    let cases = include_str!("mistakes.txt").split("=== ").skip(1);
    let mut wrong = String::new();
    for case in cases {
        let (title, rest) = case.split_once('\n').unwrap();
        let (text, expected) = rest.split_once("!! ").map_or((rest, ""), |(text, _)| (text, &rest[text.len()..]));
        let expected: Vec<_> = expected.lines().map(|line| line.trim_start_matches("!! ")).collect();
        let found = match publish_texts(&[("set.yaml", SET), ("t.yaml", text)]) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        };
        if found != expected {
            write!(wrong, "=== {title}\n{text}").unwrap();
            wrong.extend(found.iter().map(|line| format!("!! {line}\n")));
        }
    }
    assert!(wrong.is_empty(), "these cases say something else now:\n{wrong}");
}
