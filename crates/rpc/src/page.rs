//! Pages: sizes within bounds, and tokens that say where the next page begins.
//!
//! A token is opaque to clients: the hexadecimal digits of a place and of the checksum over it, so that one that was cut,
//! made up, or taken from another list is refused instead of giving a wrong page.

use baton_wire::limits::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};

use crate::request::{RequestError, wrong};

/// The size of a page as it was asked for.
pub(crate) fn size(asked: i32) -> Result<usize, RequestError> {
    match usize::try_from(asked) {
        Ok(0) => Ok(PAGE_SIZE_DEFAULT),
        Ok(size) if size <= PAGE_SIZE_MAX => Ok(size),
        _ => Err(wrong("page_size", format!("{asked} is not 1 to {PAGE_SIZE_MAX}: 0 gives {PAGE_SIZE_DEFAULT}"))),
    }
}

/// The token of a place in a list; `list` names the list and everything that narrows it.
pub(crate) fn token(list: &str, place: &str) -> String {
    let digits = |mut token: String, byte: u8| {
        token.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default()));
        token
    };
    place.bytes().chain(checksum(list, place).to_be_bytes()).fold(String::new(), digits)
}

/// The place of a token; `None` for the first page.
pub(crate) fn place(list: &str, token: &str) -> Result<Option<String>, RequestError> {
    if token.is_empty() {
        return Ok(None);
    }
    decode(list, token).map(Some).ok_or_else(invalid)
}

/// The token is none that the list gave.
pub(crate) fn invalid() -> RequestError {
    let instead = "pass `next_page_token` of the last response, with the same filters, or nothing";
    wrong("page_token", format!("is not one that this list gave: {instead}"))
}

fn decode(list: &str, token: &str) -> Option<String> {
    let (place, sum) = token.split_at_checked(token.len().checked_sub(SUM_DIGITS)?)?;
    let sum = u32::from_str_radix(sum, 16).ok()?;
    let pairs = place.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let place = String::from_utf8(bytes?).ok()?;
    (checksum(list, &place) == sum).then_some(place)
}

/// The hexadecimal digits of a checksum.
const SUM_DIGITS: usize = 8;

/// FNV-1a with 32 bits, which is enough against accidents; a token grants nothing, so nobody gains by forging one.
fn checksum(list: &str, place: &str) -> u32 {
    let bytes = list.bytes().chain([0]).chain(place.bytes());
    bytes.fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_its_place() {
        for at in ["", "17", "3/ümlaut/ff00"] {
            assert_eq!(place("timeline a", &token("timeline a", at)), Ok(Some(at.to_owned())));
        }
        assert_eq!(place("timeline a", ""), Ok(None), "the first page has no token");
    }

    #[test]
    fn a_token_of_another_list_or_a_broken_one_is_refused() {
        let good = token("timeline a", "17");
        for (list, bad) in [
            ("timeline b", good.as_str()),
            ("timeline a", &good[1..]),
            ("timeline a", "zz"),
            ("timeline a", "ä1234567"),
        ] {
            let error = place(list, bad).unwrap_err();
            assert!(matches!(error, RequestError::Field { field: "page_token", .. }), "{list} {bad}: {error}");
        }
    }

    #[test]
    fn sizes_are_within_bounds() {
        for (asked, expected) in [(0, Some(100)), (1, Some(1)), (1_000, Some(1_000)), (1_001, None), (-1, None)] {
            assert_eq!(size(asked).ok(), expected, "{asked}");
        }
    }
}
