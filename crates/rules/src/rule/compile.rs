//! From documents to conditions: checks names, windows and bounds, and gathers what is read.

use std::fmt::Display;

use baton_model::send::MessageStatus;
use baton_model::text_id::EventName;

use super::aggregate::Aggregate;
use super::condition::Condition;
use super::did::Did;
use super::message::Message;
use super::occurrences::Selection;
use super::ticket::Ticket;
use crate::document::{AggregateDocument, Bounds, DidDocument, Function, MessageDocument, RuleDocument, Times};
use crate::error::Faults;
use crate::expression::Expression;
use crate::names::Names;
use crate::place::RulePlace;
use crate::reads::Reads;
use crate::window::Window;

/// Compiles one rule.
pub(super) struct Compiler<'c, 'n> {
    place: RulePlace,
    names: &'c Names<'n>,
    faults: &'c mut Faults,
    reads: &'c mut Reads,
    /// Inside the `where` of a `did` or `aggregate`.
    in_filter: bool,
    depth: usize,
}

impl<'c, 'n> Compiler<'c, 'n> {
    /// The deepest rule: what is deeper cannot be read, and would need a deep stack.
    const DEPTH_MAX: usize = 16;
    /// The most names an error lists.
    const NAMES_MAX: usize = 10;

    pub(super) fn new(place: RulePlace, names: &'c Names<'n>, faults: &'c mut Faults, reads: &'c mut Reads) -> Self {
        Self { place, names, faults, reads, in_filter: false, depth: 0 }
    }

    /// The condition of a node; `None` after a fault was noted.
    pub(super) fn condition(&mut self, document: &RuleDocument) -> Option<Condition> {
        if self.depth == Self::DEPTH_MAX {
            return self.fault(format!("the rule is nested deeper than {}: make a segment of a part", Self::DEPTH_MAX));
        }
        self.depth += 1;
        let condition = match document {
            RuleDocument::All(parts) => self.parts("all", parts).map(Condition::All),
            RuleDocument::Any(parts) => self.parts("any", parts).map(Condition::Any),
            RuleDocument::Not(part) => {
                self.at("not", |compiler| compiler.condition(part)).map(Box::new).map(Condition::Not)
            }
            RuleDocument::Expr(source) => self.expression(source),
            _ if self.in_filter => self.fault(
                "`where` looks at one event: it takes `expr`, `all`, `any` and `not`; put this beside it, with `all`",
            ),
            document => self.fact(document),
        };
        self.depth -= 1;
        condition
    }

    /// The condition of a node that looks at facts beyond one event.
    fn fact(&mut self, document: &RuleDocument) -> Option<Condition> {
        match document {
            RuleDocument::Did(did) => self.at("did", |compiler| compiler.did(did)).map(Condition::Did),
            RuleDocument::Aggregate(aggregate) => {
                self.at("aggregate", |compiler| compiler.aggregate(aggregate)).map(Condition::Aggregate)
            }
            RuleDocument::Segment(segment) => {
                self.reads.segments.insert(segment.clone());
                self.known("segment", segment, self.names.segments.iter())?;
                Some(Condition::Segment(segment.clone()))
            }
            RuleDocument::Subscribed(topic) => {
                self.reads.subscriptions = true;
                self.known("topic", topic, self.names.catalogue.topics.keys())?;
                Some(Condition::Subscribed(topic.clone()))
            }
            RuleDocument::Consent(purpose) => {
                self.reads.consents = true;
                self.known("purpose", purpose, self.names.catalogue.purposes.keys())?;
                Some(Condition::Consent(purpose.clone()))
            }
            RuleDocument::Reachable(channel) => {
                self.reads.addresses = true;
                self.known("channel", channel, self.names.catalogue.channels.keys())?;
                let kind = self.names.catalogue.channels.get(channel)?.kind;
                Some(Condition::Reachable(channel.clone(), kind))
            }
            RuleDocument::InJourney(journey) => {
                self.reads.journeys.insert(journey.clone());
                self.known("journey", journey, self.names.journeys.keys())?;
                Some(Condition::InJourney(journey.clone()))
            }
            RuleDocument::Ticket(ticket) => {
                self.reads.tickets = true;
                Some(Condition::Ticket(Ticket { open: ticket.open, severities: ticket.severity.0.clone() }))
            }
            RuleDocument::Message(message) => {
                self.at("message", |compiler| compiler.message(message)).map(Condition::Message)
            }
            RuleDocument::All(_) | RuleDocument::Any(_) | RuleDocument::Not(_) | RuleDocument::Expr(_) => {
                self.condition(document)
            }
        }
    }

    fn parts(&mut self, word: &str, parts: &[RuleDocument]) -> Option<Vec<Condition>> {
        let compile = |(place, part)| self.at(format!("{word}[{place}]"), |compiler| compiler.condition(part));
        let parts: Vec<_> = parts.iter().enumerate().map(compile).collect();
        parts.into_iter().collect()
    }

    fn expression(&mut self, source: &str) -> Option<Condition> {
        let expression = Expression::condition(source, self.place, self.faults)?;
        self.reads.merge(expression.reads());
        Some(Condition::Expr(expression))
    }

    fn did(&mut self, did: &DidDocument) -> Option<Did> {
        let window = Window::compile(did.within.as_ref(), did.since.as_ref(), did.between.as_ref(), self.faults);
        let filter = self.filter(did.filter.as_deref());
        let times = self.at("times", |compiler| compiler.times(did.times));
        let times = times?;
        let (filter, filter_moves) = filter?;
        // Whether there are at least n is decided by the n newest, unless older ones pass the filter later.
        let newest = if *times.end() == usize::MAX && !filter_moves { *times.start() } else { usize::MAX };
        let selection = self.selection(&did.event, filter, window?, newest);
        Some(Did { selection, times })
    }

    fn times(&mut self, times: Option<Times>) -> Option<std::ops::RangeInclusive<usize>> {
        let range = match times.unwrap_or(Times { at_least: Some(1), ..Times::default() }) {
            Times { exactly: Some(times), at_least: None, at_most: None } => times as usize..=times as usize,
            Times { exactly: Some(_), .. } => return self.fault("write `exactly` alone"),
            Times { at_least: None, at_most: None, .. } => {
                return self.fault("`times` is empty: write `at_least`, `at_most` or `exactly`");
            }
            Times { at_least: Some(0), at_most: None, .. } => {
                return self.fault("`at_least: 0` always holds: write `at_least: 1`, or leave the rule out");
            }
            Times { at_least, at_most, .. } => {
                let most = at_most.map_or(usize::MAX, |most| most as usize);
                at_least.unwrap_or(0) as usize..=most
            }
        };
        if range.is_empty() { self.fault("`at_least` is more than `at_most`: no number is both") } else { Some(range) }
    }

    fn aggregate(&mut self, aggregate: &AggregateDocument) -> Option<Aggregate> {
        let window = Window::compile(aggregate.within.as_ref(), None, None, self.faults);
        let filter = self.filter(aggregate.filter.as_deref());
        let bounds = self.at("is", |compiler| compiler.bounds(aggregate.function, &aggregate.is));
        let property: Vec<String> =
            aggregate.property.iter().flat_map(|path| path.split('.')).map(str::to_owned).collect();
        if property.is_empty() && aggregate.function != Function::Count {
            let name = aggregate.function.name();
            return self.fault(format!("`fn: {name}` needs a `property`: write `property: total`"));
        }
        if property.iter().any(String::is_empty) {
            return self
                .fault("`property` is the name of a field of `event.properties`, such as `total` or `cart.total`");
        }
        let selection = self.selection(&aggregate.event, filter?.0, window?, usize::MAX);
        Some(Aggregate { selection, function: aggregate.function, property, bounds: bounds? })
    }

    fn bounds(&mut self, function: Function, bounds: &Bounds) -> Option<Bounds> {
        let numbers = [bounds.gt, bounds.gte, bounds.lt, bounds.lte];
        if bounds.eq.is_none() && numbers.iter().all(Option::is_none) {
            return self.fault("`is` is empty: write `gt`, `gte`, `lt`, `lte` or `eq`");
        }
        if numbers.iter().flatten().any(|number| !number.is_finite()) {
            return self.fault("a bound is a finite number");
        }
        let number = bounds.eq.as_ref().is_none_or(|eq| eq.as_number().is_some());
        if !number && !matches!(function, Function::First | Function::Last) {
            return self.fault(format!("`fn: {}` gives a number: write a number as `eq`", function.name()));
        }
        Some(bounds.clone())
    }

    fn message(&mut self, message: &MessageDocument) -> Option<Message> {
        self.reads.sends = true;
        if let Some(journey) = &message.journey {
            self.known("journey", journey, self.names.journeys.keys())?;
        }
        if let Some(step) = &message.step {
            let journeys = self.names.journeys.iter();
            let named = journeys.filter(|(id, _)| message.journey.as_ref().is_none_or(|journey| journey == *id));
            self.known("step", step, named.flat_map(|(_, steps)| steps))?;
        }
        if let Some(channel) = &message.channel {
            self.known("channel", channel, self.names.catalogue.channels.keys())?;
        }
        let mut statuses = message.status.0.clone();
        if statuses.is_empty() {
            statuses.push(MessageStatus::Accepted);
        }
        let window = Window::compile(message.within.as_ref(), None, None, self.faults)?;
        self.reads.zone |= window.reads_zone();
        let MessageDocument { journey, step, channel, .. } = message.clone();
        Some(Message { journey, step, channel, statuses, window })
    }

    /// The compiled `where`, if there is one, and whether time alone changes what it says.
    fn filter(&mut self, filter: Option<&RuleDocument>) -> Option<(Option<Box<Condition>>, bool)> {
        let Some(filter) = filter else {
            return Some((None, false));
        };
        let mut reads = Reads::default();
        let condition = self.faults.at("where", |faults| {
            let place = RulePlace { event: true, ..self.place };
            let inner =
                Compiler { place, names: self.names, faults, reads: &mut reads, in_filter: true, depth: self.depth };
            { inner }.condition(filter)
        });
        // The `event` of a filter is each event of the history in turn, not the one at hand.
        reads.event = false;
        self.reads.merge(&reads);
        condition.map(|condition| (Some(Box::new(condition)), reads.now))
    }

    fn selection(
        &mut self,
        event: &EventName,
        filter: Option<Box<Condition>>,
        window: Window,
        newest: usize,
    ) -> Selection {
        self.reads.events.insert(event.clone());
        self.reads.zone |= window.reads_zone();
        Selection { event: event.clone(), filter, window, newest }
    }

    /// Notes a fault unless `id` is one of those there are.
    fn known<'i, I: Display + PartialEq + 'i>(
        &mut self,
        what: &str,
        id: &I,
        mut all: impl Iterator<Item = &'i I> + Clone,
    ) -> Option<()> {
        if all.clone().any(|known| known == id) {
            return Some(());
        }
        let named: Vec<_> = all.by_ref().take(Self::NAMES_MAX).map(ToString::to_string).collect();
        let rest = if all.next().is_some() { ", …" } else { "" };
        let there =
            if named.is_empty() { format!("there is no {what}") } else { format!("there are {}", named.join(", ")) };
        self.fault(format!("no {what} is called `{id}`: {there}{rest}"))
    }

    fn at<T>(&mut self, step: impl Into<String>, compile: impl FnOnce(&mut Compiler<'_, 'n>) -> T) -> T {
        let Self { place, names, faults, reads, in_filter, depth } = self;
        faults.at(step, |faults| {
            let mut inner = Compiler { place: *place, names, faults, reads, in_filter: *in_filter, depth: *depth };
            compile(&mut inner)
        })
    }

    fn fault<T>(&mut self, message: impl Into<String>) -> Option<T> {
        self.faults.add(message);
        None
    }
}
