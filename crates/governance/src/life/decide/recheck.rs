//! Every input asks rows 1 and 3–5 again for the sends that are on their way.

use baton_model::ids::SendId;
use baton_model::send::{Hold, Send, SendState};

use super::Round;
use crate::life::attempts::{self, Attempts};
use crate::life::end::end;
use crate::life::expiry;
use crate::message::Message;
use crate::pipeline::{Refusal, Row, Subject, first_refusal};

impl Round<'_, '_> {
    /// Looks at a pending send again. What waits, or loses its place, is queued.
    pub(super) fn recheck(&mut self, id: SendId) {
        let Some(send) = self.ledger.get(id).cloned() else {
            return;
        };
        let Some(message) = self.world.message(&send) else {
            self.queue.push(send, None);
            return;
        };
        match &send.state {
            SendState::Deferred { .. } => self.queue.push(send, Some(&message)),
            SendState::Released { .. } | SendState::Attempting { .. } => match attempts::made(&send, self.world) {
                Some(attempts) => self.recheck_attempting(&send, &message, &attempts),
                None => self.recheck_released(send, &message),
            },
            SendState::Dead { .. } => self.recheck_dead(send, &message),
            _ => (),
        }
    }

    /// A send whose attempt has not begun: what refuses it takes its place away, and its turn says what becomes of it.
    fn recheck_released(&mut self, send: Send, message: &Message<'_>) {
        let mut unrecorded = Vec::new();
        let subject = Subject { send: &send, message, ledger: self.ledger, world: self.world };
        if let Some((_, refusal)) = first_refusal(Row::RECHECK, &subject, self.budget, &mut unrecorded) {
            let Refusal { reason, wake, .. } = refusal;
            self.take_place(send, message, SendState::Deferred { wake, reason });
        }
    }

    /// A send whose attempt has begun keeps its place: it is held, goes on, or ends.
    fn recheck_attempting(&mut self, send: &Send, message: &Message<'_>, attempts: &Attempts) {
        let at = self.world.at;
        let mut checks = Vec::new();
        let held = attempts.hold.is_some();
        // Quiet hours are asked before each attempt; a send that they hold has to be asked again to go on.
        let rows = if held { Row::PERMIT } else { Row::RECHECK };
        let subject = Subject { send, message, ledger: self.ledger, world: self.world };
        let refusal = first_refusal(rows, &subject, self.budget, &mut checks);
        let mut next = send.clone();
        let paused = refusal.as_ref().is_some_and(|(_, refusal)| refusal.is_pause());
        if expiry::is_paused(&send.state) && !paused {
            next.defer_base = at;
        }
        let overdue = !paused && (held || refusal.is_some()) && expiry::deadline(&next, message, self.world) <= at;
        match refusal {
            Some((Row::Permission, Refusal { reason, .. })) => {
                next.state = end(send, SendState::Cancelled { at, reason }, self.world);
            }
            _ if overdue => {
                self.expire(send, message, checks);
                return;
            }
            Some((_, Refusal { reason, wake, .. })) => {
                next.state = attempts.state_with(Some(Hold { reason, wake }));
            }
            None if held => next.state = attempts.state_with(None),
            None => return,
        }
        self.conclude(next, checks);
    }

    /// A send whose retries are exhausted waits for an operator, but not for ever, and not against the customer's will.
    fn recheck_dead(&mut self, send: Send, message: &Message<'_>) {
        let mut checks = Vec::new();
        let subject = Subject { send: &send, message, ledger: self.ledger, world: self.world };
        let refusal = first_refusal(&[Row::Permission], &subject, self.budget, &mut checks);
        if let Some((_, Refusal { reason, .. })) = refusal {
            let state = end(&send, SendState::Cancelled { at: self.world.at, reason }, self.world);
            self.conclude(Send { state, ..send }, checks);
        } else if expiry::deadline(&send, message, self.world) <= self.world.at {
            self.expire(&send, message, checks);
        }
    }

    /// Takes a send's place under the caps away; it waits, as `state` says, for its turn in this round.
    pub(super) fn take_place(&mut self, mut send: Send, message: &Message<'_>, state: SendState) {
        let before = std::mem::replace(&mut send.state, state);
        self.before.entry(send.id).or_insert(before);
        std::sync::Arc::make_mut(self.ledger).put(send.clone());
        self.queue.push(send, Some(message));
    }
}
