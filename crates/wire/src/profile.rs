//! What is known of a customer: [`Profile`] → the parts of `baton.v1.Customer`.

use std::collections::BTreeMap;
use std::fmt::Display;

use baton_model::profile::{Consent, Pause, Profile, Stated, Subscription, Ticket};
use baton_model::text_id::TicketId;

use crate::pb::v1 as pb;
use crate::{fields, instant};

/// The customer's message with everything that the profile says, and nothing else.
pub fn to_pb(profile: &Profile) -> pb::Customer {
    pb::Customer {
        traits: Some(fields::to_pb(&profile.traits)),
        consents: statements(&profile.consents, |consent| consent_word(*consent).to_owned()),
        subscriptions: statements(&profile.subscriptions, |stated| subscription_word(*stated).to_owned()),
        suppressed: statements(&profile.suppressed, String::clone),
        tickets: profile.tickets.iter().map(|(id, ticket)| ticket_to_pb(id, ticket)).collect(),
        pause: profile.pause.as_ref().map(pause_to_pb),
        ..pb::Customer::default()
    }
}

fn statements<Id: Display, T>(stated: &BTreeMap<Id, Stated<T>>, word: impl Fn(&T) -> String) -> Vec<pb::Statement> {
    let statement = |(id, stated): (&Id, &Stated<T>)| pb::Statement {
        subject: id.to_string(),
        value: word(&stated.value),
        time: Some(instant::to_pb(stated.at)),
        source: stated.source.clone(),
    };
    stated.iter().map(statement).collect()
}

fn consent_word(consent: Consent) -> &'static str {
    match consent {
        Consent::Granted => "granted",
        Consent::Denied => "denied",
    }
}

fn subscription_word(subscription: Subscription) -> &'static str {
    match subscription {
        Subscription::Subscribed => "subscribed",
        Subscription::Unsubscribed => "unsubscribed",
    }
}

fn ticket_to_pb(id: &TicketId, ticket: &Ticket) -> pb::Ticket {
    pb::Ticket {
        ticket_id: id.to_string(),
        severity: ticket.severity.clone(),
        open_time: Some(instant::to_pb(ticket.opened_at)),
    }
}

fn pause_to_pb(pause: &Pause) -> pb::Pause {
    pb::Pause {
        by: pause.by.to_string(),
        reason: pause.reason.clone(),
        since: Some(instant::to_pb(pause.since)),
        until: pause.until.map(instant::to_pb),
    }
}

#[cfg(test)]
mod tests;
