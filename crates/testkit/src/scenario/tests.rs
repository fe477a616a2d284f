//! The runner must notice what does not happen, and what nobody expected.

use std::path::Path;

use super::{Scenario, play};

const DOCUMENTS: &str = "kind: Channel
id: email
type: email
providers: [relay]
---
kind: Template
id: hello
subject: Hello
text: Hello
---
kind: Journey
id: welcome
category: transactional
entry: {event: Signed Up}
steps:
  - {id: pause, delay: {for: 1d}}
  - {id: greet, message: {channel: email, template: hello}}
====
";

#[track_caller]
fn check(script: &str, expected: &str) {
    let scenario = Scenario::parse(Path::new("test.txt"), &format!("{DOCUMENTS}{script}"));
    let got = play(&scenario).map_or_else(|failure| failure.to_string(), |()| "passes".to_owned());
    assert!(got.contains(expected), "got: {got}");
}

#[test]
fn what_happens_as_written_passes() {
    check(
        "09:00 identify email=a@example.org
         09:00 event Signed Up
         09:00 expect enter welcome until=+1d
         +1d   expect send email greet
         +0s   expect exit welcome reason=completed",
        "passes",
    );
    check("09:00 event Signed Up\n+1d expect none greet reason=unreachable", "passes");
}

#[test]
fn what_does_not_happen_fails() {
    check("09:00 event Signed Up\n09:00 expect send email", "expected send email");
    check("09:00 event Signed Up\n+1d expect send email", "got  Tue 2024-01-09T09:00:00.001  none greet");
    check("09:00 event Signed Up\n+1d expect none greet reason=consent", "expected none greet");
}

#[test]
fn a_send_that_nobody_expected_fails() {
    check("09:00 identify email=a@example.org\n09:00 event Signed Up\n+2d expect nothing", "nobody expected");
}

#[test]
fn a_line_that_cannot_be_read_fails() {
    check("09:00 juggle", "`juggle` is no verb");
    check("noon event Signed Up", "`noon` is no verb");
    check("documents missing.yaml\n", "there is no file `missing.yaml`");
    check("09:00 provider email sulks", "`sulks` is nothing a provider does");
}
