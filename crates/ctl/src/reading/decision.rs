//! One decision with its checks and, where a rule was evaluated, the tree of what it saw.

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use super::when;

/// The most message ids of one rule that are shown; the others are counted.
const EVENTS_SHOWN_MAX: usize = 3;

/// The decision, its checks and their rules, one line each.
pub fn decision(record: &pb::DecisionRecord) -> String {
    let mut lines = vec![format!("{}  {}", when(record.at), record.summary)];
    lines.push(format!("    decided on {} under version {}", record.cause, record.definitions_version));
    for check in &record.checks {
        let mark = if check.passed { "passed " } else { "refused" };
        lines.push(format!("    {mark}  {}  {}", check.name, check.detail).trim_end().to_owned());
        if let Some(explain) = &check.explain {
            tell(explain, 3, &mut lines);
        }
    }
    if record.next.is_some() {
        lines.push(format!("    next  {}", when(record.next)));
    }
    lines.join("\n")
}

/// Decisions, oldest first, under the send they are about.
pub fn explanation(explained: &pb::ExplainResponse) -> String {
    let mut parts = Vec::new();
    if let Some(message) = &explained.message {
        let reason = if message.reason.is_empty() { String::new() } else { format!(" ({})", message.reason) };
        parts.push(format!(
            "{} {} of {} to {}: {}{reason}",
            message.channel, message.step, message.journey, message.customer_id, message.state
        ));
    }
    parts.extend(explained.records.iter().map(decision));
    parts.join("\n")
}

fn tell(explain: &pb::Explain, depth: usize, lines: &mut Vec<String>) {
    let mut parts = vec![format!("{}{} is {}", "    ".repeat(depth), explain.rule, explain.value)];
    let operands = explain.operands.iter().map(|operand| {
        let value =
            operand.value.as_ref().map_or_else(|| "nothing".to_owned(), |value| json::from_value(value).to_string());
        format!("{} = {value}", operand.name)
    });
    let operands: Vec<String> = operands.collect();
    if !operands.is_empty() {
        parts.push(format!("({})", operands.join(", ")));
    }
    if !explain.events.is_empty() {
        let shown: Vec<&str> = explain.events.iter().take(EVENTS_SHOWN_MAX).map(String::as_str).collect();
        let untold = explain.events.len() - shown.len();
        let more = if untold > 0 { format!(" and {untold} more") } else { String::new() };
        parts.push(format!("events {}{more}", shown.join(", ")));
    }
    if explain.next_flip.is_some() {
        parts.push(format!("until {}", when(explain.next_flip)));
    }
    lines.push(parts.join("  "));
    for part in &explain.parts {
        tell(part, depth + 1, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_wire::pb::google;

    #[test]
    fn checks_and_the_rule_behind_a_refusal_are_told() {
        let operand = pb::Operand {
            name: "count".to_owned(),
            value: Some(google::Value { kind: Some(google::Kind::NumberValue(2.0)) }),
        };
        let explain = pb::Explain {
            rule: "did Order Completed at most 1".to_owned(),
            operands: vec![operand],
            events: ["e5", "e4", "e3", "e2"].map(ToOwned::to_owned).to_vec(),
            ..pb::Explain::default()
        };
        let passed = pb::Check { name: "consent".to_owned(), passed: true, ..pb::Check::default() };
        let refused = pb::Check {
            name: "guard".to_owned(),
            detail: "was false".to_owned(),
            explain: Some(explain),
            ..pb::Check::default()
        };
        let record = pb::DecisionRecord {
            at: Some(google::Timestamp { seconds: 0, nanos: 0 }),
            cause: "event e5".to_owned(),
            definitions_version: 2,
            summary: "app nudge not sent: its guard was false".to_owned(),
            checks: vec![passed, refused],
            ..pb::DecisionRecord::default()
        };
        assert_eq!(
            decision(&record),
            "1970-01-01T00:00:00Z  app nudge not sent: its guard was false\n    \
             decided on event e5 under version 2\n    \
             passed   consent\n    \
             refused  guard  was false\n            \
             did Order Completed at most 1 is false  (count = 2.0)  events e5, e4, e3 and 1 more"
        );
    }
}
