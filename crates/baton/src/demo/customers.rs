//! What a shop knows of its customers besides their purchases. Made up, from a customer's place among the others alone.

use std::collections::BTreeMap;

use super::orders::Order;

/// One customer in so many never grants consent, and must get nothing.
const NEVER_CONSENTS_EACH: usize = 20;

/// One customer in so many has told no time zone; theirs is assumed.
const NO_ZONE_EACH: usize = 15;

/// Where customers live, more of them where more of them were.
const ZONES: [&str; 8] = [
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/New_York",
    "America/Denver",
    "Europe/London",
    "Asia/Tokyo",
    "America/Los_Angeles",
];

/// By their number in the file.
pub(crate) type Shoppers = BTreeMap<String, Shopper>;

/// One customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shopper {
    /// The id under which events come.
    pub id: String,
    /// Their mailbox.
    pub email: String,
    /// Where they live, if they told.
    pub zone: Option<&'static str>,
    /// Whether they ever grant consent.
    pub consents: bool,
}

/// The first customers of the purchases, at most `count_max`.
pub(crate) fn shoppers(orders: &[Order], count_max: usize) -> Shoppers {
    let mut numbers: Vec<&String> = orders.iter().map(|order| &order.customer).collect();
    numbers.sort();
    numbers.dedup();
    numbers
        .into_iter()
        .take(count_max)
        .enumerate()
        .map(|(index, number)| (number.clone(), shopper(index, number)))
        .collect()
}

fn shopper(index: usize, number: &str) -> Shopper {
    let place = index + 1;
    Shopper {
        id: format!("cdnow-{number}"),
        email: format!("customer-{number}@shop.example"),
        zone: (!place.is_multiple_of(NO_ZONE_EACH)).then_some(ZONES[index % ZONES.len()]),
        consents: !place.is_multiple_of(NEVER_CONSENTS_EACH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::orders::parse;

    #[test]
    fn one_in_twenty_never_consents_and_fewer_customers_are_the_same_customers() {
        let lines: Vec<String> = (1..=40).map(|number| format!("{number:05} 19970101 1 1")).collect();
        let orders = parse(&lines.join("\n")).unwrap();
        let all = shoppers(&orders, usize::MAX);
        assert_eq!(all.values().filter(|shopper| !shopper.consents).count(), 2);
        let few = shoppers(&orders, 7);
        assert_eq!(few.len(), 7);
        assert!(few.iter().all(|(number, shopper)| all[number] == *shopper));
    }
}
