//! The history against a plain list that is sorted whenever it is asked.

use super::*;

fn event(number: u64, name: &str, second: i64) -> Arc<StoredEvent> {
    let at = Timestamp::from_second(second).unwrap();
    Arc::new(StoredEvent {
        number: InputNumber(number),
        message_id: MessageId::new("m").unwrap(),
        client_timestamp: None,
        kind: EventKind::Track,
        name: EventName::new(name).unwrap(),
        occurred_at: at,
        received_at: at,
        historical: false,
        properties: Fields::new(),
        context: Fields::new(),
    })
}

#[test]
fn events_are_found_by_name_and_time_whatever_order_they_come_in() {
    // Seconds at which they happened, in the order of their numbers: late ones, and two of one instant.
    let seconds = [50, 10, 30, 30, 70, 20, 60, 40];
    let mut history = History::default();
    let mut list = Vec::new();
    for (number, second) in (1..).zip(seconds) {
        for name in ["a", "b"] {
            history.insert(event(number, name, second));
        }
        list.push((second, number));
    }
    // Twice the same is once.
    history.insert(event(1, "a", 50));
    assert_eq!(history.len(), 2 * seconds.len());
    let name = EventName::new("a").unwrap();
    let check = |history: &History, list: &[(i64, u64)]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        for after in [None, Some(-5), Some(10), Some(30), Some(35), Some(70)] {
            for until in [0, 10, 30, 45, 70, 99] {
                let inside = |(second, _): &&(i64, u64)| after.is_none_or(|after| *second > after) && *second <= until;
                let expected: Vec<u64> = list.iter().filter(inside).map(|(_, number)| *number).collect();
                let after = after.map(|after| Timestamp::from_second(after).unwrap());
                let found = history.named_within(&name, after, Timestamp::from_second(until).unwrap());
                assert_eq!(found.map(|event| event.number.0).collect::<Vec<_>>(), expected, "{after:?} {until}");
            }
        }
    };
    check(&history, &list);
    // One in the middle, one that is not there, the oldest, the newest.
    for (number, second) in [(3, 30), (3, 30), (2, 10), (5, 70)] {
        history.remove(&event(number, "a", second));
        list.retain(|known| *known != (second, number));
        check(&history, &list);
    }
    assert_eq!(history.len(), list.len() + seconds.len());
    assert_eq!(history.all().count(), history.len());
}
