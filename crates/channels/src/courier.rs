//! The courier of a node: its providers behind their gates, and which of them serve a channel.
//!
//! It waits a moment for a provider that is busy or throttled, because a permit gets stale; after that, and when every
//! circuit is open, the attempt ends as a retry that nobody was asked for.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_model::text_id::ChannelId;
use baton_ports::channel::{Delivery, Outcome, Provider};
use baton_ports::clock::{Clock, MachineTime};
use baton_ports::courier::Courier;
use futures::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use crate::delivery::{GateConfig, Gates, Permit, Wait};

/// How long an attempt waits for a slot or a token. Longer, and what its permit checked may no longer hold.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// A provider and its limits.
pub struct ProviderConfig {
    /// The provider; its name is what channels and steps call it by.
    pub provider: Arc<dyn Provider>,
    /// Its limits.
    pub gate: GateConfig,
}

/// A channel names a provider that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("channel `{channel}` names the provider `{provider}`, which is not configured under delivery.providers")]
pub struct UnknownProvider {
    /// The channel.
    pub channel: ChannelId,
    /// The name.
    pub provider: String,
}

/// Makes attempts over the providers of a node.
pub struct ProviderCourier {
    providers: Vec<Arc<dyn Provider>>,
    by_name: BTreeMap<String, usize>,
    by_channel: BTreeMap<ChannelId, Vec<usize>>,
    gates: Mutex<Gates>,
    ended: Notify,
    clock: Arc<dyn Clock>,
}

impl ProviderCourier {
    /// A courier over `providers`; `channels` says which of them serve a channel, the preferred one first.
    pub fn new(
        providers: impl IntoIterator<Item = ProviderConfig>,
        channels: &BTreeMap<ChannelId, Vec<String>>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, UnknownProvider> {
        let (providers, gates): (Vec<_>, Vec<_>) =
            providers.into_iter().map(|config| (config.provider, config.gate)).unzip();
        let names = providers.iter().enumerate().map(|(place, provider)| (provider.name().to_owned(), place));
        let by_name: BTreeMap<String, usize> = names.collect();
        let mut by_channel = BTreeMap::new();
        for (channel, names) in channels {
            let order = order(&by_name, names);
            let order = order.map_err(|provider| UnknownProvider { channel: channel.clone(), provider })?;
            by_channel.insert(channel.clone(), order);
        }
        let gates = Mutex::new(Gates::new(gates));
        Ok(Self { providers, by_name, by_channel, gates, ended: Notify::new(), clock })
    }

    /// The names of the providers whose circuit is open, for metrics and people.
    pub fn broken(&self) -> Vec<&str> {
        let gates = self.gates();
        let broken = self.providers.iter().zip(gates.all()).filter(|(_, gate)| gate.is_broken());
        broken.map(|(provider, _)| provider.name()).collect()
    }

    async fn make(&self, channel: &ChannelId, names: &[String], delivery: Delivery) -> Outcome {
        let order = if names.is_empty() {
            self.by_channel.get(channel).cloned().ok_or_else(|| format!("channel `{channel}` has no provider"))
        } else {
            order(&self.by_name, names).map_err(|name| format!("there is no provider `{name}`"))
        };
        // Not the message's fault: an operator configures what is missing, and it goes out.
        let order = match order {
            Ok(order) => order,
            Err(reason) => return Outcome::RetryLater { reason: format!("{reason} on this node"), after: None },
        };
        match self.enter(&order).await {
            Ok(entered) => {
                let outcome = self.providers[entered.permit.provider].deliver(delivery).await;
                entered.settle(&outcome);
                outcome
            }
            Err(held) => held,
        }
    }

    /// Waits for a permit, within [`WAIT_MAX`].
    async fn enter(&self, order: &[usize]) -> Result<Entered<'_>, Outcome> {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            // Armed before the gates are asked, so that no end of an attempt is missed between the two.
            let mut ended = pin!(self.ended.notified());
            ended.as_mut().enable();
            let now = self.clock.machine_now();
            let wait = match self.gates().enter(order, now) {
                Ok(permit) => return Ok(Entered { courier: self, permit, is_settled: false }),
                Err(wait) => wait,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            match wait {
                Wait::Busy if timeout(left, ended).await.is_ok() => {}
                Wait::Throttled(until) if until.since(now) <= left => sleep(until.since(now)).await,
                wait => return Err(held(wait, now)),
            }
        }
    }

    /// No update leaves the gates half written, so a panic elsewhere does not spoil them.
    fn gates(&self) -> MutexGuard<'_, Gates> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Courier for ProviderCourier {
    fn attempt<'a>(
        &'a self,
        channel: &'a ChannelId,
        providers: &'a [String],
        delivery: Delivery,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(self.make(channel, providers, delivery))
    }
}

/// The places of these providers, or the name that is not there.
fn order(by_name: &BTreeMap<String, usize>, names: &[String]) -> Result<Vec<usize>, String> {
    names.iter().map(|name| by_name.get(name).copied().ok_or_else(|| name.clone())).collect()
}

/// The end of an attempt that was never made.
fn held(wait: Wait, now: MachineTime) -> Outcome {
    let (reason, after) = match wait {
        Wait::Busy => ("every slot of the provider is taken", None),
        Wait::Throttled(until) => ("the provider's rate is used up", Some(until.since(now))),
        Wait::AllBroken(until) => ("the circuit of every provider is open", Some(until.since(now))),
    };
    Outcome::RetryLater { reason: reason.to_owned(), after }
}

/// An attempt under way. Dropped before it is settled, it gives its slot back.
struct Entered<'a> {
    courier: &'a ProviderCourier,
    permit: Permit,
    is_settled: bool,
}

impl Entered<'_> {
    fn settle(mut self, outcome: &Outcome) {
        self.is_settled = true;
        self.courier.gates().settle(self.permit, outcome, self.courier.clock.machine_now());
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.courier.gates().abandon(self.permit);
        }
        self.courier.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
