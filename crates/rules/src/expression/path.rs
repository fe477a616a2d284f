//! Variables and their fields.
//!
//! | variable | |
//! |---|---|
//! | `customer.traits.<name>` | the traits |
//! | `customer.consents.<purpose>` | `granted` or `denied`, where stated |
//! | `customer.segments` | the ids of the segments the customer is in |
//! | `customer.timezone` | the name of the zone in use |
//! | `event.name`, `event.timestamp`, `event.properties.<name>`, `event.context.<name>` | the event at hand |
//! | `context.<name>` | what the enrolment carries |
//! | `now` | the instant of the decision |

use std::borrow::Cow;

use baton_model::profile::Consent;
use baton_model::value::{Fields, Value};

use super::datum::{Datum, Evaluated, Fault};
use super::evaluate::Evaluation;
use crate::place::RulePlace;
use crate::reads::Reads;
use crate::trace::Trace;

/// A variable and the fields below it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    /// Where it starts.
    pub(crate) root: Root,
    /// The fields to follow.
    pub(crate) fields: Vec<String>,
    /// The path as it is written.
    pub(crate) text: String,
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Traits,
    Consents,
    Segments,
    Timezone,
    EventName,
    EventTimestamp,
    EventProperties,
    EventContext,
    Context,
    Now,
    /// The variable of the loop at that depth.
    Item(usize),
}

impl Root {
    /// Whether values of this root have fields.
    pub(super) fn has_fields(self) -> bool {
        matches!(
            self,
            Self::Traits | Self::Consents | Self::EventProperties | Self::EventContext | Self::Context | Self::Item(_)
        )
    }

    /// Notes what it reads.
    pub(super) fn note(self, reads: &mut Reads) {
        match self {
            Self::Traits => reads.traits = true,
            Self::Consents => reads.consents = true,
            Self::Segments => reads.all_segments = true,
            Self::Timezone => reads.zone = true,
            Self::EventName | Self::EventTimestamp | Self::EventProperties | Self::EventContext => reads.event = true,
            Self::Context => reads.context = true,
            Self::Now => reads.now = true,
            Self::Item(_) => {}
        }
    }
}

impl Path {
    /// The path of these names, first the variable's; the error says what there is instead.
    pub(super) fn resolve(names: &[&str], place: RulePlace) -> Result<Self, String> {
        let text = names.join(".");
        let (root, taken) = match *names {
            ["now", ..] => (Root::Now, 1),
            ["context", ..] if place.context => (Root::Context, 1),
            ["context", ..] => return Err(format!("`{text}`: there is no `context` here: no enrolment is at hand")),
            ["customer", "traits", ..] => (Root::Traits, 2),
            ["customer", "consents", ..] => (Root::Consents, 2),
            ["customer", "segments", ..] => (Root::Segments, 2),
            ["customer", "timezone", ..] => (Root::Timezone, 2),
            ["customer", name, ..] => return Err(format!("`{text}`: write `customer.traits.{name}`")),
            ["event", ..] if !place.event => {
                return Err(format!(
                    "`{text}`: there is no `event` here: use `did`, or `context` for the entry's values"
                ));
            }
            ["event", "name", ..] => (Root::EventName, 2),
            ["event", "timestamp", ..] => (Root::EventTimestamp, 2),
            ["event", "properties", ..] => (Root::EventProperties, 2),
            ["event", "context", ..] => (Root::EventContext, 2),
            ["event", name, ..] => return Err(format!("`{text}`: write `event.properties.{name}`")),
            ["customer"] => return Err("`customer` alone: write `customer.traits.<name>`".to_owned()),
            _ => {
                return Err(format!(
                    "`{text}` is no variable: write `customer`, `event`, `context` or `now`, or quote a text"
                ));
            }
        };
        let fields: Vec<String> = names[taken..].iter().map(|&field| field.to_owned()).collect();
        if !fields.is_empty() && !root.has_fields() || root == Root::Consents && fields.len() > 1 {
            return Err(format!(
                "`{text}`: `{}` has no field `{}`",
                names[..taken].join("."),
                fields[fields.len() - 1]
            ));
        }
        Ok(Self { root, fields, text })
    }
}

impl<'a, T: Trace> Evaluation<'a, '_, T> {
    /// The value at a path.
    pub(super) fn path(&mut self, path: &'a Path) -> Evaluated<'a> {
        let found = self.find(path)?;
        let datum = found.ok_or(Fault::Missing(&path.text))?;
        if matches!(&datum, Datum::Value(Cow::Owned(_))) {
            self.charge(datum.steps())?;
        }
        if !matches!(path.root, Root::Item(_)) {
            self.trace.operand(&path.text, || datum.clone().into_value());
        }
        Ok(datum)
    }

    /// Whether there is a value at a path.
    pub(super) fn has(&mut self, path: &'a Path) -> Evaluated<'a> {
        let found = self.find(path)?.is_some();
        if !matches!(path.root, Root::Item(_)) && !found {
            self.trace.operand(&path.text, || Value::Null);
        }
        Ok(Datum::owned(found))
    }

    /// What there is at a path.
    fn find(&mut self, path: &'a Path) -> Result<Option<Datum<'a>>, Fault<'a>> {
        let event = self.scope.event;
        Ok(match path.root {
            Root::Now => Some(Datum::Instant(self.scope.at)),
            Root::EventTimestamp => event.map(|event| Datum::Instant(event.occurred_at)),
            Root::EventName => event.map(|event| Datum::owned(event.name.as_str())),
            Root::Timezone => Some(Datum::owned(self.facts.zone.iana_name().unwrap_or("UTC"))),
            Root::Traits => self.follow(Some(&self.facts.profile.traits), path)?,
            Root::EventProperties => self.follow(event.map(|event| &event.properties), path)?,
            Root::EventContext => self.follow(event.map(|event| &event.context), path)?,
            Root::Context => self.follow(self.scope.context, path)?,
            Root::Consents => self.consents(path)?,
            Root::Segments => {
                self.charge(self.facts.segments.len() as u64)?;
                let ids = self.facts.segments.keys().map(|id| Value::from(id.as_str())).collect();
                Some(Datum::owned(Value::List(ids)))
            }
            Root::Item(depth) => self.item(depth, path)?,
        })
    }

    /// The value at the path's fields below an object of the facts.
    fn follow(&mut self, object: Option<&'a Fields>, path: &'a Path) -> Result<Option<Datum<'a>>, Fault<'a>> {
        self.charge(path.fields.len() as u64)?;
        let Some(object) = object else {
            return Ok(None);
        };
        let Some((first, rest)) = path.fields.split_first() else {
            self.charge(super::datum::steps(baton_model::value::weight(object)))?;
            return Ok(Some(Datum::owned(Value::Map(object.clone()))));
        };
        let value = object.get(first).and_then(|value| value.at(rest.iter().map(String::as_str)));
        Ok(value.map(Datum::borrowed))
    }

    /// The stated consent of a purpose, or all of them.
    fn consents(&mut self, path: &'a Path) -> Result<Option<Datum<'a>>, Fault<'a>> {
        let consents = &self.facts.profile.consents;
        let word = |consent: Consent| match consent {
            Consent::Granted => "granted",
            Consent::Denied => "denied",
        };
        if let Some(purpose) = path.fields.first() {
            return Ok(consents.get(purpose.as_str()).map(|stated| Datum::owned(word(stated.value))));
        }
        self.charge(consents.len() as u64)?;
        let all = consents.iter().map(|(id, stated)| (id.as_str().to_owned(), Value::from(word(stated.value))));
        Ok(Some(Datum::owned(Value::Map(all.collect()))))
    }

    /// The value at the path's fields below the variable of a loop.
    fn item(&mut self, depth: usize, path: &'a Path) -> Result<Option<Datum<'a>>, Fault<'a>> {
        self.charge(path.fields.len() as u64)?;
        let fields = path.fields.iter().map(String::as_str);
        let found = match &self.items[depth] {
            Datum::Value(Cow::Borrowed(value)) => return Ok(value.at(fields).map(Datum::borrowed)),
            Datum::Value(Cow::Owned(value)) => value.at(fields),
            other => return Ok(path.fields.is_empty().then(|| other.clone())),
        };
        let steps = found.map_or(0, |value| super::datum::steps(value.weight()));
        let copy = found.cloned();
        self.charge(steps)?;
        Ok(copy.map(Datum::owned))
    }
}
