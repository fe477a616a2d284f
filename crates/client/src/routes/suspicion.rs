//! Nodes that did not answer, and for how long they are left in peace.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::address::Address;

/// How long a node is suspect that failed once: a process that is started again needs about as long.
const FIRST: Duration = Duration::from_millis(500);

/// No node is suspect for longer without having been asked again.
const LONGEST: Duration = Duration::from_secs(30);

/// Calls that were under way together fail together; they count once.
const SAME_FAILURE: Duration = Duration::from_millis(100);

/// The suspects.
#[derive(Debug, Default)]
pub(crate) struct Suspicions {
    suspects: BTreeMap<Address, Suspect>,
}

#[derive(Debug, Clone, Copy)]
struct Suspect {
    since: Duration,
    failures: u32,
}

impl Suspicions {
    /// Whether the node is to be left in peace.
    pub(super) fn holds(&self, address: &Address, now: Duration) -> bool {
        now < self.until(address)
    }

    /// Until when; zero if it never failed.
    pub(super) fn until(&self, address: &Address) -> Duration {
        self.suspects.get(address).map_or(Duration::ZERO, |suspect| {
            let doublings = suspect.failures.saturating_sub(1);
            suspect.since + FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST)
        })
    }

    /// It failed.
    pub(super) fn raise(&mut self, address: &Address, now: Duration) {
        let suspect = self.suspects.entry(address.clone()).or_insert(Suspect { since: now, failures: 0 });
        if suspect.failures == 0 || now >= suspect.since + SAME_FAILURE {
            *suspect = Suspect { since: now, failures: suspect.failures.saturating_add(1) };
        }
    }

    /// It answered.
    pub(super) fn clear(&mut self, address: &Address) {
        self.suspects.remove(address);
    }
}
