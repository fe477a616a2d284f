//! What holds whatever happens: no cap is ever exceeded, no gap is ever too short, the outbox is what the records say it is, and everything that waits
//! knows what for.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::send::{Send, SendState};
use baton_model::time::saturating_add;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::life::next_wake;
use crate::testing::{Stage, short};

const CHANNELS: [&str; 3] = ["email", "sms", "once"];

/// Caps as a naive reader takes them: what they count together, how many, and whether of 24 hours or of a local day.
struct Caps {
    per_channel_daily: usize,
    global_rolling: usize,
    gap_minutes: u16,
}

impl Caps {
    fn policy(&self) -> String {
        format!(
            r#"policy {{"id": "caps", "applies_to": "all", "checks": [{{"frequency_cap": {{"scope": "channel", "limit": {}, "window": "calendar day"}}}}, {{"frequency_cap": {{"scope": "global", "limit": {}, "window": "rolling 24h", "look_ahead": "1h"}}}}, {{"min_gap": {{"gap": "{}m"}}}}]}}"#,
            self.per_channel_daily, self.global_rolling, self.gap_minutes
        )
    }

    /// Measures by hand how far apart the messages of different visits went out.
    fn assert_apart(&self, sends: &[&Send]) {
        let gap = SignedDuration::from_mins(i64::from(self.gap_minutes));
        for (index, one) in sends.iter().enumerate() {
            for other in &sends[index + 1..] {
                let one_visit = (one.enrolment, one.visit) == (other.enrolment, other.visit);
                let apart = one.counted_at().zip(other.counted_at()).map(|(a, b)| a.duration_since(b).abs());
                assert!(one_visit || apart.is_none_or(|apart| apart >= gap), "{} and {}", name(one), name(other));
            }
        }
    }

    /// Counts by hand what holds a place or went out.
    fn assert_kept(&self, sends: &[&Send], at: Timestamp, zone: &TimeZone) {
        let day = |instant| zone.to_datetime(instant).date();
        let holds = |send: &&&Send| send.holds_slot();
        let since = saturating_add(at, -SignedDuration::from_hours(24));
        let recent = |send: &&&Send| send.counted_at().is_some_and(|counted| counted > since);
        let today = |send: &&&Send| send.counted_at().is_some_and(|counted| day(counted) == day(at));
        let used = sends.iter().filter(|send| holds(send) || recent(send)).count();
        assert!(used <= self.global_rolling, "{used} of {} in 24 hours", self.global_rolling);
        for channel in CHANNELS {
            let there = || sends.iter().filter(|send| send.channel.as_str() == channel);
            let used = there().filter(|send| holds(send) || today(send)).count();
            assert!(used <= self.per_channel_daily, "{used} of {} on {channel} in a day", self.per_channel_daily);
        }
    }
}

/// One thing that happens, chosen by numbers: what, to whom, and how much later.
type Happening = (u8, u8, u16);

fn play(caps: &Caps, happenings: &[Happening]) {
    let zone = baton_model::time::zone("Europe/Berlin").unwrap();
    let mut stage = Stage::default();
    let mut script = vec![caps.policy()];
    let setup = [
        "message a priority=10 channels=email,sms on_capped=alternate",
        "message b priority=50 channels=sms",
        "message c priority=50 channels=email,sms,once strategy=all max_defer=6h",
        "message d priority=90 channels=email on_failed=alternate",
        "message e priority=99 channels=sms,email category=transactional",
        "2024-03-30T06:00Z zone Europe/Berlin",
    ];
    script.extend(setup.map(str::to_owned));
    for line in &script {
        stage.play(line);
    }
    let mut outbox = BTreeSet::new();
    let mut in_doubt: BTreeMap<String, i32> = BTreeMap::new();
    let mut visits = 1_u32;
    for (what, whom, minutes) in happenings {
        let later = saturating_add(stage.at, SignedDuration::from_mins(i64::from(*minutes)));
        // Often nothing happens until something wakes by itself.
        let wake = stage.with_world(|ledger, world, _| next_wake(ledger, world)).filter(|_| what % 16 == 15);
        let at = wake.unwrap_or(later);
        let Some(input) = choose(&stage, *what, *whom, &mut visits) else {
            continue;
        };
        let line = format!("{}Z {input}", short(at).trim_end_matches('Z'));
        script.push(line.clone());
        let said = stage.play(&line);
        for said in &said {
            let send = said.split(' ').next().unwrap().to_owned();
            if said.ends_with("+outbox") {
                assert!(outbox.insert(send), "{said}: it was in the outbox\n{}", script.join("\n"));
            } else if said.ends_with("-outbox") {
                assert!(outbox.remove(&send), "{said}: it was not in the outbox\n{}", script.join("\n"));
            }
        }
        if said.iter().any(|said| said.starts_with("granted")) {
            *in_doubt.entry(about(&input)).or_default() += 1;
        } else if ["refused", "failed", "exhausted"].iter().any(|known| input.ends_with(known)) {
            *in_doubt.entry(about(&input)).or_default() -= 1;
        }
        assert_sound(caps, &stage, &zone, outbox.len(), &script);
        let may_be_out = |send: &&Send| in_doubt.get(&name(send)).is_some_and(|attempts| *attempts > 0);
        for send in stage.ledger.sends().values().filter(may_be_out) {
            let counts = send.holds_slot() || send.counted_at().is_some();
            assert!(counts, "{} may be out and does not count\n{}", name(send), script.join("\n"));
        }
    }
}

/// How scenarios name a send.
fn name(send: &Send) -> String {
    format!("{}#{}/{}", send.journey, send.visit, send.channel)
}

/// The send that an input is about.
fn about(input: &str) -> String {
    input.split(' ').nth(1).unwrap().to_owned()
}

/// The input that the numbers choose.
fn choose(stage: &Stage, what: u8, whom: u8, visits: &mut u32) -> Option<String> {
    let pending: Vec<_> = stage.ledger.pending().collect();
    let one = || pending.get(usize::from(whom) % pending.len().max(1));
    let journey = ["a", "b", "c", "d", "e"][usize::from(whom) % 5];
    match what % 16 {
        0..=3 => {
            *visits += 1;
            Some(format!("ask {journey}#{visits}"))
        }
        4..=7 => one().map(|send| format!("permit {}", name(send))),
        8..=11 => {
            let attempting = |send: &&&Send| matches!(send.state, SendState::Attempting { .. });
            let send = one().filter(attempting)?;
            let outcomes = ["accepted", "accepted", "refused", "failed", "in_doubt", "exhausted", "exhausted_in_doubt"];
            Some(format!("settle {} {}", name(send), outcomes[usize::from(whom) % outcomes.len()]))
        }
        12 => one().map(|send| format!("cancel {}", name(send))),
        13 => Some(if whom.is_multiple_of(2) { "pause customer" } else { "resume" }.to_owned()),
        14 => Some(format!("epoch {}", 1 + *visits)),
        _ => Some("wake".to_owned()),
    }
}

fn assert_sound(caps: &Caps, stage: &Stage, zone: &TimeZone, outbox_len: usize, script: &[String]) {
    let marketing: Vec<_> = stage.ledger.sends().values().filter(|send| send.journey.as_str() != "e").collect();
    let sound = std::panic::AssertUnwindSafe(|| {
        caps.assert_kept(&marketing, stage.at, zone);
        caps.assert_apart(&marketing);
        let released =
            |send: &&Send| matches!(send.state, SendState::Released { .. } | SendState::Attempting { hold: None, .. });
        assert_eq!(stage.ledger.pending().filter(released).count(), outbox_len, "sends in the outbox");
        for send in stage.ledger.pending() {
            if let SendState::Deferred { wake, .. } = &send.state {
                assert!(wake.is_none_or(|wake| stage.at < wake), "{} should have had its turn", send.id);
            }
        }
    });
    if let Err(panic) = std::panic::catch_unwind(sound) {
        panic!("{panic:?} after\n{}", script.join("\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cap_is_ever_exceeded_and_no_gap_is_too_short(
        per_channel_daily in 0_usize..3,
        global_rolling in 0_usize..4,
        gap_minutes in prop_oneof![Just(1_u16), Just(45), Just(300)],
        happenings in prop::collection::vec((any::<u8>(), any::<u8>(), 0_u16..600), 1..120),
    ) {
        play(&Caps { per_channel_daily, global_rolling, gap_minutes }, &happenings);
    }
}
