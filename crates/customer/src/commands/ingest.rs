//! Ingest: takes an event.
//!
//! Repeats and events that cannot be taken are answered before anything else happens, and write nothing.

mod placing;

use std::sync::Arc;

use baton_model::decision::Cause;
use baton_model::event::Event;
use baton_model::history::{InputNumber, StoredEvent};
use baton_model::profile::Profile;
use baton_model::reason::ReasonCode;

use crate::phases::{fire, pass};
use crate::profile::{self, Moment};
use crate::stimulus::Stimulus;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, IngestAnswer, Input, Rejection};
use placing::{Placed, place};

/// Takes an event.
pub(super) fn run(turn: &mut Turn<'_>, event: Event) -> Result<Answer, GivenUp> {
    if is_repeat(turn, &event) {
        return Err(GivenUp::Repeat);
    }
    let placed = place(&event, turn.at, turn.environment.settings).map_err(GivenUp::Rejected)?;
    fire::due(turn);
    learn(turn, &event, placed)?;
    let stored = store(turn, event, placed);
    turn.touched.event = Some(stored.name.clone());
    if placed.historical {
        pass::absorb(turn);
    } else {
        pass::react(turn, Stimulus::Event(stored));
    }
    Ok(Answer::Ingest(IngestAnswer::Accepted))
}

/// Whether the event was taken before.
pub(super) fn is_repeat(turn: &Turn<'_>, event: &Event) -> bool {
    turn.log.is_repeat(event, turn.at, turn.environment.settings)
}

/// Takes over what the event says of the customer.
fn learn(turn: &mut Turn<'_>, event: &Event, placed: Placed) -> Result<(), GivenUp> {
    let moment = Moment { at: turn.at, occurred_at: placed.occurred_at, historical: placed.historical };
    let Some(profile) = profile::after(&turn.state.profile, event, moment).map_err(GivenUp::Rejected)? else {
        return Ok(());
    };
    if profile.weight() > Profile::WEIGHT_MAX {
        return Err(GivenUp::Rejected(Rejection {
            reason: ReasonCode::CustomerTooLarge,
            field: "traits".to_owned(),
            detail: format!("the profile would have more than {} bytes: remove traits first", Profile::WEIGHT_MAX),
        }));
    }
    turn.touched.note_profile(&turn.state.profile, &profile);
    turn.state.set_profile(profile);
    Ok(())
}

/// Adds the event to the history and opens it as an input.
fn store(turn: &mut Turn<'_>, mut event: Event, placed: Placed) -> Arc<StoredEvent> {
    let traits = std::mem::take(&mut event.traits);
    let stored = Arc::new(stored(event, placed, turn.state.head.next_input, turn.at));
    turn.open_input(Cause::Event(stored.message_id.clone()), |_| Input::Event {
        event: Arc::clone(&stored),
        traits,
        from_the_future: placed.from_the_future,
    });
    turn.log.insert(Arc::clone(&stored));
    stored
}

/// An event with its place in time and among the inputs.
pub(super) fn stored(event: Event, placed: Placed, number: InputNumber, at: jiff::Timestamp) -> StoredEvent {
    StoredEvent {
        number,
        message_id: event.message_id,
        client_timestamp: event.client_timestamp,
        kind: event.kind,
        name: event.name,
        occurred_at: placed.occurred_at,
        received_at: at,
        historical: placed.historical,
        properties: event.properties,
        context: event.context,
    }
}

/// The place in time of an event whose decision failed: as it came.
pub(super) fn place_unseen(at: jiff::Timestamp) -> Placed {
    Placed { occurred_at: at, from_the_future: false, historical: true }
}
