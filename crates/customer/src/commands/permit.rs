//! Permit: a sender asks whether it may make an attempt now; what it needs to render comes with the answer.

use baton_governance::PermitAnswer as Governed;
use baton_journey::step::StepKind;
use baton_journey::step::message::Message;
use baton_journey::template::Template;
use baton_model::decision::Cause;
use baton_model::history::StoredEvent;
use baton_model::ids::{Epoch, SendId};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::Send;
use baton_model::value::{Fields, Value};

use crate::phases::{fire, pass};
use crate::stimulus::Stimulus;
use crate::turn::evaluate::View;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Enrolment, Input, PermitAnswer, Permitted};

/// Gives or refuses a permit.
pub(super) fn run(turn: &mut Turn<'_>, send: SendId, epoch: Epoch) -> Result<Answer, GivenUp> {
    if epoch != turn.environment.epoch || turn.state.ledger.get(send).is_none() {
        return Err(GivenUp::Unknown);
    }
    fire::due(turn);
    turn.open_input(Cause::Permit(send), |_| Input::Permit { send, epoch });
    let enrolment = turn.state.ledger.get(send).and_then(|send| turn.enrolment(send.enrolment));
    let context = enrolment.map(|enrolment| enrolment.context().clone());
    let permit =
        turn.govern(|ledger, world, budget| baton_governance::permit(send, context.as_ref(), ledger, world, budget));
    turn.take_decided(permit.decided);
    let answer = match permit.answer {
        Governed::Granted { attempt, record_first } => given(turn, send, attempt, record_first),
        Governed::Refused { reason, .. } => PermitAnswer::Refused(reason),
        Governed::Gone => PermitAnswer::Gone,
    };
    pass::react(turn, Stimulus::Fact);
    Ok(Answer::Permit(answer))
}

/// Everything that is needed to render and deliver.
fn given(turn: &mut Turn<'_>, id: SendId, attempt: u32, record_first: bool) -> PermitAnswer {
    let Some(send) = turn.state.ledger.get(id).cloned() else {
        return PermitAnswer::Gone;
    };
    let definitions = turn.environment.library.version(send.version);
    let journey = definitions.and_then(|definitions| definitions.journeys.get(&send.journey)).cloned();
    let template = definitions.and_then(|definitions| definitions.templates.get(&send.template));
    let defaults = template.map(defaults).unwrap_or_default();
    let Some(journey) = journey else {
        return PermitAnswer::Refused(Reason::new(ReasonCode::Internal, "its version of the documents is gone"));
    };
    let step = journey.find(&send.step).map(|(_, step)| &step.kind);
    let mut vars = defaults;
    if let Some(StepKind::Message(message)) = step {
        vars.extend(variables(turn, message, View::of(&journey, send.enrolment)));
    }
    let channel = turn.current.catalogue.channels.get(&send.channel);
    let address = channel.and_then(|channel| channel.kind.address(&turn.state.profile)).unwrap_or("").to_owned();
    let providers = channel.map(|channel| channel.providers.clone()).unwrap_or_default();
    let enrolment = turn.enrolment(send.enrolment);
    let event = enrolment.map(|enrolment| event_fields(&enrolment.event)).unwrap_or_default();
    let context = enrolment.map(Enrolment::context).cloned().unwrap_or_default();
    PermitAnswer::Given(Box::new(permitted(
        turn,
        send,
        Contents { attempt, record_first, address, providers, event, context, vars },
    )))
}

/// What a permit adds to the send.
struct Contents {
    attempt: u32,
    record_first: bool,
    address: String,
    providers: Vec<String>,
    event: Fields,
    context: Fields,
    vars: Fields,
}

fn permitted(turn: &Turn<'_>, send: Send, contents: Contents) -> Permitted {
    Permitted {
        send: send.id,
        attempt: contents.attempt,
        record_first: contents.record_first,
        journey: send.journey,
        step: send.step,
        visit: send.visit,
        channel: send.channel,
        address: contents.address,
        version: send.version,
        template: send.template,
        category: send.category,
        role: send.role,
        providers: contents.providers,
        customer: turn.state.profile.traits.clone(),
        event: contents.event,
        context: contents.context,
        vars: contents.vars,
        at: turn.at,
    }
}

/// What the template itself says of variables that the message gives no value.
fn defaults(template: &Template) -> Fields {
    let variables = template.variables.iter();
    variables.filter_map(|(name, variable)| Some((name.clone(), variable.default.clone()?))).collect()
}

fn variables(turn: &mut Turn<'_>, message: &Message, view: View<'_>) -> Fields {
    let values = message.vars.iter();
    values.filter_map(|(name, binding)| Some((name.clone(), turn.bound_value(binding, view)?))).collect()
}

/// An event as templates see it.
fn event_fields(event: &StoredEvent) -> Fields {
    Fields::from([
        ("name".to_owned(), Value::from(event.name.as_str())),
        ("message_id".to_owned(), Value::from(event.message_id.as_str())),
        ("timestamp".to_owned(), Value::String(event.occurred_at.to_string())),
        ("properties".to_owned(), Value::Map(event.properties.clone())),
        ("context".to_owned(), Value::Map(event.context.clone())),
    ])
}
