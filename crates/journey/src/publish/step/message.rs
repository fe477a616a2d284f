//! `message`.

use baton_model::catalogue::{Channel, ChannelKind};
use baton_model::send::Category;
use baton_model::text_id::{ChannelId, TemplateId, TopicId};
use baton_model::value::Fields;
use baton_rules::RulePlace;

use crate::document::step::message::{AdvanceDocument, MessageDocument, OnRefusalDocument, StrategyDocument};
use crate::publish::desk::Desk;
use crate::publish::journey::check_positive;
use crate::source::path::Path;
use crate::step::message::{Advance, Message, OnRefusal, Strategy};

/// The most channels of one message, because each may become a send of its own.
const CHANNELS_MAX: usize = 8;

/// A message without a fault.
pub(crate) fn compile(document: &MessageDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Message> {
    let channels = channels(document, path, desk);
    check_channels(document, &channels, path, desk);
    if let Some(role) = &document.role {
        desk.check_word(&path.field("role"), role);
    }
    check_template(document, &channels, path, desk);
    let topic = topic(document, &channels, path, desk);
    let vars = desk.bindings(&document.vars, &path.field("vars"));
    let guard = desk.rule_if(document.guard.as_ref(), RulePlace::STEP, &path.field("guard"));
    let refusals = [
        ("on_capped", &document.on_capped, OnRefusal::Defer),
        ("on_suppressed", &document.on_suppressed, OnRefusal::Defer),
        ("on_unreachable", &document.on_unreachable, OnRefusal::Drop),
        ("on_failed", &document.on_failed, OnRefusal::Drop),
    ];
    let [on_capped, on_suppressed, on_unreachable, on_failed] =
        refusals.map(|(field, written, default)| on_refusal(written.as_ref(), default, &path.field(field), desk));
    if matches!(document.on_failed, Some(OnRefusalDocument::Defer)) {
        desk.fault(
            &path.field("on_failed"),
            "what failed for good cannot wait: write `drop`, `alternate`, `exit` or `goto`",
        );
    }
    Some(Message {
        channels: channels.into_iter().map(|(_, channel)| channel).collect(),
        strategy: match document.strategy {
            None | Some(StrategyDocument::FirstReachable) => Strategy::FirstReachable,
            Some(StrategyDocument::All) => Strategy::All,
        },
        template: document.template.clone(),
        vars: vars?,
        defaults: defaults(document, desk),
        role: document.role.clone(),
        topic,
        guard: guard.ok()?,
        advance: advance(document, path, desk),
        on_capped,
        on_suppressed,
        on_unreachable,
        on_failed,
    })
}

/// The channels that the message names, each with its path.
fn channels(document: &MessageDocument, path: &Path, desk: &mut Desk<'_>) -> Vec<(Path, ChannelId)> {
    match (&document.channel, &document.channels) {
        (Some(channel), None) => {
            if document.strategy.is_some() {
                desk.fault(&path.field("strategy"), "`strategy` belongs to several `channels`: leave it out");
            }
            vec![(path.field("channel"), channel.clone())]
        }
        (None, Some(channels)) => {
            let list = path.field("channels");
            desk.check_len(&list, channels.len(), "channels", CHANNELS_MAX);
            if document.strategy.is_none() && channels.len() > 1 {
                desk.fault(path, "several channels need a `strategy`: write `first_reachable` or `all`");
            }
            channels.iter().enumerate().map(|(index, channel)| (list.item(index), channel.clone())).collect()
        }
        (None, None) | (Some(_), Some(_)) => {
            desk.fault(path, "the message does not say where it goes: write either `channel` or `channels`");
            Vec::new()
        }
    }
}

/// The channels are there, each once, and carry the message's role.
fn check_channels(document: &MessageDocument, channels: &[(Path, ChannelId)], path: &Path, desk: &mut Desk<'_>) {
    let known = &desk.shared.names.catalogue.channels;
    for (index, (at, id)) in channels.iter().enumerate() {
        let Some(channel) = known.get(id) else {
            desk.absent(at, "channel", id.as_str(), known.keys().map(ChannelId::as_str));
            continue;
        };
        if channels[..index].iter().any(|(_, other)| other == id) {
            desk.fault(at, format!("the channel `{id}` stands twice: keep one"));
        }
        if let Some(message) = role_fault(channel, document.role.as_deref()) {
            desk.fault(path, message);
        }
    }
}

/// What is wrong with a role on a channel.
fn role_fault(channel: &Channel, role: Option<&str>) -> Option<String> {
    let carried = channel.roles.is_empty() || role.is_some_and(|role| channel.roles.iter().any(|known| known == role));
    (!carried).then(|| {
        let roles = channel.roles.join(", ");
        let has = role.map_or("the message has none".to_owned(), |role| format!("`{role}` is none of them"));
        format!("the channel `{}` carries only the roles {roles}, and {has}: write one of them as `role`, or take another channel", channel.id)
    })
}

/// The template is there and gets its variables; an email has a subject.
fn check_template(document: &MessageDocument, channels: &[(Path, ChannelId)], path: &Path, desk: &mut Desk<'_>) {
    let templates = desk.shared.templates;
    let at = path.field("template");
    let Some(template) = templates.get(&document.template) else {
        desk.absent(&at, "template", document.template.as_str(), templates.keys().map(TemplateId::as_str));
        return;
    };
    let given = &document.vars;
    for name in
        template.variables.iter().filter(|(name, variable)| variable.default.is_none() && !given.contains_key(*name))
    {
        let message =
            format!("the template needs `{0}`: write `vars: {{{0}: ..}}`, or give it a default there", name.0);
        desk.fault(&at, message);
    }
    for name in given.keys().filter(|name| !template.variables.contains_key(*name)) {
        desk.unknown(&path.field("vars").field(name), "variable", name, template.variables.keys().map(String::as_str));
    }
    let known = &desk.shared.names.catalogue.channels;
    let is_email =
        |(_, id): &&(Path, ChannelId)| known.get(id).is_some_and(|channel| channel.kind == ChannelKind::Email);
    if template.subject.is_none() && channels.iter().any(|channel| is_email(&channel)) {
        desk.fault(&at, format!("an email needs a subject: write `subject` in the template `{}`", template.id));
    }
}

/// What stands for variables without a value.
fn defaults(document: &MessageDocument, desk: &Desk<'_>) -> Fields {
    let template = desk.shared.templates.get(&document.template);
    let variables = template.iter().flat_map(|template| &template.variables);
    variables.filter_map(|(name, variable)| Some((name.clone(), variable.default.clone()?))).collect()
}

/// The topic of the step or of the journey; marketing has one, and a purpose, and is sent on the topic's channels.
fn topic(
    document: &MessageDocument,
    channels: &[(Path, ChannelId)],
    path: &Path,
    desk: &mut Desk<'_>,
) -> Option<TopicId> {
    let catalogue = desk.shared.names.catalogue;
    let topic = document.topic.as_ref().or(desk.journey.topic.as_ref()).cloned();
    if let Some(own) = document.topic.as_ref().filter(|own| !catalogue.topics.contains_key(*own)) {
        desk.absent(&path.field("topic"), "topic", own.as_str(), catalogue.topics.keys().map(TopicId::as_str));
    }
    if desk.journey.category == Category::Marketing {
        if topic.is_none() {
            desk.fault(path, "a marketing message has a topic: write `topic` here or in the journey");
        }
        if desk.journey.purpose.is_none() {
            desk.fault(path, "a marketing message has a purpose: write `purpose` in the journey");
        }
    }
    let known = topic.as_ref().and_then(|topic| catalogue.topics.get(topic));
    for (at, id) in channels {
        if let Some(topic) = known.filter(|topic| !topic.channels.is_empty() && !topic.channels.contains(id)) {
            desk.fault(
                at,
                format!(
                    "the topic `{}` is not sent on `{id}`: write one of its channels, or add this one there",
                    topic.id
                ),
            );
        }
    }
    topic
}

fn advance(document: &MessageDocument, path: &Path, desk: &mut Desk<'_>) -> Advance {
    match document.advance {
        None | Some(AdvanceDocument::OnAccepted) => Advance::OnAccepted,
        Some(AdvanceDocument::OnDecision) => Advance::OnDecision,
        Some(AdvanceDocument::OnDelivered { timeout }) => {
            check_positive(Some(timeout), &path.join("advance.on_delivered.timeout"), desk);
            Advance::OnDelivered { timeout }
        }
    }
}

fn on_refusal(written: Option<&OnRefusalDocument>, default: OnRefusal, path: &Path, desk: &mut Desk<'_>) -> OnRefusal {
    match written {
        None => default,
        Some(OnRefusalDocument::Defer) => OnRefusal::Defer,
        Some(OnRefusalDocument::Drop) => OnRefusal::Drop,
        Some(OnRefusalDocument::Alternate) => OnRefusal::Alternate,
        Some(OnRefusalDocument::Exit) => OnRefusal::Exit,
        Some(OnRefusalDocument::Goto(id)) => OnRefusal::Goto(desk.target(id, path)),
    }
}
