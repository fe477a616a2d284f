//! `goto`: a step id, or `{to: id}`.

use std::fmt;

use baton_model::text_id::StepId;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Goes elsewhere.
#[derive(Debug, Clone)]
pub struct GotoDocument {
    /// Where.
    pub to: StepId,
}

impl<'de> Deserialize<'de> for GotoDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GotoVisitor)
    }
}

/// Takes either form.
struct GotoVisitor;

impl<'de> Visitor<'de> for GotoVisitor {
    type Value = GotoDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the id of a step")
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<GotoDocument, E> {
        StepId::deserialize(StrDeserializer::new(id)).map(|to| GotoDocument { to })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GotoDocument, A::Error> {
        /// The form with a field.
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            to: StepId,
        }
        let fields = Fields::deserialize(MapAccessDeserializer::new(map))?;
        Ok(GotoDocument { to: fields.to })
    }
}
