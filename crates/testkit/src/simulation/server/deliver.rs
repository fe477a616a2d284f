//! The outbox: a permit, an attempt, its outcome, and again later if that is not the last word.

use baton_customer::{AttemptOutcome, Command};
use baton_model::ids::{Epoch, SendId};
use baton_model::text_id::CustomerId;

use super::{Purpose, Server, Setting, comes_again};
use crate::simulation::said::{Attempt, Said};

impl Server {
    /// Asks for permits.
    pub(super) fn deliver(&mut self, setting: &mut Setting<'_>) {
        let Some(reign) = &mut self.reign else { return };
        let epoch = reign.chain.epoch();
        let mut ready = Vec::new();
        for (send, waiting) in &mut reign.outbox {
            if waiting.from.is_some_and(|from| from <= setting.now) {
                waiting.from = None;
                ready.push((*send, waiting.customer.clone()));
            }
        }
        for (send, customer) in ready {
            self.send(&customer, Purpose::Permit(send), Command::Permit { send, epoch });
        }
    }

    /// An attempt that this process began in `epoch` has ended.
    pub fn attempted(&mut self, epoch: Epoch, send: SendId, customer: &CustomerId, outcome: AttemptOutcome) {
        if self.reign.as_ref().is_some_and(|reign| reign.chain.epoch() == epoch) {
            let again = comes_again(&outcome);
            self.send(customer, Purpose::Settle { send, again }, Command::Settle { send, outcome });
        }
    }
}

pub(super) fn begin(send: SendId, customer: CustomerId, epoch: Epoch, number: u32, setting: &mut Setting<'_>) {
    setting.said.push(Said::Attempted(Attempt { send, customer, epoch, number }));
}
