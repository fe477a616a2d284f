//! What a set of documents says, as one number: equal for sets that differ only in order, layout, comments or file names.

use std::fmt;

use xxhash_rust::xxh3::Xxh3;

use crate::document::Document;
use crate::source::node::{Data, Node};

/// A 128-bit digest of a set. It recognises a set that is published again; it is no signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub u128);

impl Digest {
    /// The digest of a set.
    pub fn of(documents: &[Document]) -> Self {
        let mut sorted: Vec<_> = documents.iter().collect();
        sorted.sort_by_key(|document| (document.kind, &document.id));
        let mut hasher = Xxh3::new();
        put_text(&mut hasher, "baton/definitions/1");
        for document in sorted {
            put(&mut hasher, &document.tree);
        }
        Self(hasher.digest128())
    }
}

/// Adds a value: what it is, and how long, before what it says, so that no two values are written alike. The order of the
/// fields of a map means nothing; that of a list does.
fn put(hasher: &mut Xxh3, node: &Node) {
    match &node.data {
        Data::Null => hasher.update(b"n"),
        Data::Bool(value) => hasher.update(if *value { b"t" } else { b"f" }),
        Data::Int(number) => {
            hasher.update(b"i");
            hasher.update(&number.to_be_bytes());
        }
        Data::Float(number) => {
            hasher.update(b"d");
            hasher.update(&number.to_bits().to_be_bytes());
        }
        Data::Text(text) => {
            hasher.update(b"s");
            put_text(hasher, text);
        }
        Data::List(items) => {
            hasher.update(b"l");
            hasher.update(&(items.len() as u64).to_be_bytes());
            for item in items {
                put(hasher, item);
            }
        }
        Data::Map(fields) => {
            hasher.update(b"m");
            hasher.update(&(fields.len() as u64).to_be_bytes());
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|field| &field.name);
            for field in sorted {
                put_text(hasher, &field.name);
                put(hasher, &field.value);
            }
        }
    }
}

/// Adds a text after its length.
fn put_text(hasher: &mut Xxh3, text: &str) {
    hasher.update(&(text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
