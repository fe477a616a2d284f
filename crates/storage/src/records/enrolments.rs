//! The enrolments section: live runs through journeys, and how many there were.
//!
//! Key: customer rows, section 4. At most one per customer. Layout version 1.

use baton_customer::{Departure, Enrolment, Enrolments, Exposure, OpenGoal, Position, RunKey, Runs, Waiting};

use super::layout::{layout_enum, layout_struct};

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 4;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(Enrolments { live, runs, runs_floor, exposures, open_goals });
layout_struct!(Enrolment {
    id,
    journey,
    version,
    key,
    run,
    entered_at,
    expires_at,
    event,
    context,
    position,
    visits,
    exit_flip,
    goal_reached,
    held,
});
layout_struct!(Position { step, visit, entered_at, base, tries, waiting });
layout_struct!(Departure { to, by, base });
layout_struct!(RunKey { journey, key });
layout_struct!(Runs { last, last_entry });
layout_struct!(Exposure { experiment, unit });
layout_struct!(OpenGoal { enrolment, journey, version, key, until });
layout_enum!(Waiting {
    1 => Arriving,
    2 => Until { deadline },
    3 => Conditions { deadline, grace_until, flip, edges },
    4 => Sends { deadline },
    5 => Retry { deadline },
    6 => Faulted { dead_letter },
    7 => Finishing { reason, goal },
});
