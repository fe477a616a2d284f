//! A document as a tree of values, each with its place in the text.

use crate::source::Position;
use crate::source::path::{Part, Path};

/// One value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it starts.
    pub at: Position,
    /// What it is.
    pub data: Data,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, or one beyond 64 bits.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Fields, as they were written; no name stands twice.
    Map(Vec<Field>),
}

/// One field of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Where its name starts.
    pub at: Position,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A field of this map, if this is one and has it.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The value of a field of this map, if it has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.field(name).map(|field| &field.value)
    }

    /// The fields of this map; none of anything else.
    pub fn fields(&self) -> &[Field] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The items of this list; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// This map without some of its fields.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let fields = self.fields().iter().filter(|field| !names.contains(&field.name.as_str()));
        Self { at: self.at, data: Data::Map(fields.cloned().collect()) }
    }

    /// The place that a path names: the value of its last part; where the path leaves the tree, the last place on it.
    pub fn locate(&self, path: &Path) -> Position {
        let mut node = self;
        for part in path.parts() {
            let next = match part {
                Part::Field(name) => node.get(name),
                Part::Item(index) => node.items().get(index),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node.at
    }
}
