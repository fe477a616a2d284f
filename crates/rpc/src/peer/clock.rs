//! What the wall clock of another node says, and whether it takes leads.

use std::time::Duration;

use baton_model::time::from_millis;
use baton_wire::pb::peer::v1::ReadClockRequest;
use baton_wire::pb::peer::v1::peer_service_client::PeerServiceClient;
use jiff::Timestamp;
use tokio::time::timeout;

use super::channels::PeerChannels;
use super::reason;

/// A node did not say what its clock says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address} does not tell its clock: {reason}")]
pub struct ReadClockError {
    address: String,
    reason: String,
}

/// What a node says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerClock {
    /// Its wall clock.
    pub wall: Timestamp,
    /// It takes no leads for now: its disk is almost full.
    pub declines_leads: bool,
}

/// Asks the peer that advertises `address` for its wall clock, within `max`, with the connection that it may need.
pub async fn read_clock(peers: &PeerChannels, address: &str, max: Duration) -> Result<PeerClock, ReadClockError> {
    let failed = |reason: String| ReadClockError { address: address.to_owned(), reason };
    let channel = peers.to(address).map_err(|error| failed(error.to_string()))?;
    let mut request = peers.request(ReadClockRequest {});
    request.set_timeout(max);
    let asked = timeout(max, async { PeerServiceClient::new(channel).read_clock(request).await }).await;
    let answer = asked.map_err(|_| failed(format!("no answer within {max:?}")))?;
    let answer = answer.map_err(|status| failed(reason(&status)))?.into_inner();
    Ok(PeerClock { wall: from_millis(answer.unix_ms), declines_leads: answer.declines_leads })
}
