//! Answers that may be stale, and how old they may be.

use baton_wire::pb::google::Duration;
use baton_wire::pb::v1::Staleness;

/// Whether an answer may be stale.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct MayBeStale {
    /// Take what the node has, or one that has it, without asking the leader; says how old that may be
    #[arg(long)]
    pub(super) stale: bool,
}

/// What to tell below an answer.
pub(super) fn note(staleness: Option<&Staleness>) -> String {
    match staleness {
        None => String::new(),
        Some(Staleness { at_most: Some(Duration { seconds, nanos }) }) => {
            format!("\nstale: what happened in the last {seconds}.{:03} s may be missing", nanos / 1_000_000)
        }
        Some(Staleness { at_most: None }) => {
            "\nstale: anything may be missing, the node has heard of no leader since it was started".to_owned()
        }
    }
}

/// The older of two.
pub(super) fn older(one: Option<Staleness>, other: Option<Staleness>) -> Option<Staleness> {
    let age = |staleness: &Staleness| staleness.at_most.map_or((i64::MAX, 0), |age| (age.seconds, age.nanos));
    one.into_iter().chain(other).max_by_key(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(millis: Option<i64>) -> Staleness {
        let duration = |millis: i64| Duration {
            seconds: millis / 1_000,
            nanos: i32::try_from(millis % 1_000).unwrap() * 1_000_000,
        };
        Staleness { at_most: millis.map(duration) }
    }

    #[test]
    fn an_answer_says_how_old_it_may_be() {
        let cases = [
            (None, ""),
            (Some(of(Some(1_050))), "\nstale: what happened in the last 1.050 s may be missing"),
            (Some(of(None)), "\nstale: anything may be missing, the node has heard of no leader since it was started"),
        ];
        for (staleness, expected) in cases {
            assert_eq!(note(staleness.as_ref()), expected);
        }
    }

    #[test]
    fn a_list_is_as_old_as_its_oldest_page() {
        assert_eq!(older(None, None), None);
        assert_eq!(older(None, Some(of(Some(5)))), Some(of(Some(5))));
        assert_eq!(older(Some(of(Some(1_100))), Some(of(Some(900)))), Some(of(Some(1_100))));
        assert_eq!(older(Some(of(None)), Some(of(Some(900)))), Some(of(None)));
    }
}
