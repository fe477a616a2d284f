//! Ids are promises to data already written: their values are pinned here.

use super::*;

fn customer(text: &str) -> CustomerId {
    CustomerId::new(text).unwrap()
}

#[test]
fn slots_are_fixed_for_ever() {
    let slots: Vec<u16> =
        ["1", "customer-42", "žluťoučký"].iter().map(|id| Slot::of(WorkspaceId(0), &customer(id)).0).collect();
    assert_eq!(slots, SLOTS);
}

/// Computed with the reference implementation of XXH3.
const SLOTS: [u16; 3] = [344, 3681, 814];

#[test]
fn every_slot_has_one_shard_and_ranges_are_contiguous() {
    for shard_count in [1, 3, 32, 256, 4096] {
        let shards: Vec<u32> = (0..Slot::COUNT).map(|slot| Slot(slot).shard(shard_count).0).collect();
        assert!(shards.windows(2).all(|pair| pair[0] == pair[1] || pair[0] + 1 == pair[1]));
        assert_eq!(shards.last(), Some(&(shard_count - 1)));
    }
}

#[test]
fn send_ids_differ_in_every_part() {
    let journey = JourneyId::new("cart").unwrap();
    let enrolment = EnrolmentId::derive(&customer("1"), &journey, None, Run(1));
    let send = |cluster: u128, step: &str, visit: u32, channel: &str| {
        SendId::derive(
            ClusterId(cluster),
            enrolment,
            &StepId::new(step).unwrap(),
            Visit(visit),
            &ChannelId::new(channel).unwrap(),
        )
    };
    let base = send(1, "email", 1, "email");
    assert_eq!(base, send(1, "email", 1, "email"));
    for other in [
        send(2, "email", 1, "email"),
        send(1, "emai", 1, "lemail"),
        send(1, "email", 2, "email"),
        send(1, "email", 1, "sms"),
    ] {
        assert_ne!(base, other);
    }
    assert_eq!(base.to_string().parse::<SendId>(), Ok(base));
}

#[test]
fn an_empty_key_is_not_a_missing_key() {
    let journey = JourneyId::new("cart").unwrap();
    let with_key = CorrelationKey::new("x").unwrap();
    let without = EnrolmentId::derive(&customer("1"), &journey, None, Run(1));
    assert_ne!(without, EnrolmentId::derive(&customer("1"), &journey, Some(&with_key), Run(1)));
    assert_ne!(without, EnrolmentId::derive(&customer("1"), &journey, None, Run(2)));
}
