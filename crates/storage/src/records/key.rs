//! The keys of rows: bytes that sort as they mean.

use baton_customer::TimerKey;
use baton_model::ids::{DefinitionsVersion, EnrolmentId, NodeId, SendId, ShardId, WorkspaceId};
use baton_model::text_id::{CustomerId, SegmentId};
use baton_model::time::from_millis;
use bytes::Bytes;
use jiff::Timestamp;

/// The workspace of every row today.
const WORKSPACE: WorkspaceId = WorkspaceId(0);

/// What kind of row a key belongs to: its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A section of a customer, or one of its inputs.
    Customer = 0x10,
    /// A decision record.
    Decision = 0x11,
    /// An armed timer.
    Timer = 0x20,
    /// A released send.
    Outbox = 0x21,
    /// A member of a segment.
    Member = 0x30,
    /// A published document, in the system group.
    Document = 0x40,
    /// The cluster itself, in the system group.
    Cluster = 0x41,
    /// A node, in the system group.
    Node = 0x42,
    /// Where a shard's replicas are, in the system group.
    Shard = 0x43,
}

/// Under a customer, what comes before this byte is a section, and what it begins is an input.
const INPUTS: u8 = 0x80;

/// The key of a row is not what its kind says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {key} of a {kind} row is malformed")]
pub struct MalformedKey {
    /// What kind of row it should be.
    pub kind: &'static str,
    /// In hexadecimal digits.
    pub key: String,
}

impl MalformedKey {
    fn new(kind: &'static str, key: &[u8]) -> Self {
        Self { kind, key: hex(key) }
    }
}

/// In hexadecimal digits, for errors.
pub(crate) fn hex(key: &[u8]) -> String {
    format!("{:x}", Bytes::copy_from_slice(key))
}

/// What all rows of a kind begin with.
pub(crate) fn prefix(kind: Kind) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    key.push(kind as u8);
    key.extend_from_slice(&WORKSPACE.0.to_be_bytes());
    key
}

/// What all rows of a kind under one customer begin with.
pub(crate) fn customer_prefix(kind: Kind, customer: &CustomerId) -> Vec<u8> {
    let mut key = prefix(kind);
    put_text(&mut key, customer.as_str());
    key
}

/// A section of a customer.
pub(crate) fn section(customer: &CustomerId, section: u8) -> Bytes {
    debug_assert!(section < INPUTS);
    let mut key = customer_prefix(Kind::Customer, customer);
    key.push(section);
    key.into()
}

/// An input of a customer.
pub(crate) fn input(customer: &CustomerId, number: u64) -> Bytes {
    let mut key = customer_prefix(Kind::Customer, customer);
    key.push(INPUTS);
    key.extend_from_slice(&number.to_be_bytes());
    key.into()
}

/// What a key under a customer names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomerPart {
    /// A section.
    Section(u8),
    /// An input.
    Input(u64),
}

/// Reads what comes after [`customer_prefix`] of a customer's row.
pub(crate) fn customer_part(key: &[u8], prefix_len: usize) -> Result<CustomerPart, MalformedKey> {
    let malformed = || MalformedKey::new("customer", key);
    match key.get(prefix_len..).ok_or_else(malformed)? {
        [section] if *section < INPUTS => Ok(CustomerPart::Section(*section)),
        [INPUTS, number @ ..] => {
            let number = number.try_into().map_err(|_| malformed())?;
            Ok(CustomerPart::Input(u64::from_be_bytes(number)))
        }
        _ => Err(malformed()),
    }
}

/// The customer of a row of kind [`Kind::Customer`], and where the rest of the key begins.
pub(crate) fn customer_of(key: &[u8]) -> Result<(CustomerId, usize), MalformedKey> {
    let start = prefix(Kind::Customer).len();
    take_customer(key, start).ok_or_else(|| MalformedKey::new("customer", key))
}

/// A decision record.
pub(crate) fn decision(customer: &CustomerId, number: u64) -> Bytes {
    let mut key = customer_prefix(Kind::Decision, customer);
    key.extend_from_slice(&number.to_be_bytes());
    key.into()
}

/// An armed timer.
pub(crate) fn timer(due: Timestamp, customer: &CustomerId, timer: TimerKey) -> Bytes {
    let mut key = timers_at(due);
    put_text(&mut key, customer.as_str());
    put_timer(&mut key, timer);
    key.into()
}

/// What all timers of an instant begin with.
fn timers_at(due: Timestamp) -> Vec<u8> {
    timers_from(due.as_millisecond())
}

/// What sorts before all timers of an instant, in milliseconds from 1970, and after all timers of earlier ones.
pub(crate) fn timers_from(millis: i64) -> Vec<u8> {
    let mut key = prefix(Kind::Timer);
    // Flipping the sign bit makes negative numbers sort before positive ones.
    key.extend_from_slice(&(millis ^ i64::MIN).to_be_bytes());
    key
}

/// Reads a timer's key.
pub(crate) fn read_timer(key: &[u8]) -> Result<(Timestamp, CustomerId, TimerKey), MalformedKey> {
    let start = prefix(Kind::Timer).len();
    let read = || {
        let due = key.get(start..start + 8)?.try_into().ok()?;
        let due = from_millis(i64::from_be_bytes(due) ^ i64::MIN);
        let (customer, end) = take_customer(key, start + 8)?;
        Some((due, customer, take_timer(key.get(end..)?)?))
    };
    read().ok_or_else(|| MalformedKey::new("timer", key))
}

/// A released send.
pub(crate) fn outbox(send: SendId) -> Bytes {
    let mut key = prefix(Kind::Outbox);
    key.extend_from_slice(&send.0.to_be_bytes());
    key.into()
}

/// Reads a released send's key.
pub(crate) fn read_outbox(key: &[u8]) -> Result<SendId, MalformedKey> {
    let id = key.get(prefix(Kind::Outbox).len()..).and_then(|id| id.try_into().ok());
    id.map(|id| SendId(u128::from_be_bytes(id))).ok_or_else(|| MalformedKey::new("outbox", key))
}

/// A member of a segment.
pub(crate) fn member(segment: &SegmentId, customer: &CustomerId) -> Bytes {
    let mut key = prefix(Kind::Member);
    put_text(&mut key, segment.as_str());
    key.extend_from_slice(customer.as_str().as_bytes());
    key.into()
}

/// A published document.
pub(crate) fn document(kind: &str, id: &str, version: DefinitionsVersion) -> Bytes {
    let mut key = prefix(Kind::Document);
    put_text(&mut key, kind);
    put_text(&mut key, id);
    key.extend_from_slice(&version.0.to_be_bytes());
    key.into()
}

/// A node of the cluster.
pub(crate) fn node(node: NodeId) -> Bytes {
    let mut key = prefix(Kind::Node);
    key.extend_from_slice(&node.0.to_be_bytes());
    key.into()
}

/// A shard of the cluster.
pub(crate) fn shard(shard: ShardId) -> Bytes {
    let mut key = prefix(Kind::Shard);
    key.extend_from_slice(&shard.0.to_be_bytes());
    key.into()
}

/// A text and the 0x00 that ends it: identifiers hold no control characters.
fn put_text(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(0);
}

fn take_customer(key: &[u8], start: usize) -> Option<(CustomerId, usize)> {
    let rest = key.get(start..)?;
    let len = rest.iter().position(|byte| *byte == 0)?;
    let customer = CustomerId::new(std::str::from_utf8(&rest[..len]).ok()?).ok()?;
    Some((customer, start + len + 1))
}

/// The tags keep the order of [`TimerKey`]: at one instant, a customer's timers fire in it.
fn put_timer(key: &mut Vec<u8>, timer: TimerKey) {
    let (tag, enrolment) = match timer {
        TimerKey::PauseEnd => (1, None),
        TimerKey::Segments => (2, None),
        TimerKey::Step(enrolment) => (3, Some(enrolment)),
        TimerKey::WaitFlip(enrolment) => (4, Some(enrolment)),
        TimerKey::ExitFlip(enrolment) => (5, Some(enrolment)),
        TimerKey::MaxAge(enrolment) => (6, Some(enrolment)),
        TimerKey::Sends => (7, None),
        TimerKey::Retention => (8, None),
    };
    key.push(tag);
    if let Some(enrolment) = enrolment {
        key.extend_from_slice(&enrolment.0.to_be_bytes());
    }
}

fn take_timer(bytes: &[u8]) -> Option<TimerKey> {
    let (tag, rest) = bytes.split_first()?;
    let enrolment = rest.try_into().ok().map(|id| EnrolmentId(u128::from_be_bytes(id)));
    match (tag, enrolment, rest.is_empty()) {
        (1, None, true) => Some(TimerKey::PauseEnd),
        (2, None, true) => Some(TimerKey::Segments),
        (3, Some(enrolment), _) => Some(TimerKey::Step(enrolment)),
        (4, Some(enrolment), _) => Some(TimerKey::WaitFlip(enrolment)),
        (5, Some(enrolment), _) => Some(TimerKey::ExitFlip(enrolment)),
        (6, Some(enrolment), _) => Some(TimerKey::MaxAge(enrolment)),
        (7, None, true) => Some(TimerKey::Sends),
        (8, None, true) => Some(TimerKey::Retention),
        _ => None,
    }
}
