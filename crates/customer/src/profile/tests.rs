//! What events say of their customers.

use baton_model::event::{Event, EventKind};
use baton_model::profile::{Consent, Profile, Stated, Subscription};
use baton_model::text_id::{ChannelId, EventName, MessageId, PurposeId, TopicId};
use baton_model::value::Fields;
use jiff::Timestamp;

use super::{BOUNCED, Moment, after};
use crate::Rejection;

fn fields(json: &str) -> Fields {
    serde_json::from_str(json).unwrap()
}

fn event(kind: EventKind, name: &str, properties: &str, context: &str, traits: &str) -> Event {
    Event {
        message_id: MessageId::new("m").unwrap(),
        kind,
        name: EventName::new(name).unwrap(),
        client_timestamp: None,
        timestamp: None,
        sent_at: None,
        historical: false,
        properties: fields(properties),
        context: fields(context),
        traits: fields(traits),
    }
}

fn moment() -> Moment {
    let at: Timestamp = "2024-06-15T12:00:00Z".parse().unwrap();
    Moment { at, occurred_at: at, historical: false }
}

fn track(profile: &mut Profile, name: &str, properties: &str) -> Result<(), Rejection> {
    let event = event(EventKind::Track, name, properties, "{}", "{}");
    after(profile, &event, moment()).map(|changed| *profile = changed.unwrap_or_else(|| profile.clone()))
}

fn identify(profile: &mut Profile, traits: &str) {
    let event = event(EventKind::Identify, "identify", "{}", "{}", traits);
    *profile = after(profile, &event, moment()).unwrap().unwrap_or_else(|| profile.clone());
}

fn see(profile: &mut Profile, context: &str) {
    let event = event(EventKind::Track, "Seen", "{}", context, "{}");
    *profile = after(profile, &event, moment()).unwrap().unwrap_or_else(|| profile.clone());
}

#[test]
fn traits_replace_each_other_and_null_removes() {
    let mut profile = Profile::default();
    identify(&mut profile, r#"{"plan": "free", "email": "a@example.org"}"#);
    identify(&mut profile, r#"{"plan": "pro", "email": null}"#);
    assert_eq!(profile.traits, fields(r#"{"plan": "pro"}"#));
}

#[test]
fn an_event_that_says_nothing_new_changes_nothing() {
    let mut profile = Profile::default();
    identify(&mut profile, r#"{"plan": "free"}"#);
    let again = event(EventKind::Identify, "identify", "{}", "{}", r#"{"plan": "free"}"#);
    assert_eq!(after(&profile, &again, moment()), Ok(None));
}

#[test]
fn consents_and_subscriptions_are_stated() {
    let mut profile = Profile::default();
    track(&mut profile, "Consent Changed", r#"{"purpose": "ads", "status": "granted", "source": "form"}"#).unwrap();
    track(&mut profile, "Subscription Changed", r#"{"topic": "news", "status": "unsubscribed"}"#).unwrap();
    let consent = &profile.consents[&PurposeId::new("ads").unwrap()];
    assert_eq!((consent.value, consent.source.as_str()), (Consent::Granted, "form"));
    assert_eq!(profile.subscriptions[&TopicId::new("news").unwrap()].value, Subscription::Unsubscribed);
}

#[test]
fn tickets_open_and_close() {
    let mut profile = Profile::default();
    track(&mut profile, "Ticket Opened", r#"{"ticket_id": "t1", "severity": "high"}"#).unwrap();
    assert_eq!(profile.tickets.len(), 1);
    track(&mut profile, "Ticket Resolved", r#"{"ticket_id": "t1"}"#).unwrap();
    assert!(profile.tickets.is_empty());
    track(&mut profile, "Ticket Reopened", r#"{"ticket_id": "t1"}"#).unwrap();
    assert_eq!(profile.tickets.values().next().unwrap().severity, "");
}

#[test]
fn a_bad_property_is_named() {
    for (name, properties, field) in [
        ("Consent Changed", r#"{"status": "granted"}"#, "properties.purpose"),
        ("Consent Changed", r#"{"purpose": "ads", "status": "yes"}"#, "properties.status"),
        ("Subscription Changed", r#"{"topic": "", "status": "subscribed"}"#, "properties.topic"),
        ("Ticket Opened", r#"{"ticket_id": 7}"#, "properties.ticket_id"),
    ] {
        let mut profile = Profile::default();
        let rejection = track(&mut profile, name, properties).unwrap_err();
        assert_eq!(rejection.field, field);
        assert_eq!(profile, Profile::default());
    }
}

#[test]
fn the_zone_is_that_of_the_trait_then_of_the_last_device() {
    let mut profile = Profile::default();
    see(&mut profile, r#"{"timezone": "Europe/Prague"}"#);
    assert_eq!(profile.zone_name(), Some("Europe/Prague"));
    see(&mut profile, r#"{"timezone": "Mars/Olympus"}"#);
    assert_eq!(profile.zone_name(), Some("Europe/Prague"));
    profile.zone_changed_at = None;
    identify(&mut profile, r#"{"timezone": "Asia/Tokyo"}"#);
    assert_eq!((profile.zone_name(), profile.zone_changed_at), (Some("Asia/Tokyo"), Some(moment().at)));
}

#[test]
fn an_address_that_bounced_is_forgiven_when_it_changes() {
    let mut profile = Profile::default();
    identify(&mut profile, r#"{"email": "a@example.org", "phone": "1"}"#);
    let state = |word: &str| Stated { value: word.to_owned(), at: moment().at, source: String::new() };
    for (channel, word) in [("email", BOUNCED), ("sms", BOUNCED), ("whatsapp", "complained")] {
        profile.suppressed.insert(ChannelId::new(channel).unwrap(), state(word));
    }
    identify(&mut profile, r#"{"email": "b@example.org"}"#);
    let left: Vec<&str> = profile.suppressed.keys().map(ChannelId::as_str).collect();
    assert_eq!(left, ["sms", "whatsapp"]);
    identify(&mut profile, r#"{"phone": "2"}"#);
    assert_eq!(profile.suppressed.len(), 1);
}

#[test]
fn devices_are_kept_by_token_and_bounded() {
    let mut profile = Profile::default();
    for number in 0..30 {
        let at = moment().at + jiff::SignedDuration::from_secs(number);
        let context = format!(r#"{{"device": {{"token": "t{number}", "type": "ios"}}}}"#);
        let event = event(EventKind::Track, "Seen", "{}", &context, "{}");
        profile = after(&profile, &event, Moment { at, occurred_at: at, historical: false }).unwrap().unwrap();
    }
    assert_eq!(profile.devices.len(), 20);
    assert!(profile.devices.contains_key("t29") && !profile.devices.contains_key("t9"));
}
