//! What happens in a made-up scenario: events, reports, pauses, moods of providers, and nights.

use std::fmt::Write;

use super::documents::EVENTS;
use crate::seeded::Seeded;

/// How many lines a made-up scenario has.
const LINES: usize = 60;

/// The script of one scenario.
pub(super) fn write(seeded: &mut Seeded) -> String {
    let mut text = String::from("zone Europe/Prague\nstart 2024-03-25\n");
    text.push_str("+9h identify email=ana@example.org phone=+1555 context.device.token=t1\n");
    text.push_str("+0s event Consent Changed purpose=marketing status=granted\n");
    for _ in 0..LINES {
        let pause = seeded.one(&["+0s", "+1ms", "+7m", "+1h", "+1h", "+3h", "+5h", "+1d", "+9d"]);
        let _ = writeln!(text, "{pause} {}", happening(seeded));
    }
    text.push_str("+400d event Alpha\n");
    text
}

fn happening(seeded: &mut Seeded) -> String {
    let step = seeded.below(8);
    match seeded.below(36) {
        0 => format!("provider {} {}", channel(seeded), mood(seeded)),
        1 => format!("provider {} accepts", channel(seeded)),
        2 => "pause somebody asked".to_owned(),
        3 => "pause for a while until=+5h".to_owned(),
        4 | 5 | 17 | 18 => "resume".to_owned(),
        6 => format!("event Ticket Opened ticket_id=t{}", seeded.below(2)),
        7 | 8 => format!("event Ticket Resolved ticket_id=t{}", seeded.below(2)),
        9 => {
            format!("identify timezone={}", seeded.one(&["Asia/Tokyo", "America/New_York", "Nowhere", "Europe/Prague"]))
        }
        10 => {
            format!("event Consent Changed purpose=marketing status={}", seeded.one(&["granted", "granted", "denied"]))
        }
        11 => format!("if-sent report {} s{step}", seeded.one(&["delivered", "opened", "bounced", "complained"])),
        12 => format!("if-sent operator {} s{step}", seeded.one(&["retry", "drop"])),
        13 => "down".to_owned(),
        14 => format!("event {} @historical=true n=5", seeded.one(&EVENTS)),
        15 => format!("event {} @id=again key=k1 n=4", seeded.one(&EVENTS)),
        16 => format!("identify email={}", seeded.one(&["null", "b@example.org", "c@example.org"])),
        _ => format!("event {} key=k{} n={}", seeded.one(&EVENTS), seeded.below(3), seeded.below(7)),
    }
}

fn channel(seeded: &mut Seeded) -> &'static str {
    seeded.one(&["email", "sms", "push"])
}

fn mood(seeded: &mut Seeded) -> &'static str {
    seeded.one(&["refuses", "fails", "doubts", "exhausts", "sleeps", "hangs"])
}
