//! Report: what became of a message after a provider took it. A bounce makes the address unreachable, a complaint closes the
//! channel.

use baton_model::catalogue::ChannelKind;
use baton_model::decision::Cause;
use baton_model::ids::SendId;
use baton_model::profile::{Profile, Stated};
use baton_model::send::MessageStatus;
use baton_model::text_id::ChannelId;
use jiff::Timestamp;

use crate::phases::{fire, pass};
use crate::profile::BOUNCED;
use crate::stimulus::Stimulus;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Input};

/// Takes a report.
pub(super) fn run(
    turn: &mut Turn<'_>,
    send: SendId,
    status: MessageStatus,
    at: Timestamp,
    detail: String,
) -> Result<Answer, GivenUp> {
    let Some(channel) = turn.state.ledger.get(send).map(|send| send.channel.clone()) else {
        return Err(GivenUp::Unknown);
    };
    fire::due(turn);
    let at = at.min(turn.at);
    turn.open_input(Cause::Outcome(send), |_| Input::Report { send, status, reported_at: at, detail });
    let reported = turn.govern(|ledger, world, _| baton_governance::report(send, status, at, ledger, world));
    turn.take_decided(reported.decided);
    if reported.changed {
        unreachable(turn, &channel, status);
    }
    pass::react(turn, Stimulus::Fact);
    Ok(Answer::Done)
}

/// Takes the consequences of a bounce or a complaint.
fn unreachable(turn: &mut Turn<'_>, channel: &ChannelId, status: MessageStatus) {
    let word = match status {
        MessageStatus::Bounced => BOUNCED,
        MessageStatus::Complained => "complained",
        _ => return,
    };
    let mut profile = Profile::clone(&turn.state.profile);
    let push = turn.current.catalogue.channels.get(channel).is_some_and(|channel| channel.kind == ChannelKind::Push);
    if push && status == MessageStatus::Bounced {
        let address = ChannelKind::Push.address(&profile).map(str::to_owned);
        address.and_then(|token| profile.devices.remove(&token));
    } else {
        let stated = Stated { value: word.to_owned(), at: turn.at, source: "report".to_owned() };
        profile.suppressed.insert(channel.clone(), stated);
    }
    turn.touched.note_profile(&turn.state.profile, &profile);
    turn.state.set_profile(profile);
}
