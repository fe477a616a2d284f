//! The invariants of a shard, each as a check of what can be seen from outside or stands in the committed rows.

use std::collections::BTreeSet;

use baton_customer::{Environment, Input};
use baton_model::decision::{DecisionRecord, SendFate, Verdict};
use baton_model::send::{Send, SendState};
use baton_model::text_id::{CustomerId, MessageId};
use baton_storage::records::decision_records;

use super::judge::{Judge, Portrait};
use super::said::{Attempt, EventAnswer, Fact, Said};

/// Checks what a node said, against what is committed by then.
pub(super) fn of_what_is_said(judge: &Judge, fact: &Fact) -> Result<(), String> {
    nothing_leaves_before_it_is_committed(judge, fact)?;
    no_write_of_an_older_activation_is_applied(judge, fact)?;
    what_is_denied_is_never_applied(judge)
}

/// Checks a customer whose rows a batch has changed.
pub(super) fn of_a_customer(
    judge: &Judge,
    before: Option<&Portrait>,
    now: &mut Portrait,
    environment: &Environment<'_>,
) -> Result<(), String> {
    every_command_stands_in_the_order_of_the_shard(before, now)?;
    no_acknowledged_event_is_lost_and_none_applied_twice(judge, before, now)?;
    no_send_is_decided_twice(before, now)?;
    every_no_is_recorded(judge, now)?;
    every_enrolment_has_a_wake_source(now, environment)
}

/// 1. No effect and no answer leaves a shard on a state that is not committed on a quorum.
fn nothing_leaves_before_it_is_committed(judge: &Judge, fact: &Fact) -> Result<(), String> {
    let committed = |customer: &CustomerId, message: &MessageId| {
        judge.portraits.get(customer).is_some_and(|portrait| portrait.events().any(|event| event == message))
    };
    match &fact.said {
        Said::Answered { customer, message, answer: EventAnswer::Accepted | EventAnswer::Duplicate, .. }
            if !committed(customer, message) =>
        {
            Err(format!("{message} was answered, and is not committed"))
        }
        Said::Read { customer, seen, .. } => match seen.iter().find(|message| !committed(customer, message)) {
            Some(message) => Err(format!("{message} was read, and is not committed")),
            None => Ok(()),
        },
        Said::Attempted(attempt) if !is_permitted(judge, attempt) => {
            Err(format!("attempt {} at send {} has no committed permit", attempt.number, attempt.send))
        }
        _ => Ok(()),
    }
}

/// Whether the committed rows hold the permit of an attempt.
fn is_permitted(judge: &Judge, attempt: &Attempt) -> bool {
    let Some(portrait) = judge.portraits.get(&attempt.customer) else { return false };
    let permits = portrait.inputs.iter().filter(|row| match &row.input {
        Input::Permit { send, epoch } => *send == attempt.send && *epoch == attempt.epoch,
        _ => false,
    });
    let begun = |other: &&Attempt| other.send == attempt.send && other.epoch == attempt.epoch;
    // The attempt at hand is noted already.
    permits.count() >= judge.attempts.iter().filter(begun).count()
}

/// 2. No write of an older activation is ever applied; a batch is taken only as the next of the current one, on every
///    replica alike. And no two processes decide in one epoch.
fn no_write_of_an_older_activation_is_applied(judge: &Judge, fact: &Fact) -> Result<(), String> {
    match &fact.said {
        Said::Applied { index, applied } if judge.verdict_at(*index) != Some(*applied) => {
            Err(format!("entry {index} was {applied:?}, and had to be {:?}", judge.verdict_at(*index)))
        }
        Said::Opened { epoch } if judge.openers.get(epoch) != Some(&(fact.node, fact.boot)) => {
            Err(format!("two processes decide in epoch {epoch}"))
        }
        _ => Ok(()),
    }
}

/// Whoever is told `retry` can rely on it: nothing of theirs was applied or ever will be. Part of 4.
fn what_is_denied_is_never_applied(judge: &Judge) -> Result<(), String> {
    match judge.denied.intersection(&judge.taken).next() {
        Some((epoch, seq)) => Err(format!("batch {seq} of epoch {epoch} was answered `retry`, and is applied")),
        None => Ok(()),
    }
}

/// 3. No command reaches a customer outside the shard's total order: inputs are only added, one number after the other, and
///    the time of a customer never goes back.
fn every_command_stands_in_the_order_of_the_shard(before: Option<&Portrait>, now: &Portrait) -> Result<(), String> {
    let id = now.customer.id();
    let known = before.map_or(0, |before| before.inputs.len() as u64);
    let dense = now.inputs.iter().zip(known + 1..).all(|(input, number)| input.number.0 == number);
    let all = now.customer.sections().head.next_input.0 - 1;
    let last = before.and_then(|before| before.inputs.last()).map(|input| input.at);
    let in_time = last.into_iter().chain(now.inputs.iter().map(|input| input.at)).is_sorted();
    match (dense && known + now.inputs.len() as u64 == all, in_time) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("the inputs of {id} do not go on after number {known}")),
        (_, false) => Err(format!("the time of {id} went back")),
    }
}

/// 4. No acknowledged event is lost, and no event is applied twice.
fn no_acknowledged_event_is_lost_and_none_applied_twice(
    judge: &Judge,
    before: Option<&Portrait>,
    now: &Portrait,
) -> Result<(), String> {
    let id = now.customer.id();
    let mut once = BTreeSet::new();
    let mut events = before.iter().flat_map(|before| before.events()).chain(now.events());
    if let Some(twice) = events.find(|event| !once.insert(*event)) {
        return Err(format!("event {twice} of {id} is applied twice"));
    }
    let acknowledged = judge.acknowledged.get(id);
    match acknowledged.and_then(|acknowledged| acknowledged.iter().find(|event| !once.contains(event))) {
        Some(lost) => Err(format!("event {lost} of {id} was acknowledged, and is lost")),
        None => Ok(()),
    }
}

/// 5. No send is decided twice, and no two sends share an id; a send never goes away.
fn no_send_is_decided_twice(before: Option<&Portrait>, now: &Portrait) -> Result<(), String> {
    let sends = now.customer.sections().ledger.sends();
    let mut visits = BTreeSet::new();
    let twice = sends.values().find(|send| !visits.insert((send.enrolment, &send.step, send.visit, &send.channel)));
    if let Some(send) = twice {
        return Err(format!("a message of enrolment {} is decided twice: {}", send.enrolment, send.id));
    }
    let known = before.into_iter().flat_map(|before| before.customer.sections().ledger.sends().keys());
    let gone = known.copied().find(|send| !sends.contains_key(send));
    gone.map_or(Ok(()), |send| Err(format!("send {send} was decided, and is gone")))
}

/// 6. No silent "no": each refusal and deferral is a recorded decision, with its reason.
fn every_no_is_recorded(judge: &Judge, now: &Portrait) -> Result<(), String> {
    let sends = now.customer.sections().ledger.sends().values();
    let refused: Vec<(&Send, &str)> = sends.filter_map(|send| Some((send, refusal(send)?))).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let records: Result<Vec<DecisionRecord>, _> = decision_records(&judge.rows, now.customer.id()).collect();
    let records = records.map_err(|error| format!("decision records cannot be read: {error}"))?;
    for (send, expected) in refused {
        // The newest stands first.
        let told = records.iter().find_map(|record| match &record.verdict {
            Verdict::Send { send: of, fate, .. } if *of == send.id => Some((fate, record)),
            _ => None,
        });
        let reason = |fate: &SendFate| matches!(fate, SendFate::Deferred(_) | SendFate::Dropped(_) | SendFate::Held(_));
        let fine = told.is_some_and(|(fate, record)| reason(fate) && record.checks.iter().any(|check| !check.passed));
        if !fine {
            return Err(format!("send {} is {expected}, and no record says why", send.id));
        }
    }
    Ok(())
}

/// The name of a state into which a check refused.
fn refusal(send: &Send) -> Option<&'static str> {
    match &send.state {
        SendState::Deferred { .. } => Some("deferred"),
        SendState::Dropped { .. } => Some("dropped"),
        SendState::Attempting { hold: Some(_), .. } => Some("held"),
        _ => None,
    }
}

/// 7. No live enrolment without a wake source: the customer says so, and the rows that wake it are there, and no others.
fn every_enrolment_has_a_wake_source(now: &mut Portrait, environment: &Environment<'_>) -> Result<(), String> {
    if let Some(violation) = now.customer.wake_violations(environment).first() {
        return Err(format!("nothing wakes {}: {}", violation.enrolment, violation.detail));
    }
    let id = now.customer.id();
    let armed = now.customer.sections().timers.armed.iter().map(|(timer, due)| (*due, *timer)).collect();
    if now.timers != armed {
        return Err(format!("the timer rows of {id} are not the timers that are armed"));
    }
    let waiting =
        |send: &&Send| matches!(&send.state, SendState::Released { .. } | SendState::Attempting { hold: None, .. });
    let released = now.customer.sections().ledger.sends().values().filter(waiting).map(|send| send.id).collect();
    if now.outbox == released {
        return Ok(());
    }
    Err(format!("the outbox rows of {id} are not the sends that are released"))
}
