//! A customer for governance alone: what is known, what is held, and the inputs that a scenario can play.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_model::catalogue::{Catalogue, Channel, ChannelKind, Purpose, Topic};
use baton_model::event::EventKind;
use baton_model::history::{History, InputNumber, StoredEvent};
use baton_model::ids::{ClusterId, DefinitionsVersion, EnrolmentId, Epoch, Run, SendId, Visit};
use baton_model::profile::{Consent, Pause, Profile, Stated, Subscription, Ticket};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::{
    ChannelId, CustomerId, EventName, JourneyId, MessageId, Owner, PurposeId, SegmentId, StepId, TicketId, TopicId,
};
use baton_model::value::{Fields, Value};
use baton_rules::{Budget, Names, RuleError};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::message::TestMessage;
use super::render::{render, short};
use crate::decided::Decided;
use crate::intent::Intent;
use crate::ledger::Ledger;
use crate::life::{
    AttemptOutcome, PermitAnswer, cancel, decide, drop_dead, next_wake, permit, report, retry_dead, settle,
};
use crate::message::{Message, Messages};
use crate::policy::{Policies, Policy, PolicyDocument};
use crate::visit::visit_status;
use crate::world::{Holds, World};

/// The customer and the world around.
pub(crate) struct Stage {
    pub profile: Profile,
    history: History,
    segments: BTreeMap<SegmentId, Timestamp>,
    live_journeys: BTreeSet<JourneyId>,
    pub catalogue: Catalogue,
    pub policies: Policies,
    pub messages: TestMessages,
    cluster_hold: Option<Pause>,
    journey_holds: BTreeMap<JourneyId, Pause>,
    channel_holds: BTreeMap<ChannelId, Pause>,
    zone: TimeZone,
    zone_assumed: bool,
    erased: bool,
    epoch: Epoch,
    pub at: Timestamp,
    pub ledger: Arc<Ledger>,
}

/// The message steps by journey.
#[derive(Default)]
pub(crate) struct TestMessages(pub BTreeMap<JourneyId, TestMessage>);

impl Messages for TestMessages {
    fn message(&self, _: DefinitionsVersion, journey: &JourneyId, _: &StepId) -> Option<Message<'_>> {
        self.0.get(journey).map(TestMessage::view)
    }
}

impl Default for Stage {
    fn default() -> Self {
        let mut profile = Profile::default();
        profile.traits.insert("email".into(), Value::from("ada@example.org"));
        profile.traits.insert("phone".into(), Value::from("+44 20 7946 0000"));
        profile.consents.insert(PurposeId::new("marketing").unwrap(), stated(Consent::Granted));
        Self {
            profile,
            history: History::default(),
            segments: BTreeMap::new(),
            live_journeys: BTreeSet::new(),
            catalogue: catalogue(),
            policies: Policies::new(),
            messages: TestMessages::default(),
            cluster_hold: None,
            journey_holds: BTreeMap::new(),
            channel_holds: BTreeMap::new(),
            zone: TimeZone::UTC,
            zone_assumed: false,
            erased: false,
            epoch: Epoch(1),
            at: Timestamp::UNIX_EPOCH,
            ledger: Arc::default(),
        }
    }
}

fn stated<T>(value: T) -> Stated<T> {
    Stated { value, at: Timestamp::UNIX_EPOCH, source: "test".into() }
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let channels = [
        ("email", ChannelKind::Email, &[][..], false),
        ("sms", ChannelKind::Sms, &[], false),
        ("push", ChannelKind::Push, &[], false),
        ("pager", ChannelKind::Sms, &["urgent"], false),
        ("once", ChannelKind::Webhook, &[], true),
    ];
    for (id, kind, roles, at_most_once) in channels {
        let id = ChannelId::new(id).unwrap();
        let roles = roles.iter().map(|role: &&str| (*role).to_owned()).collect();
        catalogue.channels.insert(id.clone(), Channel { id, kind, roles, providers: vec![], at_most_once });
    }
    for (id, default) in [("offers", Subscription::Subscribed), ("news", Subscription::Unsubscribed)] {
        let id = TopicId::new(id).unwrap();
        catalogue.topics.insert(id.clone(), Topic { id, default, channels: vec![] });
    }
    let id = PurposeId::new("marketing").unwrap();
    catalogue.purposes.insert(id.clone(), Purpose { id, legal_basis: "consent".into() });
    catalogue
}

/// Reads an instant without a zone's name: `2024-03-01T10:00Z`.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

/// `promo`, `promo#2` (the second visit).
pub(crate) fn intent(text: &str) -> Intent {
    let (journey, visit) = text.split_once('#').unwrap_or((text, "1"));
    let journey = JourneyId::new(journey).unwrap();
    Intent {
        enrolment: EnrolmentId::derive(&CustomerId::new("ada").unwrap(), &journey, None, Run(1)),
        journey,
        version: DefinitionsVersion(1),
        step: StepId::new("tell").unwrap(),
        visit: Visit(visit.parse().unwrap()),
    }
}

impl Stage {
    /// Plays one line and says what came of it.
    pub fn play(&mut self, line: &str) -> Vec<String> {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["message", journey, words @ ..] => {
                let journeys = BTreeMap::new();
                // Declared first, decided first: so a scenario does not hang on ids.
                let declared = u8::try_from(self.messages.0.len()).unwrap();
                let message = TestMessage { priority: 50 - declared, ..TestMessage::default() };
                let message = message.with(words, &self.names(&journeys));
                self.messages.0.insert(JourneyId::new(journey).unwrap(), message);
                Vec::new()
            }
            ["policy", ..] => {
                self.add_policy(line.trim_start_matches("policy"));
                Vec::new()
            }
            [at, verb, words @ ..] => {
                self.at = instant(at);
                self.input(verb, words)
            }
            _ => panic!("`{line}` is no line of a scenario"),
        }
    }

    fn names<'n>(&'n self, journeys: &'n BTreeMap<JourneyId, BTreeSet<StepId>>) -> Names<'n> {
        const NONE: &BTreeSet<SegmentId> = &BTreeSet::new();
        Names { segments: NONE, journeys, catalogue: &self.catalogue }
    }

    /// Publishes a policy written in JSON.
    pub fn add_policy(&mut self, json: &str) {
        let policy = self.compile_policy(json).unwrap_or_else(|errors| panic!("{json}: {errors:?}"));
        self.policies.insert(policy.id.clone(), policy);
    }

    /// Compiles a policy written in JSON.
    pub fn compile_policy(&self, json: &str) -> Result<Policy, Vec<String>> {
        let document: PolicyDocument = serde_json::from_str(json).map_err(|error| vec![error.to_string()])?;
        let journeys = self.messages.0.keys().map(|journey| (journey.clone(), BTreeSet::new())).collect();
        let texts = |errors: Vec<RuleError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        document.compile(&self.names(&journeys)).map_err(texts)
    }

    /// Calls `act` with the ledger in the world as it is now.
    pub fn with_world<T>(&mut self, act: impl FnOnce(&mut Arc<Ledger>, &World<'_>, &mut Budget) -> T) -> T {
        let world = World {
            profile: &self.profile,
            history: &self.history,
            segments: &self.segments,
            live_journeys: &self.live_journeys,
            catalogue: &self.catalogue,
            policies: &self.policies,
            messages: &self.messages,
            holds: Holds {
                cluster: self.cluster_hold.as_ref(),
                journeys: &self.journey_holds,
                channels: &self.channel_holds,
            },
            zone: &self.zone,
            zone_assumed: self.zone_assumed,
            erased: self.erased,
            cluster: ClusterId(7),
            epoch: self.epoch,
            at: self.at,
        };
        act(&mut self.ledger, &world, &mut Budget::default())
    }

    /// One input, and the `decide` that ends it.
    fn input(&mut self, verb: &str, words: &[&str]) -> Vec<String> {
        let mut intents = Vec::new();
        let mut said = Vec::new();
        match (verb, words) {
            ("ask", journeys) => intents = journeys.iter().map(|text| intent(text)).collect(),
            ("wake", []) => (),
            ("permit" | "settle" | "report" | "cancel" | "retry" | "drop", [send, rest @ ..]) => {
                said = self.about_send(verb, send, rest);
            }
            ("next", []) => {
                let next = self.with_world(|ledger, world, _| next_wake(ledger, world));
                return vec![next.map_or("never".to_owned(), short)];
            }
            ("visit", [send]) => {
                let Intent { enrolment, step, visit, .. } = intent(send);
                return vec![format!("{:?}", visit_status(&self.ledger, enrolment, &step, visit))];
            }
            (fact, words) => self.state(fact, words),
        }
        let before = Arc::clone(&self.ledger);
        let decided = self.with_world(|ledger, world, budget| decide(&intents, ledger, world, budget));
        assert!(!decided.is_empty() || intents.is_empty() || Arc::ptr_eq(&before, &self.ledger), "a silent change");
        said.extend(decided.iter().map(render));
        let again = self.with_world(|ledger, world, budget| decide(&intents, ledger, world, budget));
        // What waits may name another reason, when a lower one was released after its turn; nothing may move.
        let moved = |line: &String| !line.contains(" no_send ") && !line.contains(" deferred ");
        let again: Vec<_> = again.iter().map(render).filter(moved).collect();
        assert!(again.is_empty(), "asked again at once, it decided {again:?}");
        said
    }

    fn about_send(&mut self, verb: &str, send: &str, words: &[&str]) -> Vec<String> {
        let id = self.id(send);
        let decided: Vec<Decided> = match (verb, words) {
            ("permit", _) => return self.permit(id),
            ("settle", [outcome]) => {
                let outcome = outcome_of(outcome);
                self.with_world(|ledger, world, _| settle(id, outcome, ledger, world)).into_iter().collect()
            }
            ("report", [status]) => {
                let status = serde_json::from_value((*status).into()).unwrap();
                let at = self.at;
                let reported = self.with_world(|ledger, world, _| report(id, status, at, ledger, world));
                return std::iter::once(if reported.changed { "learnt" } else { "known" }.to_owned())
                    .chain(reported.decided.iter().map(render))
                    .collect();
            }
            ("cancel", _) => {
                let reason = Reason::new(ReasonCode::ExitRule, "bought");
                let enrolment = self.ledger.get(id).unwrap().enrolment;
                self.with_world(|ledger, world, _| cancel(enrolment, &reason, ledger, world))
            }
            ("retry", []) => {
                self.with_world(|ledger, world, _| retry_dead(id, "eve", ledger, world)).into_iter().collect()
            }
            ("drop", []) => {
                self.with_world(|ledger, world, _| drop_dead(id, "eve", ledger, world)).into_iter().collect()
            }
            _ => panic!("nobody can {verb} {words:?}"),
        };
        decided.iter().map(render).collect()
    }

    fn permit(&mut self, id: SendId) -> Vec<String> {
        let permit = self.with_world(|ledger, world, budget| permit(id, None, ledger, world, budget));
        let answer = match permit.answer {
            PermitAnswer::Granted { attempt, record_first } => {
                format!("granted {attempt}{}", if record_first { " record_first" } else { "" })
            }
            PermitAnswer::Refused { reason, .. } => format!("refused {}", reason.code.as_str()),
            PermitAnswer::Gone => "gone".to_owned(),
        };
        std::iter::once(answer).chain(permit.decided.iter().map(render)).collect()
    }

    /// `promo`, `promo/sms`, `promo#2/sms`: without a channel, the visit's youngest send.
    fn id(&self, text: &str) -> SendId {
        let (visit, channel) = text.split_once('/').unwrap_or((text, ""));
        let Intent { enrolment, step, visit, .. } = intent(visit);
        let mut sends: Vec<_> = self.ledger.visit(enrolment, &step, visit).collect();
        sends.sort_by_key(|send| (send.is_final(), std::cmp::Reverse(send.decided_at)));
        let found = sends.iter().find(|send| channel.is_empty() || send.channel.as_str() == channel);
        found.unwrap_or_else(|| panic!("there is no send `{text}`")).id
    }

    /// Something becomes known, or is held.
    fn state(&mut self, fact: &str, words: &[&str]) {
        let hold = |until: &[&str]| Pause {
            by: Owner::new("eve").unwrap(),
            reason: "incident".into(),
            since: self.at,
            until: until.first().map(|until| instant(until)),
        };
        let ticket = TicketId::new("T1").unwrap();
        match (fact, words) {
            ("trait", [name, value]) => drop(self.profile.traits.insert((*name).into(), Value::from(*value))),
            ("event", [name]) => {
                let number = InputNumber(u64::try_from(self.history.len()).unwrap() + 1);
                self.history.insert(Arc::new(StoredEvent {
                    number,
                    message_id: MessageId::new(&number.0.to_string()).unwrap(),
                    client_timestamp: None,
                    kind: EventKind::Track,
                    name: EventName::new(name).unwrap(),
                    occurred_at: self.at,
                    received_at: self.at,
                    historical: false,
                    properties: Fields::new(),
                    context: Fields::new(),
                }));
            }
            ("untrait", [name]) => drop(self.profile.traits.remove(*name)),
            ("ticket", ["open"]) => {
                self.profile.tickets.insert(ticket, Ticket { severity: "high".into(), opened_at: self.at });
            }
            ("ticket", ["resolved"]) => drop(self.profile.tickets.remove(&ticket)),
            ("consent", [value]) => {
                let value = if *value == "granted" { Consent::Granted } else { Consent::Denied };
                self.profile.consents.insert(PurposeId::new("marketing").unwrap(), stated(value));
            }
            ("topic", [topic, value]) => {
                let subscribed = *value == "subscribed";
                let value = if subscribed { Subscription::Subscribed } else { Subscription::Unsubscribed };
                self.profile.subscriptions.insert(TopicId::new(topic).unwrap(), stated(value));
            }
            ("suppress", [channel]) => {
                self.profile.suppressed.insert(ChannelId::new(channel).unwrap(), stated("hard bounce".into()));
            }
            ("erase", []) => self.erased = true,
            ("pause", ["customer", until @ ..]) => self.profile.pause = Some(hold(until)),
            ("pause", ["cluster", until @ ..]) => self.cluster_hold = Some(hold(until)),
            ("pause", ["channel", id, until @ ..]) => {
                self.channel_holds.insert(ChannelId::new(id).unwrap(), hold(until));
            }
            ("pause", ["journey", id, until @ ..]) => {
                self.journey_holds.insert(JourneyId::new(id).unwrap(), hold(until));
            }
            ("resume", []) => {
                self.profile.pause = None;
                self.cluster_hold = None;
                self.channel_holds.clear();
                self.journey_holds.clear();
            }
            ("zone", [name, assumed @ ..]) => {
                self.zone = baton_model::time::zone(name).unwrap();
                self.zone_assumed = !assumed.is_empty();
                self.profile.zone_changed_at = Some(self.at);
            }
            ("epoch", [epoch]) => self.epoch = Epoch(epoch.parse().unwrap()),
            ("unpublish", [journey]) => drop(self.messages.0.remove(*journey)),
            _ => panic!("nothing is known as {fact} {words:?}"),
        }
    }
}

fn outcome_of(word: &str) -> AttemptOutcome {
    let reason = || Reason::new(ReasonCode::Provider, "550");
    match word {
        "accepted" => AttemptOutcome::Accepted,
        "refused" => AttemptOutcome::Refused(reason()),
        "failed" => AttemptOutcome::Failed(reason()),
        "in_doubt" => AttemptOutcome::InDoubt(reason()),
        "exhausted" => AttemptOutcome::Exhausted { reason: reason(), in_doubt: false },
        "exhausted_in_doubt" => AttemptOutcome::Exhausted { reason: reason(), in_doubt: true },
        "render_error" => AttemptOutcome::RenderError(Reason::new(ReasonCode::Render, "no name")),
        _ => panic!("no attempt ends {word}"),
    }
}
