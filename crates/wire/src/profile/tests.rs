//! Everything a profile says arrives.

use baton_model::text_id::{ChannelId, Owner, PurposeId, TopicId};
use jiff::Timestamp;

use super::*;

fn stated<T>(value: T) -> Stated<T> {
    Stated { value, at: Timestamp::from_second(7).unwrap(), source: "form".to_owned() }
}

#[test]
fn everything_a_profile_says_arrives() {
    let since = Timestamp::from_second(3).unwrap();
    let profile = Profile {
        traits: BTreeMap::from([("plan".to_owned(), "pro".into())]),
        consents: BTreeMap::from([
            (PurposeId::new("ads").unwrap(), stated(Consent::Denied)),
            (PurposeId::new("news").unwrap(), stated(Consent::Granted)),
        ]),
        subscriptions: BTreeMap::from([
            (TopicId::new("a").unwrap(), stated(Subscription::Subscribed)),
            (TopicId::new("b").unwrap(), stated(Subscription::Unsubscribed)),
        ]),
        tickets: BTreeMap::from([(
            TicketId::new("t1").unwrap(),
            Ticket { severity: "high".to_owned(), opened_at: since },
        )]),
        suppressed: BTreeMap::from([(ChannelId::new("sms").unwrap(), stated("STOP".to_owned()))]),
        pause: Some(Pause { by: Owner::new("jo").unwrap(), reason: "asked".to_owned(), since, until: None }),
        ..Profile::default()
    };

    let customer = to_pb(&profile);

    let said = |statements: &[pb::Statement]| -> Vec<String> {
        let one = |s: &pb::Statement| format!("{} {} {} {}", s.subject, s.value, s.source, s.time.unwrap().seconds);
        statements.iter().map(one).collect()
    };
    assert_eq!(fields::from_pb(customer.traits.unwrap()), Ok(profile.traits));
    assert_eq!(said(&customer.consents), ["ads denied form 7", "news granted form 7"]);
    assert_eq!(said(&customer.subscriptions), ["a subscribed form 7", "b unsubscribed form 7"]);
    assert_eq!(said(&customer.suppressed), ["sms STOP form 7"]);
    assert_eq!((&*customer.tickets[0].ticket_id, &*customer.tickets[0].severity), ("t1", "high"));
    let pause = customer.pause.unwrap();
    assert_eq!((&*pause.by, &*pause.reason, pause.since.unwrap().seconds, pause.until), ("jo", "asked", 3, None));
}
