//! One line of the file: `{"send_id", "epoch", "attempt", "attempted_at", "customer_id", "channel", "message"}`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use baton_model::ids::{Epoch, SendId};
use baton_ports::channel::Delivery;
use serde_json::Value as Json;

use crate::payload;

/// What a file holds.
#[derive(Debug, Default)]
pub struct Attempts {
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// Lines that are not attempts: torn by a crash, or written by somebody else.
    pub torn: usize,
}

/// One attempt, as its line says.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The send.
    pub send_id: SendId,
    /// The activation that permitted it.
    pub epoch: Epoch,
    /// Which attempt of that epoch, from 1.
    pub attempt: u64,
    /// The whole line.
    pub json: Json,
}

impl Attempts {
    /// The sends that reached the file, each once however often it was attempted.
    pub fn send_ids(&self) -> BTreeSet<SendId> {
        self.attempts.iter().map(|attempt| attempt.send_id).collect()
    }
}

/// Reads a sink's file. It may be read while it is being written: an unfinished last line counts as torn.
pub fn read(path: &Path) -> io::Result<Attempts> {
    let mut found = Attempts::default();
    for line in BufReader::new(File::open(path)?).split(b'\n') {
        match parse(&line?) {
            Some(attempt) => found.attempts.push(attempt),
            None => found.torn += 1,
        }
    }
    Ok(found)
}

pub(super) fn write(delivery: &Delivery) -> Vec<u8> {
    let mut json = payload::send(delivery);
    json["epoch"] = delivery.epoch.0.into();
    json["attempt"] = delivery.attempt.into();
    json["attempted_at"] = delivery.attempted_at.to_string().into();
    format!("{json}\n").into_bytes()
}

fn parse(line: &[u8]) -> Option<Attempt> {
    let json: Json = serde_json::from_slice(line).ok()?;
    Some(Attempt {
        send_id: json["send_id"].as_str()?.parse().ok()?,
        epoch: Epoch(json["epoch"].as_u64()?),
        attempt: json["attempt"].as_u64()?,
        json,
    })
}
