//! Reads one node: a text is an expression, an object has exactly one word.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::RuleDocument;

/// The words of this version, as errors list them.
const WORDS: &str = "all, any, not, expr, did, aggregate, segment, subscribed, consent, reachable, ticket, message, \
                     in_journey";

impl<'de> Deserialize<'de> for RuleDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor)
    }
}

/// Takes a text, a truth value or an object with one word.
struct RuleVisitor;

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = RuleDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a rule: an expression, or an object with one of {WORDS}")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<RuleDocument, E> {
        Ok(RuleDocument::Expr(value.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RuleDocument, E> {
        Ok(RuleDocument::Expr(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleDocument, A::Error> {
        let Some(word) = map.next_key::<String>()? else {
            return Err(A::Error::custom(format!("a rule is empty: write one of {WORDS}")));
        };
        let rule = node(&word, &mut map)?;
        match map.next_key::<String>()? {
            None => Ok(rule),
            Some(second) => Err(A::Error::custom(format!(
                "a rule has both `{word}` and `{second}`: write `all: [{{{word}: ..}}, {{{second}: ..}}]`, or `any`"
            ))),
        }
    }
}

/// The node of that word, with its value still to be read from `map`.
fn node<'de, A: MapAccess<'de>>(word: &str, map: &mut A) -> Result<RuleDocument, A::Error> {
    match word {
        "all" => map.next_value().map(RuleDocument::All),
        "any" => map.next_value().map(RuleDocument::Any),
        "not" => map.next_value().map(RuleDocument::Not),
        "expr" => map.next_value().map(RuleDocument::Expr),
        "did" => map.next_value().map(RuleDocument::Did),
        "aggregate" => map.next_value().map(RuleDocument::Aggregate),
        "segment" => map.next_value().map(RuleDocument::Segment),
        "subscribed" => map.next_value().map(RuleDocument::Subscribed),
        "consent" => map.next_value().map(RuleDocument::Consent),
        "reachable" => map.next_value().map(RuleDocument::Reachable),
        "ticket" => map.next_value().map(RuleDocument::Ticket),
        "message" => map.next_value().map(RuleDocument::Message),
        "in_journey" => map.next_value().map(RuleDocument::InJourney),
        "sequence" | "random" => {
            Err(A::Error::custom(format!("`{word}` is not supported yet in this version: use one of {WORDS}")))
        }
        _ => Err(A::Error::custom(format!("`{word}` is no rule: write one of {WORDS}"))),
    }
}
