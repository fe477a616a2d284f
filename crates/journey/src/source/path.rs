//! Where in a document something is: `steps[2].message.template`.

use std::fmt;

/// A path of fields and list items from the root of a document; empty is the document itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Path(String);

/// One part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// A field of a map.
    Field(&'a str),
    /// An item of a list, from 0.
    Item(usize),
}

impl Path {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// A field of what this path names.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{name}", self.0))
    }

    /// An item of what this path names, from 0.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path that `rest` names from here; `rest` is written as a path.
    #[must_use]
    pub fn join(&self, rest: &str) -> Self {
        match rest {
            "" => self.clone(),
            item if item.starts_with('[') => Self(format!("{}{item}", self.0)),
            field => self.field(field),
        }
    }

    /// Its parts, from the root.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.0.split(['.', '[']).filter(|text| !text.is_empty()).map(|text| {
            let index = text.strip_suffix(']').and_then(|digits| digits.parse().ok());
            index.map_or(Part::Field(text), Part::Item)
        })
    }

    /// Whether it is the document itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
