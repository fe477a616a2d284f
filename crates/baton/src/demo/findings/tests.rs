//! Records in, counts out.

use baton_wire::pb::google;

use super::*;

fn record(verdict: &str, fate: &str, reason: &str, send: &str) -> pb::DecisionRecord {
    pb::DecisionRecord {
        verdict: verdict.to_owned(),
        fate: fate.to_owned(),
        reason: reason.to_owned(),
        send: send.to_owned(),
        journey: "welcome".to_owned(),
        enrolment: "e".to_owned(),
        channel: "email".to_owned(),
        ..pb::DecisionRecord::default()
    }
}

fn found(consents: bool, records: Vec<pb::DecisionRecord>) -> Findings {
    let shopper = Shopper { id: "c".to_owned(), email: String::new(), zone: None, consents };
    let entry = pb::TimelineEntry { records, ..pb::TimelineEntry::default() };
    let mut findings = Findings::default();
    findings.take(&shopper, &[entry], &mut Xxh3::new());
    findings
}

fn counts<K: Clone + Ord>(counts: &BTreeMap<K, u64>) -> Vec<(K, u64)> {
    counts.iter().map(|(key, count)| (key.clone(), *count)).collect()
}

#[test]
fn an_enrolment_counts_once_by_its_outcome() {
    let key = |outcome: &str| ("welcome".to_owned(), outcome.to_owned());
    let running = found(true, vec![record("entered", "", "", "")]);
    assert_eq!(counts(&running.enrolments), [(key("running"), 1)]);
    let over = found(true, vec![record("entered", "", "", ""), record("exited", "", "welcomed", "")]);
    assert_eq!(counts(&over.enrolments), [(key("welcomed"), 1)]);
}

#[test]
fn a_send_counts_by_its_last_fate_and_once_per_reason_to_wait() {
    let findings = found(
        true,
        vec![
            record("send", "deferred", "quiet_hours", "a"),
            record("send", "deferred", "quiet_hours", "a"),
            record("send", "deferred", "min_gap", "a"),
            record("send", "released", "", "a"),
            record("send", "accepted", "", "a"),
            record("send", "deferred", "quiet_hours", "b"),
            record("send", "guard_false", "", "b"),
            record("send", "dropped", "frequency_cap", "c"),
            record("no_send", "", "unreachable", ""),
        ],
    );
    let text = |pairs: &[(&str, u64)]| pairs.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(counts(&findings.held), text(&[("min_gap", 1), ("quiet_hours", 2)]));
    assert_eq!(counts(&findings.dropped), text(&[("frequency_cap", 1), ("guard_false", 1), ("unreachable", 1)]));
    assert_eq!(findings.accepted["email"].len(), 1);
    let example = findings.example.unwrap();
    assert_eq!((example.sent.as_str(), example.not_sent.as_str()), ("a", "b"));
}

#[test]
fn timers_are_as_late_as_their_entry_says() {
    let entry = |cause: &str, seconds| pb::TimelineEntry {
        time: Some(google::Timestamp { seconds, nanos: 5_000_000 }),
        records: vec![pb::DecisionRecord { cause: cause.to_owned(), ..pb::DecisionRecord::default() }],
        ..pb::TimelineEntry::default()
    };
    assert_eq!(lateness_ms(&entry("timer 1970-01-01T00:00:01Z", 1)), Some(5));
    assert_eq!(lateness_ms(&entry("event order-1", 1)), None);
}
