//! A split: a variant by a hash of the unit, kept from the first exposure on.

use std::sync::Arc;

use baton_journey::step::split::{Split, Unit};
use baton_model::value::Value;

use super::{Outcome, Visiting};
use crate::phases::depart::Way;
use crate::turn::Turn;
use crate::turn::evaluate::View;
use crate::turn::record::check;
use crate::{Enrolments, Exposure};

/// Gives the unit its variant.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, split: &Split) -> Outcome {
    let Some(unit) = unit(turn, visiting, split) else {
        return Outcome::Error("the expression of `unit` gives no text or number".to_owned());
    };
    let exposure = Exposure { experiment: split.experiment.clone(), unit };
    let kept = turn.state.enrolments.exposures.get(&exposure);
    let kept = kept.and_then(|variant| split.variants.iter().position(|known| known.id == *variant));
    let (variant, exposed) = kept.map_or_else(
        || {
            let assigned = split.assign(&exposure.unit);
            (assigned.variant, assigned.exposed)
        },
        |variant| (variant, false),
    );
    let variant = &split.variants[variant];
    let way = Way::to(variant.then, format!("variant {}", variant.id), visiting.position.base);
    if !exposed {
        return Outcome::Go(way);
    }
    let seen = check("exposure", true, format!("{} unit {}", exposure.experiment, exposure.unit));
    keep(turn, exposure, &variant.id);
    Outcome::Go(way.because(seen))
}

fn keep(turn: &mut Turn<'_>, exposure: Exposure, variant: &str) {
    if turn.state.enrolments.exposures.len() < Enrolments::EXPOSURES_MAX {
        Arc::make_mut(&mut turn.state.enrolments).exposures.insert(exposure, variant.to_owned());
    }
}

fn unit(turn: &mut Turn<'_>, visiting: Visiting<'_>, split: &Split) -> Option<String> {
    match &split.unit {
        Unit::Customer => Some(turn.id.as_str().to_owned()),
        Unit::Enrolment => Some(visiting.id.to_string()),
        Unit::Expression(expression) => match turn.value(expression, View::of(visiting.journey, visiting.id))? {
            Value::String(text) => Some(text),
            number @ (Value::Int(_) | Value::Double(_)) => Some(number.to_string()),
            _ => None,
        },
    }
}
