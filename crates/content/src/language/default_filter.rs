//! `| default: value`: what stands for a variable that has no value, is empty, or is false.

use liquid_core::error::Result;
use liquid_core::model::State;
use liquid_core::{
    Display_filter, Expression, Filter, FilterParameters, FilterReflection, FromFilterParameters, ParseFilter, Runtime,
    Value, ValueView,
};

use crate::runtime::Progress;

#[derive(Debug, FilterParameters)]
struct DefaultArgs {
    #[parameter(description = "What stands for it.")]
    default: Expression,
}

#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(
    name = "default",
    description = "What stands for a variable without a value.",
    parameters(DefaultArgs),
    parsed(DefaultFilter)
)]
pub(super) struct Default;

#[derive(Debug, FromFilterParameters, Display_filter)]
#[name = "default"]
struct DefaultFilter {
    #[parameters]
    args: DefaultArgs,
}

impl Filter for DefaultFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        // The missing variable is this filter's input. The default itself may be missing: then that is noted anew.
        Progress::take_missing(runtime);
        if !input.query_state(State::DefaultValue) {
            return Ok(input.to_value());
        }
        Ok(self.args.evaluate(runtime)?.default.to_value())
    }
}
