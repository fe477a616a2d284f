//! Row 10: where a cap is full, messages of lower priority whose attempt has not begun yield their places.

use baton_model::decision::Check;
use baton_model::ids::SendId;
use baton_model::send::{Category, Send};

use super::caps::Standing;
use super::{Subject, passed, refused};
use crate::life::attempts;

const NAME: &str = "arbitration";

/// How the contest for a place ends.
pub(super) enum Contest {
    /// There is a place once these are gone.
    Won { displaced: Vec<SendId> },
    /// Too few yield.
    Lost,
}

/// Chooses who yields: the lowest priority first, then the youngest; no more than needed.
pub(super) fn contest(subject: &Subject<'_>, standings: &[Standing<'_>], checks: &mut Vec<Check>) -> Contest {
    if standings.iter().all(|standing| standing.missing() == 0) {
        checks.push(passed(NAME, ""));
        return Contest::Won { displaced: Vec::new() };
    }
    let mut displaced: Vec<&Send> = Vec::new();
    for standing in standings {
        let mut yielding: Vec<_> = standing.holders.iter().copied().filter(|other| yields(subject, other)).collect();
        yielding.sort_unstable_by_key(|other| (other.priority, std::cmp::Reverse(other.decided_at), other.id));
        for other in yielding {
            if enough(standing, &displaced) {
                break;
            }
            if displaced.iter().all(|known| known.id != other.id) {
                displaced.push(other);
            }
        }
        if !enough(standing, &displaced) {
            checks.push(refused(NAME, "no message of lower priority is waiting to be sent"));
            return Contest::Lost;
        }
    }
    keep_needed(&mut displaced, standings);
    let names: Vec<_> = displaced.iter().map(|other| format!("{} (priority {})", other.id, other.priority)).collect();
    checks.push(passed(NAME, format!("takes the place of {}", names.join(", "))));
    Contest::Won { displaced: displaced.iter().map(|other| other.id).collect() }
}

/// Whether `other` must yield to the message at hand. Only marketing competes: what passes no cap takes its place anyway.
fn yields(subject: &Subject<'_>, other: &Send) -> bool {
    let competes = other.category == Category::Marketing && other.priority < subject.send.priority;
    competes && attempts::made(other, subject.world).is_none()
}

/// Whether the cap has a place once `displaced` are gone.
fn enough(standing: &Standing<'_>, displaced: &[&Send]) -> bool {
    let freed = standing.holders.iter().filter(|holder| displaced.iter().any(|other| other.id == holder.id)).count();
    freed >= standing.missing()
}

/// One that was chosen for one cap may have become needless by another chosen for the next: the first chosen, which are the
/// lowest, are spared last.
fn keep_needed(displaced: &mut Vec<&Send>, standings: &[Standing<'_>]) {
    let mut index = displaced.len();
    while index > 0 {
        index -= 1;
        let spared = displaced.remove(index);
        if !standings.iter().all(|standing| enough(standing, displaced)) {
            displaced.insert(index, spared);
        }
    }
}
