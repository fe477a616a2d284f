//! A send has its turn: the whole pipeline, and what follows from its answer.

use std::sync::Arc;

use baton_model::decision::Check;
use baton_model::ids::SendId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Send, SendState};

use super::Round;
use crate::intent::Intent;
use crate::life::end::end;
use crate::life::transition::transition;
use crate::life::{alternate, expiry};
use crate::message::{Message, OnRefusal, Strategy};
use crate::pipeline::caps::{Place, reserve};
use crate::pipeline::{Refusal, Row, Subject, first_refusal};

impl Round<'_, '_> {
    /// Runs the pipeline for one send that waits.
    pub(super) fn take_turn(&mut self, mut send: Send) {
        let Some(message) = self.world.message(&send) else {
            let reason = Reason::new(ReasonCode::Internal, "its step is in no version in use");
            send.state = end(&send, SendState::Dropped { at: self.world.at, reason }, self.world);
            self.conclude(send, Vec::new());
            return;
        };
        let mut checks = Vec::new();
        let hold = self.ask(&[Row::Holds], &send, &message, &mut checks).map(|(_, refusal)| refusal);
        let paused = hold.as_ref().is_some_and(Refusal::is_pause);
        if expiry::is_paused(&send.state) && !paused {
            send.defer_base = self.world.at;
        }
        if let Some(hold) = hold {
            self.wait(send, &message, hold, checks);
        } else if expiry::deadline(&send, &message, self.world) < self.world.at {
            self.expire(&send, &message, checks);
        } else if let Some((row, refusal)) = self.ask(Row::BEFORE_CAPS, &send, &message, &mut checks) {
            self.refuse(send, &message, row, refusal, checks);
        } else {
            self.ask_caps(send, &message, checks);
        }
    }

    fn ask(
        &mut self,
        rows: &[Row],
        send: &Send,
        message: &Message<'_>,
        checks: &mut Vec<Check>,
    ) -> Option<(Row, Refusal)> {
        let subject = Subject { send, message, ledger: self.ledger, world: self.world };
        first_refusal(rows, &subject, self.budget, checks)
    }

    /// Rows 9 to 11.
    fn ask_caps(&mut self, mut send: Send, message: &Message<'_>, mut checks: Vec<Check>) {
        let subject = Subject { send: &send, message, ledger: self.ledger, world: self.world };
        match reserve(&subject, &mut checks) {
            Place::Reserved { displaced } => {
                for other in displaced {
                    self.displace(other, &send);
                }
                send.state = SendState::Released { at: self.world.at, epoch: self.world.epoch };
                self.conclude(send, checks);
            }
            Place::Full(mut refusal) => {
                // Who lost its place says so until it has one again.
                if let SendState::Deferred { reason, .. } = &send.state
                    && reason.code == ReasonCode::Outranked
                {
                    refusal.reason = reason.clone();
                }
                self.act(send, message, refusal, checks);
            }
        }
    }

    /// Takes the place of a message of lower priority; its turn comes later in this round.
    fn displace(&mut self, other: SendId, winner: &Send) {
        let Some(other) = self.ledger.get(other).cloned() else {
            return;
        };
        let detail = format!("by {} (priority {})", winner.id, winner.priority);
        let state = SendState::Deferred { wake: None, reason: Reason::new(ReasonCode::Outranked, detail) };
        if let Some(message) = self.world.message(&other) {
            self.take_place(other, &message, state);
            self.displaced = true;
        }
    }

    /// A row before the caps refuses.
    fn refuse(&mut self, send: Send, message: &Message<'_>, row: Row, refusal: Refusal, checks: Vec<Check>) {
        match row {
            Row::Permission if !self.is_new(&send) => {
                let state = SendState::Cancelled { at: self.world.at, reason: refusal.reason };
                self.conclude(Send { state, ..send }, checks);
            }
            Row::Reachability if message.strategy == Strategy::FirstReachable => {
                let next = alternate::next(&send, message, &refusal.reason, self.ledger, self.world);
                if next.is_some() {
                    self.act(send, message, Refusal { action: OnRefusal::Alternate, ..refusal }, checks);
                } else if self.is_new(&send) && refusal.action != OnRefusal::Defer {
                    self.no_send(&Intent::of(&send), refusal.reason, checks);
                } else {
                    self.act(send, message, refusal, checks);
                }
            }
            _ => self.act(send, message, refusal, checks),
        }
    }

    /// Does what a refusal says.
    fn act(&mut self, send: Send, message: &Message<'_>, refusal: Refusal, checks: Vec<Check>) {
        match refusal.action {
            OnRefusal::Defer => self.wait(send, message, refusal, checks),
            OnRefusal::Drop => self.drop_for(send, refusal.reason, checks),
            OnRefusal::Alternate => {
                self.drop_for(send.clone(), refusal.reason.clone(), checks);
                self.try_next_channel(&send, message, &refusal.reason);
            }
        }
    }

    fn drop_for(&mut self, send: Send, reason: Reason, checks: Vec<Check>) {
        let state = SendState::Dropped { at: self.world.at, reason };
        self.conclude(Send { state, ..send }, checks);
    }

    /// The message waits, unless it has waited long enough; a pause does not count.
    fn wait(&mut self, send: Send, message: &Message<'_>, refusal: Refusal, checks: Vec<Check>) {
        let overdue = expiry::deadline(&send, message, self.world) <= self.world.at;
        if overdue && !refusal.is_pause() {
            self.expire(&send, message, checks);
            return;
        }
        let state = SendState::Deferred { wake: refusal.wake, reason: refusal.reason };
        self.conclude(Send { state, ..send }, checks);
    }

    /// The message has waited longer than `max_defer`.
    pub(super) fn expire(&mut self, send: &Send, message: &Message<'_>, mut checks: Vec<Check>) {
        let detail = message.max_defer.to_string();
        checks.push(Check { name: "max_defer".to_owned(), passed: false, detail, explain: None });
        let state = end(send, SendState::Expired { at: self.world.at }, self.world);
        let expired = matches!(state, SendState::Expired { .. });
        self.conclude(Send { state, ..send.clone() }, checks);
        if expired && message.on_failed == OnRefusal::Alternate {
            self.try_next_channel(send, message, &Reason::new(ReasonCode::MaxDefer, ""));
        }
    }

    /// Whether nothing was decided about the send before.
    fn is_new(&self, send: &Send) -> bool {
        self.ledger.get(send.id).is_none()
    }

    fn try_next_channel(&mut self, send: &Send, message: &Message<'_>, reason: &Reason) {
        if let Some(next) = alternate::next(send, message, reason, self.ledger, self.world) {
            self.queue.push(next, Some(message));
        }
    }

    /// Puts the send as it is now. A send that waits for the same reason as before is not recorded again, and one that got
    /// back the place it lost in this round never lost it.
    pub(super) fn conclude(&mut self, mut send: Send, checks: Vec<Check>) {
        let known = || self.ledger.get(send.id).map(|send| send.state.clone());
        let before = self.before.remove(&send.id).or_else(known);
        let unchanged = match (&before, &send.state) {
            (Some(SendState::Deferred { reason: before, .. }), SendState::Deferred { reason, .. }) => before == reason,
            (
                Some(SendState::Attempting { hold: Some(before), .. }),
                SendState::Attempting { hold: Some(hold), .. },
            ) => before.reason == hold.reason,
            (Some(before @ SendState::Released { .. }), SendState::Released { .. }) => {
                send.state = before.clone();
                true
            }
            (Some(before), now) => before == now,
            (None, _) => false,
        };
        if !unchanged {
            let decided = transition(send, before.as_ref(), checks, self.ledger, self.world);
            self.decided.push(decided);
        } else if self.ledger.get(send.id) != Some(&send) {
            Arc::make_mut(self.ledger).put(send);
        }
    }
}
