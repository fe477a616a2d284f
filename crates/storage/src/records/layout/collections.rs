//! Values that hold others: their number, then each in order. Maps are written in the order of their keys.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{Input, Layout, Malformed};

/// What a list is made for at once: a number that lies must not make it allocate much more than was read.
const CAPACITY_MAX: usize = 64;

/// The number of items that follow. Each takes at least one byte, so a larger number is malformed before it is allocated.
fn take_len(input: &mut Input<'_>) -> Result<usize, Malformed> {
    let len = usize::try_from(u64::take(input)?).map_err(|_| Malformed::EndsTooSoon)?;
    if len > input.rest.len() { Err(Malformed::EndsTooSoon) } else { Ok(len) }
}

impl<T: Layout> Layout for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        if bool::take(input)? { T::take(input).map(Some) } else { Ok(None) }
    }
}

impl<T: Layout> Layout for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        for item in self {
            item.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let len = take_len(input)?;
        let mut items = Self::with_capacity(len.min(CAPACITY_MAX));
        for _ in 0..len {
            items.push(T::take(input)?);
        }
        Ok(items)
    }
}

impl<T: Layout> Layout for VecDeque<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        for item in self {
            item.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Vec::take(input).map(Self::from)
    }
}

impl<K: Layout + Ord, V: Layout> Layout for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let len = take_len(input)?;
        let mut items = Self::new();
        for _ in 0..len {
            items.insert(K::take(input)?, V::take(input)?);
        }
        Ok(items)
    }
}

impl<A: Layout, B: Layout> Layout for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok((A::take(input)?, B::take(input)?))
    }
}

impl<T: Layout> Layout for Arc<T> {
    fn put(&self, out: &mut Vec<u8>) {
        T::put(self, out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        T::take(input).map(Self::new)
    }
}
