//! Numbers: LEB128, signed ones zigzagged; floating-point numbers as their eight bytes, hashes as their sixteen; instants as
//! milliseconds from 1970.

use baton_model::time::from_millis;
use jiff::Timestamp;

use super::{Input, Layout, Malformed};

impl Layout for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(low_byte(rest) | 0x80);
            rest >>= 7;
        }
        out.push(low_byte(rest));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = input.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Malformed::NumberTooLong);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed::NumberTooLong)
    }
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0] & 0x7f
}

impl Layout for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        u64::from(*self).put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Self::try_from(u64::take(input)?).map_err(|_| Malformed::NumberTooLong)
    }
}

impl Layout for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((self << 1) ^ (self >> 63)).cast_unsigned().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let zigzag = u64::take(input)?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }
}

impl Layout for u128 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let bytes = input.bytes(16)?.try_into().map_err(|_| Malformed::EndsTooSoon)?;
        Ok(Self::from_be_bytes(bytes))
    }
}

impl Layout for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let bytes = input.bytes(8)?.try_into().map_err(|_| Malformed::EndsTooSoon)?;
        Ok(Self::from_be_bytes(bytes))
    }
}

impl Layout for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        input.byte()
    }
}

impl Layout for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(Malformed::UnknownTag { kind: "bool", tag }),
        }
    }
}

impl Layout for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_millisecond().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let millis = i64::take(input)?;
        let range = Self::MIN.as_millisecond()..=Self::MAX.as_millisecond();
        if range.contains(&millis) { Ok(from_millis(millis)) } else { Err(Malformed::InstantOutOfRange { millis }) }
    }
}
