//! A profile step: traits change in the decision; every rule after it sees them.

use baton_journey::binding::Binding;
use baton_journey::step::update_profile::UpdateProfile;
use baton_model::profile::Profile;
use baton_model::value::Value;

use super::{Outcome, Visiting};
use crate::phases::depart::Way;
use crate::profile::{forget_bounces, note_zone_change};
use crate::turn::Turn;
use crate::turn::evaluate::View;

/// The most items of a list that `append` grows; the oldest leave first.
const LIST_ITEMS_MAX: usize = 1_000;

/// Changes the traits, all or none.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, update: &UpdateProfile) -> Outcome {
    let mut profile = Profile::clone(&turn.state.profile);
    if let Err(why) = change(turn, visiting, update, &mut profile) {
        return Outcome::Error(why);
    }
    forget_bounces(&turn.state.profile, &mut profile);
    note_zone_change(&turn.state.profile, &mut profile, turn.at);
    if profile.weight() > Profile::WEIGHT_MAX {
        return Outcome::Error(format!("the profile would have more than {} bytes", Profile::WEIGHT_MAX));
    }
    if profile != *turn.state.profile {
        turn.touched.note_profile(&turn.state.profile, &profile);
        turn.state.set_profile(profile);
    }
    Outcome::Go(Way::to(visiting.step.next, "updated", visiting.position.base))
}

fn change(
    turn: &mut Turn<'_>,
    visiting: Visiting<'_>,
    update: &UpdateProfile,
    profile: &mut Profile,
) -> Result<(), String> {
    for name in &update.unset {
        profile.traits.remove(name);
    }
    for (name, binding) in &update.set {
        let value = value(turn, visiting, name, binding)?;
        profile.traits.insert(name.clone(), value);
    }
    for (name, binding) in &update.increment {
        let by = value(turn, visiting, name, binding)?;
        let sum = sum(profile.traits.get(name), &by)
            .ok_or_else(|| format!("trait `{name}` or its increment is no number"))?;
        profile.traits.insert(name.clone(), sum);
    }
    for (name, binding) in &update.append {
        let item = value(turn, visiting, name, binding)?;
        append(profile, name, item)?;
    }
    Ok(())
}

fn value(turn: &mut Turn<'_>, visiting: Visiting<'_>, name: &str, binding: &Binding) -> Result<Value, String> {
    let value = turn.bound_value(binding, View::of(visiting.journey, visiting.id));
    let value = value.ok_or_else(|| format!("the expression of trait `{name}` has no value"))?;
    if value.is_deeper_than(Value::NESTING_MAX) {
        return Err(format!("trait `{name}` would be nested deeper than {} levels", Value::NESTING_MAX));
    }
    Ok(value)
}

/// The sum of two numbers, whole as long as both are and it fits.
fn sum(number: Option<&Value>, by: &Value) -> Option<Value> {
    match (number.unwrap_or(&Value::Int(0)), by) {
        (Value::Int(number), Value::Int(by)) if number.checked_add(*by).is_some() => Some(Value::Int(number + by)),
        (number, by) => Some(Value::Double(number.as_number()? + by.as_number()?)),
    }
}

fn append(profile: &mut Profile, name: &str, item: Value) -> Result<(), String> {
    let list = profile.traits.entry(name.to_owned()).or_insert_with(|| Value::List(Vec::new()));
    let Value::List(items) = list else {
        return Err(format!("trait `{name}` is no list"));
    };
    items.push(item);
    if items.len() > LIST_ITEMS_MAX {
        items.remove(0);
    }
    Ok(())
}
