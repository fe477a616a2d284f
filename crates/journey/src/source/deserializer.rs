//! Trees to typed documents, with errors that carry their path and say what to write.
//!
//! A serde format over [`Node`]: every type that a derive or a hand-written visitor describes can be read from a document,
//! also those of other crates, and each of their errors finds its place.

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

use crate::source::Position;
use crate::source::node::{Data, Field, Node};
use crate::source::path::Part;

mod error;

pub use error::{ReadError, WrongField};

/// Reads a typed value from a tree.
pub fn read<'de, T: de::Deserialize<'de>>(node: &'de Node) -> Result<T, ReadError> {
    T::deserialize(Reader { node })
}

/// Reads a typed value from a map, or says what is wrong with each of its fields: a field with an error is taken out, and
/// the rest is read again.
pub fn read_fields<T: de::DeserializeOwned>(map: &Node) -> Result<T, Vec<ReadError>> {
    let (mut map, mut out, mut errors) = (map.clone(), Vec::new(), Vec::new());
    loop {
        let error = match read(&map) {
            Ok(value) if errors.is_empty() => return Ok(value),
            Ok(_) => return Err(errors),
            Err(error) => error,
        };
        let field = match (error.path.parts().next(), &error.field) {
            (Some(Part::Field(name)), _) => Some(name.to_owned()),
            (None, Some(WrongField::Unknown(name))) => Some(name.clone()),
            (None, Some(WrongField::Missing(name))) if out.iter().any(|gone| gone == name) => return Err(errors),
            _ => None,
        };
        errors.push(error);
        let Some(field) = field.filter(|field| map.field(field).is_some()) else {
            return Err(errors);
        };
        map = map.without(&[&field]);
        out.push(field);
    }
}

/// Reads one node.
#[derive(Clone, Copy)]
struct Reader<'de> {
    node: &'de Node,
}

impl Reader<'_> {
    /// Places an error of this node here, unless a part of the node has placed it already.
    fn here<T>(self, result: Result<T, ReadError>) -> Result<T, ReadError> {
        result.map_err(|error| error.placed(self.node.at))
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let result = match &self.node.data {
            Data::Null => visitor.visit_unit(),
            Data::Bool(value) => visitor.visit_bool(*value),
            Data::Int(number) => visitor.visit_i64(*number),
            Data::Float(number) => visitor.visit_f64(*number),
            Data::Text(text) => visitor.visit_borrowed_str(text),
            Data::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Data::Map(fields) => visitor.visit_map(Entries { fields, next: 0 }),
        };
        self.here(result)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let result = match self.node.data {
            Data::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        };
        self.here(result)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        let result = visitor.visit_newtype_struct(self);
        self.here(result)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let result = match &self.node.data {
            Data::Text(text) => {
                let (name, content) = match text.split_once(' ') {
                    Some((name, word)) if variants.contains(&name) => (name, Content::Word(word.trim_start())),
                    _ => (text.as_str(), Content::None),
                };
                visitor.visit_enum(Variant { name, at: self.node.at, content })
            }
            Data::Map(fields) if fields.len() == 1 => {
                let Field { at, name, value } = &fields[0];
                visitor.visit_enum(Variant { name, at: *at, content: Content::Node(value) })
            }
            _ => Err(ReadError::none_of(variants)),
        };
        self.here(result)
    }

    /// Fields have names in documents, so a list is no struct.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.node.data {
            Data::List(_) => self.here(Err(de::Error::invalid_type(Unexpected::Seq, &"a map of fields"))),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The items of a list.
struct Items<'de> {
    items: &'de [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some(node) = self.items.get(self.next) else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader { node }).map(Some).map_err(|error| error.in_item(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// The fields of a map. `next` is the field whose value has not been read yet.
struct Entries<'de> {
    fields: &'de [Field],
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some(field) = self.fields.get(self.next) else {
            return Ok(None);
        };
        let name = StrDeserializer::<ReadError>::new(&field.name);
        seed.deserialize(name).map(Some).map_err(|error| error.placed(field.at))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        let field = &self.fields[self.next];
        self.next += 1;
        seed.deserialize(Reader { node: &field.value }).map_err(|error| error.in_field(&field.name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len() - self.next)
    }
}

/// One variant: `name`, `name word`, or `{name: content}`.
struct Variant<'de> {
    name: &'de str,
    at: Position,
    content: Content<'de>,
}

/// What stands behind the name of a variant.
enum Content<'de> {
    None,
    Word(&'de str),
    Node(&'de Node),
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let name = StrDeserializer::<ReadError>::new(self.name);
        let value = seed.deserialize(name).map_err(|error| error.placed(self.at))?;
        Ok((value, self))
    }
}

impl Variant<'_> {
    /// The variant has content that it must not have, or the other way round; right is its name between the other two.
    fn wrong(&self, what: &str, before: &str, after: &str) -> ReadError {
        let name = self.name;
        ReadError::new(format!("`{name}` {what}: write {before}{name}{after}")).placed(self.at)
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.content {
            Content::None => Ok(()),
            Content::Word(_) | Content::Node(_) => Err(self.wrong("takes nothing", "`", "` alone")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        match self.content {
            Content::None => Err(self.wrong("needs more", "`{", ": ...}`")),
            Content::Word(word) => {
                let word = BorrowedStrDeserializer::<ReadError>::new(word);
                seed.deserialize(word).map_err(|error| error.placed(self.at))
            }
            Content::Node(node) => seed.deserialize(Reader { node }).map_err(|error| error.in_field(self.name)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        match self.content {
            Content::Node(node) => Reader { node }.deserialize_any(visitor).map_err(|error| error.in_field(self.name)),
            Content::None | Content::Word(_) => Err(self.wrong("needs a list", "`{", ": [...]}`")),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.content {
            Content::Node(node) => {
                let result = Reader { node }.deserialize_struct("", fields, visitor);
                result.map_err(|error| error.in_field(self.name))
            }
            Content::None | Content::Word(_) => Err(self.wrong("needs fields", "`{", ": {...}}`")),
        }
    }
}

#[cfg(test)]
mod tests;
