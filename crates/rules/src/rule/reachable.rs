//! `reachable`: there is an address for a channel, and the channel is not on the customer's suppression list.

use baton_model::catalogue::ChannelKind;
use baton_model::text_id::ChannelId;

use super::condition::Evaluation;
use crate::outcome::Outcome;
use crate::trace::Trace;

impl Evaluation<'_, '_> {
    /// Whether a message could reach the customer on that channel.
    pub(super) fn reachable<T: Trace>(&mut self, channel: &ChannelId, kind: ChannelKind, trace: &mut T) -> Outcome {
        let profile = self.facts.profile;
        if !self.budget.charge(profile.devices.len() as u64) {
            return Outcome::steady(false);
        }
        let address = kind.address(profile).is_some();
        trace.operand("address", || address.into());
        let suppressed = profile.suppressed.get(channel);
        if let Some(suppressed) = suppressed {
            trace.operand("suppressed", || suppressed.value.as_str().into());
        }
        Outcome::steady(address && suppressed.is_none())
    }
}
