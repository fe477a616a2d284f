//! Ports of the loopback interface that stay free for a node while it is down.
//!
//! A port that the system hands out for port 0 may be taken by anybody between two runs of a node: the ports of outgoing
//! connections come from the same range. So ports are taken from below that range, and the UDP port of the same number is
//! held as a mark for other launchers: it goes with the process, however that ends.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// The first port that is tried.
const FIRST: u16 = 20_000;

/// How many are tried: up to 29,999. Outgoing connections use ports from 32,768 (Linux) or 49,152 (macOS) on.
const COUNT: u16 = 10_000;

/// Launchers start searching this many ports apart, so that a port is not used again right after another cluster left it.
const STRIDE: u32 = 61;

/// A port nobody else takes while this value lives.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    _mark: UdpSocket,
}

/// All ports are taken.
#[derive(Debug, thiserror::Error)]
#[error("no free port among {FIRST} to {} of 127.0.0.1: end the clusters that are still running", FIRST + COUNT - 1)]
pub struct NoPort;

impl Port {
    pub(crate) fn reserve() -> Result<Self, NoPort> {
        let start = u16::try_from(std::process::id().wrapping_mul(STRIDE) % u32::from(COUNT)).unwrap_or_default();
        let candidates = (0..COUNT).map(|step| FIRST + (start + step) % COUNT);
        candidates.into_iter().find_map(Self::take).ok_or(NoPort)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.number))
    }

    /// Takes the port unless another launcher holds it or something listens there.
    fn take(number: u16) -> Option<Self> {
        let mark = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _mark: mark })
    }
}

#[cfg(test)]
mod tests;
