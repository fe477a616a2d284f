//! Documents in, trees or error texts out.

use super::{OneOrMany, RuleDocument};

fn parse(json: &str) -> Result<RuleDocument, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn a_bare_text_is_an_expression() {
    assert_eq!(parse(r#""1 < 2""#).unwrap(), RuleDocument::Expr("1 < 2".to_owned()));
    assert_eq!(parse("true").unwrap(), RuleDocument::Expr("true".to_owned()));
    assert_eq!(parse(r#"{"expr": "1 < 2"}"#).unwrap(), RuleDocument::Expr("1 < 2".to_owned()));
}

#[test]
fn one_severity_needs_no_list() {
    let severity = |json: &str| match parse(json).unwrap() {
        RuleDocument::Ticket(ticket) => ticket.severity,
        other => panic!("{other:?} is no ticket"),
    };
    assert_eq!(severity(r#"{"ticket": {"open": true, "severity": "high"}}"#), OneOrMany(vec!["high".to_owned()]));
    assert_eq!(severity(r#"{"ticket": {"open": true, "severity": ["a", "b"]}}"#).0.len(), 2);
    assert_eq!(severity(r#"{"ticket": {"open": true}}"#), OneOrMany(Vec::new()));
}

#[test]
fn an_error_says_what_to_write() {
    let cases = [
        (r#"{"sequence": {}}"#, "`sequence` is not supported yet in this version"),
        (r#"{"random": {}}"#, "`random` is not supported yet in this version"),
        (r#"{"dit": {}}"#, "`dit` is no rule: write one of all, any"),
        ("{}", "a rule is empty"),
        (r#"{"segment": "a", "consent": "b"}"#, "write `all: [{segment: ..}, {consent: ..}]`, or `any`"),
        (r#"{"did": {"event": "E", "withn": "1d"}}"#, "unknown field `withn`"),
        (r#"{"did": {"event": "E", "within": "soon"}}"#, "`soon` is not a duration"),
        (r#"{"did": {"event": "E", "since": "soon"}}"#, "`soon` is no moment"),
        (r#"{"aggregate": {"event": "E", "fn": "median", "is": {}}}"#, "unknown variant `median`"),
        (r#"{"message": {"status": ["seen"]}}"#, "unknown variant `seen`"),
        ("3", "a rule: an expression, or an object"),
    ];
    for (json, expected) in cases {
        let error = parse(json).unwrap_err();
        assert!(error.contains(expected), "{json}: {error}");
    }
}
