//! Row 8: it is no quiet hour where the customer is. Where that is only assumed, it must be none in the assumed zone and in
//! every zone of the customer's country.

use baton_model::decision::Check;
use baton_model::reason::{Reason, ReasonCode};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Refusal, Subject, passed, refused};
use crate::country;
use crate::policy::{PolicyCheck, QuietHours, applicable};

/// Quiet hours repeat every week: a time that is not open within so long, with a day for the clock's changes, never is.
const OPENING_WITHIN: SignedDuration = SignedDuration::from_hours(8 * 24);

/// Refuses in a quiet hour; the row can pass when none of the policies holds in any of the zones.
pub(super) fn check(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Option<Refusal> {
    let Subject { send, message, world, .. } = subject;
    let country = country::of(world.profile);
    let policies: Vec<_> = applicable(world.policies, message)
        .flat_map(|policy| policy.checks.iter().map(move |check| (&policy.id, check)))
        .filter_map(|(id, check)| match check {
            PolicyCheck::QuietHours(quiet) if quiet.concerns(send, country.as_deref()) => Some((id, quiet)),
            _ => None,
        })
        .collect();
    let zone = world.zone_of(message);
    let more_zones = country.as_deref().filter(|_| world.zone_assumed).map_or(&[][..], country::zones);
    let zones: Vec<_> = std::iter::once(zone).chain(more_zones).collect();
    let seen = if world.zone_assumed {
        format!("zone_assumed: {} and {} of the country", name(zone), more_zones.len())
    } else {
        format!("zone {}", name(zone))
    };

    let mut refusal = None;
    for (id, quiet) in &policies {
        let check_name = format!("quiet_hours {id}");
        if ends(quiet, &zones, world.at).is_none() {
            checks.push(passed(check_name, &seen));
            continue;
        }
        let opening = opening(&policies, &zones, world.at);
        let detail = format!("`{id}` {}–{}, {seen}", short(quiet.from.0), short(quiet.to.0));
        checks.push(refused(check_name, &detail));
        let reason = Reason::new(ReasonCode::QuietHours, detail);
        Refusal::join(&mut refusal, Refusal { reason, action: quiet.action.into(), wake: opening });
    }
    refusal
}

/// The end of the quiet hour that holds `at` in some zone.
fn ends(quiet: &QuietHours, zones: &[&TimeZone], at: Timestamp) -> Option<Timestamp> {
    zones.iter().filter_map(|zone| quiet.ends(at, zone)).max()
}

/// The first instant from `at` on that no policy calls quiet in any zone.
fn opening(
    policies: &[(&baton_model::text_id::PolicyId, &QuietHours)],
    zones: &[&TimeZone],
    at: Timestamp,
) -> Option<Timestamp> {
    let horizon = baton_model::time::saturating_add(at, OPENING_WITHIN);
    let mut candidate = at;
    while candidate <= horizon {
        let end = policies.iter().filter_map(|(_, quiet)| ends(quiet, zones, candidate)).max();
        match end {
            None => return Some(candidate),
            // An end lies after the instant it was asked for, so the walk moves on; the horizon bounds it.
            Some(end) => candidate = end,
        }
    }
    None
}

fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

fn short(time: jiff::civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}
