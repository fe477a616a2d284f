//! How values become bytes: field after field in a fixed order, numbers as variable-length integers, lengths before text.
//!
//! The bytes say nothing about themselves, so each row begins with the version of its layout, and a layout once released
//! never changes: a new field means a new version beside it. Reading checks everything: bytes that do not follow the layout
//! are an error and never a guess.

mod collections;
mod numbers;
mod shapes;
mod text;

pub(crate) use shapes::{layout_enum, layout_struct, layout_words};
pub(crate) use text::{put_str, take_str};

/// A value with a layout.
pub(crate) trait Layout: Sized {
    /// Appends the value's bytes.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads the value from the front of what is left.
    fn take(input: &mut Input<'_>) -> Result<Self, Malformed>;
}

/// Bytes that do not follow their layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end before the value does.
    #[error("the bytes end too soon")]
    EndsTooSoon,
    /// There is more than the value.
    #[error("{bytes} bytes too many")]
    TooMany {
        /// How many.
        bytes: usize,
    },
    /// A number is longer than it can be.
    #[error("a number is too long")]
    NumberTooLong,
    /// A tag that no variant has.
    #[error("{kind} has no variant {tag}")]
    UnknownTag {
        /// The type.
        kind: &'static str,
        /// The tag.
        tag: u8,
    },
    /// A text that is not valid for its type.
    #[error("{reason}")]
    InvalidText {
        /// What is wrong.
        reason: String,
    },
    /// An instant that no calendar has.
    #[error("{millis} milliseconds from 1970 is an instant that no calendar has")]
    InstantOutOfRange {
        /// The milliseconds read.
        millis: i64,
    },
    /// Values nested deeper than any that is written.
    #[error("values are nested deeper than {} levels", Input::NESTING_MAX)]
    NestedTooDeep,
    /// A layout this version does not know.
    #[error("layout version {version} is unknown; this node reads up to {newest}")]
    UnknownVersion {
        /// The version found.
        version: u8,
        /// The newest known.
        newest: u8,
    },
}

/// Bytes being read.
pub(crate) struct Input<'a> {
    rest: &'a [u8],
    nesting: usize,
}

impl<'a> Input<'a> {
    /// Deeper values are refused: a JSON value comes in with at most 100 levels.
    pub(crate) const NESTING_MAX: usize = 128;

    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, nesting: 0 }
    }

    /// Takes the next `count` bytes.
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed::EndsTooSoon)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        let taken = self.bytes(1)?;
        Ok(taken[0])
    }

    /// Reads a value that may hold values of its own kind.
    pub(crate) fn nested<T>(&mut self, take: impl FnOnce(&mut Self) -> Result<T, Malformed>) -> Result<T, Malformed> {
        if self.nesting == Self::NESTING_MAX {
            return Err(Malformed::NestedTooDeep);
        }
        self.nesting += 1;
        let taken = take(self);
        self.nesting -= 1;
        taken
    }
}

/// What most rows fit in, so that encoding one allocates once.
const ROW_BYTES_GUESS: usize = 256;

/// A row's value: the version of its layout, then the value.
pub(crate) fn row<T: Layout>(version: u8, value: &T) -> bytes::Bytes {
    let mut out = Vec::with_capacity(ROW_BYTES_GUESS);
    out.push(version);
    value.put(&mut out);
    out.into()
}

/// Reads a row's value that was written with layout `newest`.
pub(crate) fn read_row<T: Layout>(newest: u8, bytes: &[u8]) -> Result<T, Malformed> {
    let mut input = Input::new(bytes);
    let version = input.byte()?;
    if version != newest {
        return Err(Malformed::UnknownVersion { version, newest });
    }
    let value = T::take(&mut input)?;
    match input.rest.len() {
        0 => Ok(value),
        bytes => Err(Malformed::TooMany { bytes }),
    }
}
