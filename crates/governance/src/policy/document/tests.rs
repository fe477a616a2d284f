//! What a policy must be to be published, and what its author is told otherwise.

use crate::testing::policy_errors;

#[test]
fn a_faulty_policy_says_what_to_write_instead() {
    let check = |checks: &str, expected: &[&str]| {
        let errors = policy_errors(&format!(r#"{{"id": "p", "checks": {checks}}}"#));
        assert_eq!(errors.len(), expected.len(), "{checks}: {errors:?}");
        for (error, expected) in errors.iter().zip(expected) {
            assert!(error.contains(expected), "{checks}: {error}\nexpected: {expected}");
        }
    };
    check(r#"[{"frequency_cap": {"scope": "global", "limit": 3, "window": "rolling 7d"}}]"#, &[]);
    check(r#"[{"frequency_cap": {"scope": {"topic": "offers"}, "limit": 3, "window": "calendar day"}}]"#, &[]);
    check("[]", &["checks: is empty: write at least one check"]);
    check(
        r#"[{"frequency_cap": {"scope": "journey", "limit": 3, "window": "rolling 7d"}}]"#,
        &["a scope: write `global`, `channel`, `category`, `topic`, `{channel: <id>}` or `{topic: <id>}`"],
    );
    check(
        r#"[{"frequency_cap": {"scope": {"channel": "fax"}, "limit": 3, "window": "rolling 7d"}}]"#,
        &["checks[0].frequency_cap.scope: there is no channel `fax`: publish it in the same set"],
    );
    check(
        r#"[{"frequency_cap": {"scope": "global", "limit": 3, "window": "weekly"}}]"#,
        &["`weekly` is no window: write `rolling` and a duration"],
    );
    check(
        r#"[{"frequency_cap": {"scope": "global", "limit": 3, "window": "rolling 1d", "count": ["transactional"]}}]"#,
        &["checks[0].frequency_cap.count: marketing always counts and transactional never does: write `[service]`"],
    );
    check(r#"[{"min_gap": {"gap": "soon"}}]"#, &["`soon` is no gap: write a duration longer than nothing"]);
    check(r#"[{"min_gap": {"gap": "0h"}}]"#, &["`0h` is no gap"]);
    check(
        r#"[{"spacing": {"channel": "fax", "after": ["email", "telex"], "gap": "1h"}}]"#,
        &["checks[0].spacing: there is no channel `telex`", "checks[0].spacing: there is no channel `fax`"],
    );
    check(
        r#"[{"quiet_hours": {"from": "9pm", "to": "08:00"}}]"#,
        &["`9pm` is not a time of day: write \"00:00\" to \"23:59\", in quotes"],
    );
    check(
        r#"[{"quiet_hours": {"from": "21:00", "to": "08:00", "days": [], "countries": ["Germany"]}}]"#,
        &["checks[0].quiet_hours.days: is empty", "`Germany` is no country: write its ISO 3166-1 code"],
    );
    check(
        r#"[{"quiet_hours": {"from": "21:00", "to": "08:00", "exempt": {"journeys": ["x"], "topics": ["y"]}}}]"#,
        &["checks[0].quiet_hours.exempt.topics: there is no topic `y`", "there is no journey `x`"],
    );
    check(
        r#"[{"suppress_while": {"when": {"all": [{"segment": "nobody"}]}, "resume": "-1h"}}]"#,
        &["checks[0].suppress_while.resume: is no time at all", "checks[0].suppress_while.when.all[0]"],
    );
    check(
        r#"[{"suppress_while": {"when": {"ticket": {"open": true}}, "resume": "1h"}}, {"suppress_while": {"when": {"ticket": {"open": true}}, "resume": "2h"}}]"#,
        &["checks: holds two `suppress_while` with `resume`: write each as a policy of its own"],
    );
    check(
        r#"[{"charter": {"max_per_week": 3}}, {"require_before": {"rule": "true"}}]"#,
        &[
            "checks[0].charter: is not supported yet in this version",
            "checks[1].require_before: is not supported yet in this version: write `suppress_while: {when: {not: <rule>}}`",
        ],
    );
    check(r#"[{"quiet_hour": {}}]"#, &["unknown variant `quiet_hour`"]);
    check(r#"[{"quiet_hours": {"from": "21:00", "to": "08:00", "till": "x"}}]"#, &["unknown field `till`"]);
}
