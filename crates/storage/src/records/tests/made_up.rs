//! Values of every type with a layout, made up from bytes: the same bytes give the same value, fewer bytes a smaller one, and
//! no bytes the smallest. So a property test shrinks by itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use baton_governance::{Cooldown, Ledger};
use baton_model::explain::Explain;
use baton_model::profile::Stated;
use baton_model::reason::ReasonCode;
use baton_model::send::Send;
use baton_model::text_id::PolicyId;
use baton_model::time::from_millis;
use baton_model::value::Value;
use jiff::Timestamp;

/// A value that can be made up.
pub(crate) trait MadeUp: Sized {
    /// The value that follows from the next choices.
    fn make_up(choices: &mut Choices<'_>) -> Self;
}

/// Bytes from which values follow. After their end every choice is the first one.
pub(crate) struct Choices<'a> {
    rest: &'a [u8],
    nesting: usize,
}

impl<'a> Choices<'a> {
    /// Values are nested up to here: more than any rule has, and far from what is refused.
    const NESTING_MAX: usize = 20;

    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, nesting: 0 }
    }

    fn byte(&mut self) -> u8 {
        let (first, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        *first
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// One of several, the first one at the end.
    pub(crate) fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[usize::from(self.byte()) % items.len()]
    }

    /// A text without control characters that is not empty.
    pub(crate) fn name(&mut self) -> String {
        let more = self.text();
        self.one_of(&["a", "ab", "Order Completed", "ř"]).to_owned() + &more.replace(char::is_control, "-")
    }

    fn text(&mut self) -> String {
        let len = self.byte() % 6;
        (0..len).map(|_| self.one_of(&['a', '0', ' ', '\0', '\n', '"', 'é', '漢', '🎟'])).collect()
    }

    fn list<T: MadeUp>(&mut self) -> Vec<T> {
        let len = if self.nesting < Self::NESTING_MAX { self.byte() % 4 } else { 0 };
        self.nesting += 1;
        let list = (0..len).map(|_| T::make_up(self)).collect();
        self.nesting -= 1;
        list
    }
}

/// Numbers near the ends of their range and of each length, and any other.
macro_rules! made_up_numbers {
    ($($name:ident),*) => {
        $(impl MadeUp for $name {
            fn make_up(choices: &mut Choices<'_>) -> Self {
                match choices.byte() % 8 {
                    0 => 0,
                    1 => 1,
                    2 => Self::MAX,
                    3 => Self::MIN,
                    4 => 0x7f,
                    5 => Self::from(choices.byte() & 0x7f),
                    _ => Self::from_le_bytes(choices.bytes()),
                }
            }
        })*
    };
}

made_up_numbers!(u32, i64, u64, u128);

impl MadeUp for u8 {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.byte()
    }
}

impl MadeUp for bool {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.one_of(&[false, true])
    }
}

impl MadeUp for f64 {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.one_of(&[0.0, -0.0, 1.5, Self::MIN_POSITIVE, Self::MAX, Self::INFINITY, Self::NEG_INFINITY])
    }
}

impl MadeUp for Timestamp {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        let first = Self::MIN.as_millisecond();
        let last = Self::MAX.as_millisecond();
        let around = i64::from(i32::make_up(choices));
        let millis = choices.one_of(&[0, around, around * 1_000, 1_700_000_000_000 + around, first, last]);
        from_millis(millis)
    }
}

impl MadeUp for i32 {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        Self::from_le_bytes(choices.bytes())
    }
}

impl MadeUp for String {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.text()
    }
}

impl<T: MadeUp> MadeUp for Option<T> {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        bool::make_up(choices).then(|| T::make_up(choices))
    }
}

impl<T: MadeUp> MadeUp for Vec<T> {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.list()
    }
}

impl<T: MadeUp> MadeUp for VecDeque<T> {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.list().into()
    }
}

impl<K: MadeUp + Ord, V: MadeUp> MadeUp for BTreeMap<K, V> {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.list::<(K, V)>().into_iter().collect()
    }
}

impl<A: MadeUp, B: MadeUp> MadeUp for (A, B) {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        (A::make_up(choices), B::make_up(choices))
    }
}

impl<T: MadeUp> MadeUp for Arc<T> {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        Self::new(T::make_up(choices))
    }
}

impl MadeUp for ReasonCode {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        choices.one_of(Self::ALL)
    }
}

impl<T: MadeUp> MadeUp for Stated<T> {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        Self { value: T::make_up(choices), at: MadeUp::make_up(choices), source: MadeUp::make_up(choices) }
    }
}

impl MadeUp for Value {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        match choices.byte() % 7 {
            0 => Self::Null,
            1 => Self::Bool(MadeUp::make_up(choices)),
            2 => Self::Int(MadeUp::make_up(choices)),
            3 => Self::Double(MadeUp::make_up(choices)),
            4 => Self::String(MadeUp::make_up(choices)),
            5 => Self::List(MadeUp::make_up(choices)),
            _ => Self::Map(MadeUp::make_up(choices)),
        }
    }
}

impl MadeUp for Explain {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        Self {
            rule: MadeUp::make_up(choices),
            value: MadeUp::make_up(choices),
            operands: MadeUp::make_up(choices),
            events: MadeUp::make_up(choices),
            next_flip: MadeUp::make_up(choices),
            parts: MadeUp::make_up(choices),
        }
    }
}

impl MadeUp for Ledger {
    fn make_up(choices: &mut Choices<'_>) -> Self {
        let sends: Vec<Send> = MadeUp::make_up(choices);
        let cooldowns: BTreeMap<PolicyId, Cooldown> = MadeUp::make_up(choices);
        Self::restore(sends, cooldowns)
    }
}
