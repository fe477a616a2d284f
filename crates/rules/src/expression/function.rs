//! The functions of an expression: CEL's own. None reads a clock or anything else but its arguments.

use baton_model::value::Value;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::datum::{Datum, Evaluated, Fault};
use super::kind::Kind;

/// What can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Int,
    Double,
    Text,
    Bool,
    Timestamp,
    Duration,
    Get(Part),
}

/// A part of an instant or duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    FullYear,
    Month,
    Date,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

/// How a function is called.
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) function: Function,
    /// It may be written `f(x)`.
    pub(super) global: bool,
    /// It may be written `x.f()`.
    pub(super) method: bool,
    /// The kinds of its first argument; empty: any.
    pub(super) takes: &'static [Kind],
    /// Further arguments: at least, at most, all texts.
    pub(super) further: (usize, usize),
    pub(super) gives: Kind,
}

const TIMES: &[Kind] = &[Kind::Instant, Kind::Duration, Kind::Text];
const INSTANTS: &[Kind] = &[Kind::Instant, Kind::Text];

const fn method(name: &'static str, function: Function) -> Signature {
    Signature { name, function, global: false, method: true, takes: &[Kind::Text], further: (1, 1), gives: Kind::Bool }
}

const fn conversion(name: &'static str, function: Function, takes: &'static [Kind], gives: Kind) -> Signature {
    Signature { name, function, global: true, method: false, takes, further: (0, 0), gives }
}

const fn part(name: &'static str, part: Part, takes: &'static [Kind]) -> Signature {
    let function = Function::Get(part);
    Signature { name, function, global: false, method: true, takes, further: (0, 1), gives: Kind::Number }
}

/// Every function.
pub(super) const SIGNATURES: &[Signature] = &[
    Signature {
        name: "size",
        function: Function::Size,
        global: true,
        method: true,
        takes: &[Kind::Text, Kind::List, Kind::Map],
        further: (0, 0),
        gives: Kind::Number,
    },
    method("contains", Function::Contains),
    method("startsWith", Function::StartsWith),
    method("endsWith", Function::EndsWith),
    conversion("int", Function::Int, &[Kind::Number, Kind::Text, Kind::Instant], Kind::Number),
    conversion("double", Function::Double, &[Kind::Number, Kind::Text], Kind::Number),
    conversion("string", Function::Text, &[], Kind::Text),
    conversion("bool", Function::Bool, &[Kind::Bool, Kind::Text], Kind::Bool),
    conversion("timestamp", Function::Timestamp, &[Kind::Text, Kind::Number, Kind::Instant], Kind::Instant),
    conversion("duration", Function::Duration, &[Kind::Text, Kind::Duration], Kind::Duration),
    part("getFullYear", Part::FullYear, INSTANTS),
    part("getMonth", Part::Month, INSTANTS),
    part("getDate", Part::Date, INSTANTS),
    part("getDayOfMonth", Part::DayOfMonth, INSTANTS),
    part("getDayOfWeek", Part::DayOfWeek, INSTANTS),
    part("getDayOfYear", Part::DayOfYear, INSTANTS),
    part("getHours", Part::Hours, TIMES),
    part("getMinutes", Part::Minutes, TIMES),
    part("getSeconds", Part::Seconds, TIMES),
    part("getMilliseconds", Part::Milliseconds, TIMES),
];

impl Function {
    /// Its value of these arguments. Their sizes have been charged.
    pub(super) fn call<'a>(self, arguments: &[Datum<'a>]) -> Evaluated<'a> {
        let unfit = || Fault::Unfit(format!("{self:?} does not take {}", describe(arguments)));
        match (self, arguments) {
            (Self::Size, [of]) => size(of).ok_or_else(unfit),
            (Self::Contains | Self::StartsWith | Self::EndsWith, [text, part]) => {
                let (text, part) = text.text().zip(part.text()).ok_or_else(unfit)?;
                Ok(Datum::owned(match self {
                    Self::Contains => text.contains(part),
                    Self::StartsWith => text.starts_with(part),
                    _ => text.ends_with(part),
                }))
            }
            (Self::Int, [of]) => int(of).map(Datum::owned).ok_or_else(unfit),
            (Self::Double, [of]) => double(of).map(Datum::owned).ok_or_else(unfit),
            (Self::Text, [of]) => text(of).map(|text| Datum::owned(Value::String(text))).ok_or_else(unfit),
            (Self::Bool, [of]) => boolean(of).map(Datum::owned).ok_or_else(unfit),
            (Self::Timestamp, [of]) => timestamp(of).map(Datum::Instant).ok_or_else(unfit),
            (Self::Duration, [Datum::Duration(of)]) => Ok(Datum::Duration(*of)),
            (Self::Duration, [of]) => of.text().and_then(duration).map(Datum::Duration).ok_or_else(unfit),
            (Self::Get(part), [Datum::Duration(of)]) => part.of_duration(*of).map(Datum::owned).ok_or_else(unfit),
            (Self::Get(part), [of]) => {
                let instant = of.instant().ok_or_else(unfit)?;
                Ok(Datum::owned(part.of_zoned(&instant.to_zoned(TimeZone::UTC))))
            }
            (Self::Get(part), [of, zone]) => {
                let instant = of.instant().ok_or_else(unfit)?;
                let zone = zone.text().and_then(baton_model::time::zone).ok_or_else(unfit)?;
                Ok(Datum::owned(part.of_zoned(&instant.to_zoned(zone))))
            }
            _ => Err(unfit()),
        }
    }
}

impl Part {
    /// The part as CEL counts: months and days of the month or year from 0, except `getDate`; Sunday is 0.
    fn of_zoned(self, zoned: &Zoned) -> i64 {
        match self {
            Self::FullYear => zoned.year().into(),
            Self::Month => i64::from(zoned.month()) - 1,
            Self::Date => zoned.day().into(),
            Self::DayOfMonth => i64::from(zoned.day()) - 1,
            Self::DayOfWeek => zoned.weekday().to_sunday_zero_offset().into(),
            Self::DayOfYear => i64::from(zoned.day_of_year()) - 1,
            Self::Hours => zoned.hour().into(),
            Self::Minutes => zoned.minute().into(),
            Self::Seconds => zoned.second().into(),
            Self::Milliseconds => zoned.millisecond().into(),
        }
    }

    /// The whole duration in that unit; of milliseconds those beyond the last whole second.
    fn of_duration(self, duration: SignedDuration) -> Option<i64> {
        match self {
            Self::Hours => Some(duration.as_hours()),
            Self::Minutes => Some(duration.as_mins()),
            Self::Seconds => Some(duration.as_secs()),
            Self::Milliseconds => Some(duration.subsec_millis().into()),
            _ => None,
        }
    }
}

/// The instant that `timestamp(..)` gives: of RFC 3339, or of seconds since 1970.
pub(super) fn timestamp(of: &Datum<'_>) -> Option<Timestamp> {
    match of.value() {
        Some(Value::Int(seconds)) => Timestamp::from_second(*seconds).ok(),
        _ => of.instant(),
    }
}

/// The duration that `duration(..)` gives, such as of `1h30m` or `PT90M`. Days have no exact length.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    text.parse().ok()
}

fn size<'a>(of: &Datum<'a>) -> Option<Datum<'a>> {
    let size = match of.value()? {
        Value::String(text) => text.chars().count(),
        Value::List(items) => items.len(),
        Value::Map(fields) => fields.len(),
        _ => return None,
    };
    i64::try_from(size).ok().map(Datum::owned)
}

#[expect(clippy::cast_possible_truncation, reason = "the fraction is to be cut, and the range is checked")]
fn int(of: &Datum<'_>) -> Option<i64> {
    /// 2⁶³, the first number above every `i64`.
    const ABOVE: f64 = 9_223_372_036_854_775_808.0;
    match of {
        Datum::Instant(instant) => Some(instant.as_second()),
        Datum::Duration(_) => None,
        Datum::Value(value) => match value.as_ref() {
            Value::Int(number) => Some(*number),
            Value::Double(number) => (*number > -ABOVE && *number < ABOVE).then_some(*number as i64),
            Value::String(text) => text.parse().ok(),
            _ => None,
        },
    }
}

fn double(of: &Datum<'_>) -> Option<f64> {
    match of.value()? {
        Value::String(text) => text.parse().ok(),
        value => value.as_number(),
    }
}

fn text(of: &Datum<'_>) -> Option<String> {
    match of {
        Datum::Instant(_) | Datum::Duration(_) => of.clone().into_value().as_str().map(str::to_owned),
        Datum::Value(value) => match value.as_ref() {
            Value::String(text) => Some(text.clone()),
            Value::Int(number) => Some(number.to_string()),
            Value::Double(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        },
    }
}

fn boolean(of: &Datum<'_>) -> Option<bool> {
    match of.value()? {
        Value::Bool(value) => Some(*value),
        Value::String(text) => match text.as_str() {
            "true" | "True" | "TRUE" | "t" | "1" => Some(true),
            "false" | "False" | "FALSE" | "f" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The kinds of these values, for a message.
fn describe(arguments: &[Datum<'_>]) -> String {
    let kinds: Vec<_> = arguments.iter().map(Datum::kind).collect();
    kinds.join(" and ")
}
