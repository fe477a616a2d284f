//! `exit`: a reason, or `{reason: .., as: goal}`.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::document::journey::Meaning;

/// Ends the enrolment.
#[derive(Debug, Clone)]
pub struct ExitDocument {
    /// What the end is called.
    pub reason: String,
    /// What the end means.
    pub meaning: Option<Meaning>,
}

impl<'de> Deserialize<'de> for ExitDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExitVisitor)
    }
}

/// Takes either form.
struct ExitVisitor;

impl<'de> Visitor<'de> for ExitVisitor {
    type Value = ExitDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reason such as `completed`")
    }

    fn visit_str<E: Error>(self, reason: &str) -> Result<ExitDocument, E> {
        Ok(ExitDocument { reason: reason.to_owned(), meaning: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExitDocument, A::Error> {
        /// The form with fields.
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            reason: String,
            #[serde(rename = "as", default)]
            meaning: Option<Meaning>,
        }
        let fields = Fields::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ExitDocument { reason: fields.reason, meaning: fields.meaning })
    }
}
