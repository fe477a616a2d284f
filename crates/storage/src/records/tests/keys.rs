//! Keys sort as they mean and are read back.

use baton_customer::TimerKey;
use baton_model::ids::SendId;
use baton_model::text_id::CustomerId;
use baton_model::time::from_millis;
use bytes::Bytes;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::made_up::{Choices, MadeUp};
use crate::records::key::{self, CustomerPart, Kind};

fn customer(id: &str) -> CustomerId {
    CustomerId::new(id).unwrap()
}

/// The keys must come in the order given.
#[track_caller]
fn check_order(keys: &[Bytes]) {
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:02x?}");
}

#[test]
fn instants_before_1970_come_first() {
    let millis =
        [Timestamp::MIN.as_millisecond(), -1_000, -1, 0, 1, 1_700_000_000_000, Timestamp::MAX.as_millisecond()];
    let instants = millis.map(from_millis);
    check_order(&instants.map(|due| key::timer(due, &customer("ana"), TimerKey::Sends)));
}

#[test]
fn a_customer_that_begins_another_comes_first_and_keeps_apart() {
    let ids = ["a", "a ", "a!", "ab", "b", "é"].map(customer);
    let mut keys: Vec<Bytes> = Vec::new();
    for id in &ids {
        keys.push(key::section(id, 1));
        keys.push(key::section(id, 7));
        keys.extend([0, 1, 255, 256, u64::MAX].map(|number| key::input(id, number)));
    }
    check_order(&keys);
    let prefix = key::customer_prefix(Kind::Customer, &ids[0]);
    let of_first = keys.iter().filter(|key| key.starts_with(&prefix)).count();
    assert_eq!(of_first, keys.len() / ids.len());
}

#[test]
fn kinds_keep_apart() {
    let ana = customer("ana");
    check_order(&[
        key::input(&ana, u64::MAX),
        key::decision(&ana, 0),
        key::timer(Timestamp::UNIX_EPOCH, &ana, TimerKey::PauseEnd),
        key::outbox(SendId(0)),
        key::member(&baton_model::text_id::SegmentId::new("s").unwrap(), &ana),
        key::document("Journey", "welcome", baton_model::ids::DefinitionsVersion(1)),
    ]);
}

fn made_up<T: MadeUp + std::fmt::Debug>() -> impl Strategy<Value = T> {
    vec(any::<u8>(), 0..60).prop_map(|bytes| T::make_up(&mut Choices::new(&bytes)))
}

/// Whether a key can be read.
type Read<'a> = &'a dyn Fn(&[u8]) -> bool;
type Timer = (Timestamp, (CustomerId, TimerKey));

proptest! {
    #[test]
    fn timers_sort_by_instant_customer_and_timer(a in made_up::<Timer>(), b in made_up::<Timer>()) {
        let key = |timer: &Timer| key::timer(timer.0, &timer.1.0, timer.1.1);
        prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
        let (due, (customer, timer)) = a.clone();
        prop_assert_eq!(key::read_timer(&key(&a)), Ok((due, customer, timer)));
    }

    #[test]
    fn inputs_and_records_sort_by_customer_and_number(a in made_up::<(CustomerId, u64)>(), b in made_up::<(CustomerId, u64)>()) {
        prop_assert_eq!(key::input(&a.0, a.1).cmp(&key::input(&b.0, b.1)), a.cmp(&b));
        prop_assert_eq!(key::decision(&a.0, a.1).cmp(&key::decision(&b.0, b.1)), a.cmp(&b));
        let key = key::input(&a.0, a.1);
        let (customer, rest) = key::customer_of(&key).unwrap();
        prop_assert_eq!((customer, key::customer_part(&key, rest)), (a.0, Ok(CustomerPart::Input(a.1))));
    }

    #[test]
    fn sends_sort_by_id(a in any::<u128>(), b in any::<u128>()) {
        prop_assert_eq!(key::outbox(SendId(a)).cmp(&key::outbox(SendId(b))), a.cmp(&b));
        prop_assert_eq!(key::read_outbox(&key::outbox(SendId(a))), Ok(SendId(a)));
    }

    /// A key that was cut or changed is refused, or names something else; nothing panics.
    #[test]
    fn what_is_no_key_is_refused(timer in made_up::<Timer>(), cut in 0usize..40, at in 0usize..40, flip in 1u8..=255) {
        let (due, (customer, timer)) = timer;
        let read_customer = |key: &[u8]| key::customer_of(key).and_then(|(_, rest)| key::customer_part(key, rest)).is_ok();
        let keys: [(Bytes, Read<'_>); 4] = [
            (key::timer(due, &customer, timer), &|key| key::read_timer(key).is_ok()),
            (key::outbox(SendId(7)), &|key| key::read_outbox(key).is_ok()),
            (key::input(&customer, 7), &read_customer),
            (key::section(&customer, 3), &read_customer),
        ];
        for (key, read) in keys {
            prop_assert!(read(&key));
            prop_assert!(!read(&key[..key.len().saturating_sub(cut + 1)]));
            let mut changed = key.to_vec();
            let at = at % changed.len();
            changed[at] ^= flip;
            let _ = read(&changed);
        }
    }
}
