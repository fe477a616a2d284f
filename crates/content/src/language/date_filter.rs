//! `| date: "%d %B %Y"`, or `| date: "%H:%M", "Europe/Berlin"`: an instant as text, in UTC or in a zone.
//!
//! The input is an RFC 3339 timestamp, a date, or whole seconds since 1970. Liquid's `"now"` is refused: a message must be
//! the same however often it is rendered.

use baton_model::time;
use jiff::civil::Date as CivilDate;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use liquid_core::error::{Error, Result};
use liquid_core::{
    Display_filter, Expression, Filter, FilterParameters, FilterReflection, FromFilterParameters, ParseFilter, Runtime,
    Value, ValueView,
};

#[derive(Debug, FilterParameters)]
struct DateArgs {
    #[parameter(description = "How to write it, as strftime does.", arg_type = "str")]
    format: Expression,
    #[parameter(description = "The IANA name of a zone.", arg_type = "str")]
    zone: Option<Expression>,
}

#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "date", description = "An instant as text.", parameters(DateArgs), parsed(DateFilter))]
pub(super) struct Date;

#[derive(Debug, FromFilterParameters, Display_filter)]
#[name = "date"]
struct DateFilter {
    #[parameters]
    args: DateArgs,
}

impl Filter for DateFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let args = self.args.evaluate(runtime)?;
        let zone = match &args.zone {
            Some(name) => {
                time::zone(name.as_str()).ok_or_else(|| Error::with_msg(format!("there is no zone `{name}`")))?
            }
            None => TimeZone::UTC,
        };
        let instant = instant(input, zone)?;
        let text = strtime::format(args.format.as_str(), &instant);
        text.map(Value::scalar).map_err(|error| Error::with_msg(format!("date format `{}`: {error}", args.format)))
    }
}

/// The input in `zone`. A date without a time is its first instant there.
fn instant(input: &dyn ValueView, zone: TimeZone) -> Result<Zoned> {
    let text = input.to_kstr();
    let known = match input.as_scalar().and_then(|scalar| scalar.to_integer()) {
        Some(seconds) => Timestamp::from_second(seconds).ok().map(|instant| instant.to_zoned(zone)),
        None => text.parse::<Timestamp>().ok().map(|instant| instant.to_zoned(zone.clone())).or_else(|| {
            let date: CivilDate = text.parse().ok()?;
            date.to_zoned(zone).ok()
        }),
    };
    known.ok_or_else(|| {
        let write = "write a timestamp such as 2025-03-30T12:00:00Z, a date, or seconds since 1970";
        Error::with_msg(format!("`{text}` is no instant: {write}"))
    })
}
