//! A branch: the first case whose rule holds, at once.

use baton_journey::step::branch::Branch;

use super::{Outcome, Visiting};
use crate::phases::depart::Way;
use crate::turn::Turn;
use crate::turn::evaluate::View;

/// Chooses the case.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, branch: &Branch) -> Outcome {
    let view = View::of(visiting.journey, visiting.id);
    for (place, case) in branch.cases.iter().enumerate() {
        if turn.evaluate(&case.when, view).value {
            let name = format!("case {}", place + 1);
            let check = turn.check_rule(&name, &case.when, view);
            return Outcome::Go(Way::to(case.then, name, visiting.position.base).because(check));
        }
    }
    Outcome::Go(Way::to(branch.otherwise, "else", visiting.position.base))
}
