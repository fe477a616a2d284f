//! A filter with a bound on what it makes, so that no chain of filters can fill the memory of a node.

use std::fmt;

use liquid_core::error::{Error, Result};
use liquid_core::model::ScalarCow;
use liquid_core::parser::{Filter, FilterArguments, FilterReflection, ParseFilter};
use liquid_core::{Expression, Runtime, Value, ValueView};

/// The most bytes of a value that a filter makes or a `capture` takes, summed over its items. Beyond it, rendering fails.
pub const VALUE_BYTES_MAX: usize = 256 * 1024;

/// Filters whose output can be as long as input times argument. Their product is checked before they run.
const MULTIPLYING: [&str; 2] = ["join", "replace"];

/// The most bytes times bytes for [`MULTIPLYING`] filters; so much memory may be used for a moment.
const PRODUCT_MAX: usize = 64 * VALUE_BYTES_MAX;

#[derive(Clone)]
pub(super) struct Bounded(pub(super) Box<dyn ParseFilter>);

impl ParseFilter for Bounded {
    fn parse(&self, arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let positional: Vec<Expression> = arguments.positional.collect();
        let multiplies = MULTIPLYING.contains(&self.0.reflection().name());
        let multipliers = if multiplies { positional.clone() } else { Vec::new() };
        let positional = Box::new(positional.into_iter());
        let filter = self.0.parse(FilterArguments { positional, keyword: arguments.keyword })?;
        Ok(Box::new(BoundedFilter { filter, multipliers }))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        self.0.reflection()
    }
}

#[derive(Debug)]
struct BoundedFilter {
    filter: Box<dyn Filter>,
    multipliers: Vec<Expression>,
}

impl fmt::Display for BoundedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)
    }
}

impl Filter for BoundedFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let arguments = self.multipliers.iter().filter_map(|argument| argument.try_evaluate(runtime));
        let longest = arguments.map(|argument| bytes(argument.as_view())).max().unwrap_or(0);
        if longest.saturating_mul(bytes(input)) > PRODUCT_MAX {
            return Err(too_long());
        }
        let output = self.filter.evaluate(input, runtime)?;
        if bytes(&output) > VALUE_BYTES_MAX { Err(too_long()) } else { Ok(output) }
    }
}

pub(super) fn too_long() -> Error {
    Error::with_msg(format!("a value is longer than {VALUE_BYTES_MAX} bytes"))
}

/// The bytes of a value, each item counted as at least one.
fn bytes(value: &dyn ValueView) -> usize {
    if let Some(items) = value.as_array() {
        return items.values().map(|item| 1 + bytes(item)).sum();
    }
    if let Some(fields) = value.as_object() {
        return fields.iter().map(|(name, item)| 1 + name.len() + bytes(item)).sum();
    }
    value.as_scalar().as_ref().map_or(0, scalar_bytes)
}

fn scalar_bytes(scalar: &ScalarCow<'_>) -> usize {
    scalar.to_kstr().len()
}
