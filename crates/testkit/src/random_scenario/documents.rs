//! Documents that validate: journeys of every step type, chained so that every step can be reached and every circle ends.

use std::fmt::Write;

use super::{CAP_HOURS, CAP_LIMIT};
use crate::seeded::Seeded;

/// Events of the made-up world.
pub(super) const EVENTS: [&str; 4] = ["Alpha", "Beta", "Gamma", "Delta"];

/// What every made-up scenario names.
const WORLD: &str = r"kind: Channel
id: email
type: email
providers: [relay]
---
kind: Channel
id: sms
type: sms
providers: [operator]
---
kind: Channel
id: push
type: push
providers: [apns]
at_most_once: true
---
kind: Topic
id: news
default: subscribed
---
kind: Purpose
id: marketing
legal_basis: consent
---
kind: Template
id: note
subject: A note
text: A note
---
kind: Segment
id: active
rule: {did: {event: Alpha, times: {at_least: 2}, within: 2d}}
---
kind: Segment
id: gone
rule: {all: [{did: {event: Alpha}}, {not: {segment: active}}]}
";

/// The documents of one scenario.
pub(super) fn write(seeded: &mut Seeded) -> String {
    let mut text = WORLD.to_owned();
    let _ = write!(
        text,
        "---\nkind: Policy\nid: caps\napplies_to: all\nchecks:\n  \
         - frequency_cap: {{scope: channel, limit: {CAP_LIMIT}, window: rolling {CAP_HOURS}h}}\n"
    );
    if seeded.once_in(2) {
        text.push_str("  - quiet_hours: {from: \"21:00\", to: \"08:00\"}\n");
    }
    if seeded.once_in(2) {
        text.push_str("  - suppress_while: {when: {ticket: {open: true}}}\n");
    }
    if seeded.once_in(3) {
        text.push_str("  - min_gap: {gap: 2h}\n");
    }
    for number in 0..=seeded.below(4) {
        journey(seeded, number, &mut text);
    }
    text
}

fn journey(seeded: &mut Seeded, number: usize, text: &mut String) {
    let keyed = seeded.once_in(2);
    let matching = if keyed { ", match: key" } else { "" };
    let event = seeded.one(&EVENTS);
    let _ = writeln!(
        text,
        "---\nkind: Journey\nid: journey-{number}\ncategory: marketing\ntopic: news\npurpose: marketing"
    );
    let _ = writeln!(text, "priority: {}", seeded.below(100));
    let key = if keyed { ", key: event.properties.key" } else { "" };
    let _ = writeln!(text, "entry: {{event: {event}{key}}}");
    let duplicate = seeded.one(&["ignore", "restart", "update"]);
    let _ = writeln!(text, "reentry: {{on_duplicate_key: {duplicate}, max_concurrent: 3}}");
    if seeded.once_in(2) {
        let exit = seeded.one(&EVENTS);
        let _ = writeln!(text, "exit:\n  - {{event: {exit}{matching}, reason: left}}");
        if seeded.once_in(3) {
            let _ = writeln!(text, "  - {{when: {{segment: gone}}, reason: gone}}");
        }
    }
    if seeded.once_in(2) {
        let _ = writeln!(text, "goal: {{event: Delta{matching}, within: 3d}}");
    }
    let _ = writeln!(text, "limits: {{max_visits: {}, max_age: {}d}}", 1 + seeded.below(4), 1 + seeded.below(20));
    let _ = writeln!(text, "max_defer: {}h\nsteps:", 1 + seeded.below(60));
    let steps = 1 + seeded.below(8);
    for place in 0..steps {
        step(seeded, place, matching, text);
    }
    let _ = writeln!(text, "  - {{id: s{steps}, exit: finished}}");
}

/// A step that leads to the next one, and sometimes elsewhere.
fn step(seeded: &mut Seeded, place: usize, matching: &str, text: &mut String) {
    let next = place + 1;
    let then = if place > 0 && seeded.once_in(4) { seeded.below(place) } else { next };
    let event = seeded.one(&EVENTS);
    let id = format!("  - {{id: s{place}, ");
    let _ = match seeded.below(9) {
        0 => writeln!(text, "{id}delay: {{for: {}}}}}", seeded.one(&["PT0S", "-PT5M", "90m", "1d", "P1M"])),
        1 => writeln!(text, "{id}delay: {{until: {{local_time: \"02:30\"}}}}}}"),
        2 => writeln!(text, "{id}delay: {{random: {{min: 1h, max: 3h}}}}}}"),
        3 => writeln!(text, "{id}time_window: {{days: [mon..fri], from: \"22:00\", to: \"06:00\"}}}}"),
        4 => writeln!(
            text,
            "{id}wait_for: {{branches: [{{event: {event}{matching}, then: s{then}, capture: {{n: event.properties.n}}}}, \
             {{when: {{not: {{did: {{event: Beta, within: 1d}}}}}}, edge: new, then: s{next}}}, \
             {{segment: {{enters: active}}, then: s{next}}}], timeout: {}, on_timeout: s{next}}}}}",
            seeded.one(&["PT0S", "1h", "2d"])
        ),
        5 => writeln!(text, "{id}branch: {{cases: [{{when: context.n > 3, then: s{then}}}], else: s{next}}}}}"),
        6 => writeln!(
            text,
            "{id}update_profile: {{increment: {{count: 1}}, append: {{seen: context.n}}}}, on_error: continue}}"
        ),
        7 => writeln!(
            text,
            "{id}split: {{experiment: e{place}, variants: [{{id: a, weight: 0.5, then: s{then}}}, \
             {{id: b, weight: 0.5, then: s{next}}}]}}}}"
        ),
        _ => message(seeded, &id, text),
    };
}

fn message(seeded: &mut Seeded, id: &str, text: &mut String) -> std::fmt::Result {
    let channels = seeded.one(&[
        "channel: email",
        "channels: [push, sms, email], strategy: first_reachable",
        "channels: [email, sms], strategy: all",
    ]);
    let advance = seeded.one(&["on_decision", "on_accepted", "{on_delivered: {timeout: 3h}}"]);
    let capped = seeded.one(&["defer", "drop", "exit"]);
    writeln!(text, "{id}message: {{{channels}, template: note, advance: {advance}, on_capped: {capped}}}}}")
}
