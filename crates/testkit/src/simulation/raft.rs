//! One replica of a group's log: Raft as far as a shard can notice it, with leases, and messages that may get lost.
//!
//! What is kept over a crash is the term, the vote and the log. Everything else is forgotten, also the lease that this
//! replica granted: so a restarted one gives no vote until the longest lease it may have granted has passed.

use std::rc::Rc;

use baton_shard::entry::Entry;

use crate::seeded::Seeded;

/// For how long a replica that has heard of a leader gives no vote to another, and a leader may read, in milliseconds.
pub(super) const LEASE: u64 = 400;

/// How often a leader is heard of.
const HEARTBEAT: u64 = 100;

/// The shortest time without a leader after which an election begins; it ends up to [`ELECTION_SPREAD`] later.
const ELECTION: usize = 450;

/// How far apart elections of several replicas begin.
const ELECTION_SPREAD: usize = 300;

/// Replicas of a group.
pub(super) const VOTERS: usize = 3;

/// One entry of the log; a leader's first is blank.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LogEntry {
    pub term: u64,
    pub entry: Option<Rc<Entry>>,
}

/// What replicas say to each other.
#[derive(Debug, Clone)]
pub(super) enum RaftMessage {
    AskVote { term: u64, last: (u64, u64) },
    Vote { term: u64 },
    Append { term: u64, sent_at: u64, previous: (u64, u64), entries: Vec<LogEntry>, commit: u64 },
    Appended { term: u64, sent_at: u64, matched: Option<u64> },
}

/// Whom to send what.
pub(super) type Sent = Vec<(usize, RaftMessage)>;

#[derive(Debug)]
enum Role {
    Follower,
    Candidate { votes: [bool; VOTERS] },
    Leader { next: [u64; VOTERS], matched: [u64; VOTERS], acked: [u64; VOTERS], first: u64 },
}

/// The replica.
#[derive(Debug)]
pub(super) struct Raft {
    me: usize,
    pub term: u64,
    voted: Option<usize>,
    pub log: Vec<LogEntry>,
    role: Role,
    pub commit: u64,
    leader_heard: Option<u64>,
    /// No vote before this instant.
    votes_from: u64,
    election_at: u64,
    heartbeat_at: u64,
}

impl Raft {
    pub fn new(me: usize, seeded: &mut Seeded) -> Self {
        let mut raft = Self {
            me,
            term: 0,
            voted: None,
            log: Vec::new(),
            role: Role::Follower,
            commit: 0,
            leader_heard: None,
            votes_from: 0,
            election_at: 0,
            heartbeat_at: 0,
        };
        raft.await_leader(0, seeded);
        raft
    }

    /// The process has started again. `waits`: it keeps the rule about votes after a restart.
    pub fn restart(&mut self, now: u64, waits: bool, seeded: &mut Seeded) {
        self.role = Role::Follower;
        self.commit = 0;
        self.leader_heard = None;
        self.votes_from = if waits { now + LEASE } else { 0 };
        self.await_leader(now, seeded);
    }

    /// The term in which this replica leads, as it believes.
    pub fn leads(&self) -> Option<u64> {
        matches!(self.role, Role::Leader { .. }).then_some(self.term)
    }

    /// Up to where a read must see, if this replica may answer reads now: its lease holds, and it has committed in its term.
    pub fn read_index(&self, now: u64, needs_lease: bool) -> Option<u64> {
        let Role::Leader { acked, first, .. } = &self.role else { return None };
        let leased = !needs_lease || acked.iter().any(|acked| *acked > 0 && now < acked + LEASE);
        (leased && self.commit >= *first).then_some(self.commit)
    }

    /// Appends an entry, if this replica leads: its term and index.
    pub fn propose(&mut self, entry: Rc<Entry>) -> Option<(u64, u64)> {
        let term = self.leads()?;
        self.log.push(LogEntry { term, entry: Some(entry) });
        self.heartbeat_at = 0;
        Some((term, self.last().0))
    }

    /// Does what is due.
    pub fn tick(&mut self, now: u64, seeded: &mut Seeded) -> Sent {
        match self.role {
            Role::Leader { .. } if now >= self.heartbeat_at => self.append_to_all(now),
            Role::Follower | Role::Candidate { .. } if now >= self.election_at && now >= self.votes_from => {
                self.stand(now, seeded)
            }
            _ => Vec::new(),
        }
    }

    /// When something is due by itself.
    pub fn due(&self) -> u64 {
        if self.leads().is_some() { self.heartbeat_at } else { self.election_at.max(self.votes_from) }
    }

    /// Takes a message. What it is answered belongs to `from`.
    pub fn handle(&mut self, from: usize, message: RaftMessage, now: u64, seeded: &mut Seeded) -> Sent {
        match message {
            RaftMessage::AskVote { term, last } => self.asked_for_vote(from, term, last, now, seeded),
            RaftMessage::Vote { term } => self.got_vote(from, term, now),
            RaftMessage::Append { term, sent_at, previous, entries, commit } => {
                if term < self.term {
                    return vec![(from, RaftMessage::Appended { term: self.term, sent_at, matched: None })];
                }
                self.follow(term, now, seeded);
                self.leader_heard = Some(now);
                let matched = self.append(previous, entries);
                if let Some(matched) = matched {
                    self.commit = self.commit.max(commit.min(matched));
                }
                vec![(from, RaftMessage::Appended { term: self.term, sent_at, matched })]
            }
            RaftMessage::Appended { term, .. } if term > self.term => {
                self.follow(term, now, seeded);
                Vec::new()
            }
            RaftMessage::Appended { term, sent_at, matched } => self.appended(from, term, sent_at, matched),
        }
    }

    fn asked_for_vote(&mut self, from: usize, term: u64, last: (u64, u64), now: u64, seeded: &mut Seeded) -> Sent {
        let granted_lease = self.leader_heard.is_some_and(|heard| now < heard + LEASE);
        let own_lease = self.read_index(now, true).is_some();
        if granted_lease || own_lease || now < self.votes_from {
            return Vec::new();
        }
        if term > self.term {
            self.follow(term, now, seeded);
        }
        let (last_index, last_term) = self.last();
        let newer = last.1 > last_term || (last.1 == last_term && last.0 >= last_index);
        let free = self.voted.is_none_or(|voted| voted == from);
        if term < self.term || !newer || !free || self.leads().is_some() {
            return Vec::new();
        }
        self.voted = Some(from);
        self.await_leader(now, seeded);
        vec![(from, RaftMessage::Vote { term })]
    }

    fn got_vote(&mut self, from: usize, term: u64, now: u64) -> Sent {
        let this_term = term == self.term;
        let Role::Candidate { votes } = &mut self.role else { return Vec::new() };
        if !this_term {
            return Vec::new();
        }
        votes[from] = true;
        if votes.iter().filter(|vote| **vote).count() <= VOTERS / 2 {
            return Vec::new();
        }
        self.log.push(LogEntry { term, entry: None });
        let first = self.last().0;
        self.role = Role::Leader { next: [first; VOTERS], matched: [0; VOTERS], acked: [0; VOTERS], first };
        self.append_to_all(now)
    }

    fn appended(&mut self, from: usize, term: u64, sent: u64, answer: Option<u64>) -> Sent {
        let this_term = term == self.term;
        let last = self.last().0;
        let Role::Leader { next, matched, acked, .. } = &mut self.role else { return Vec::new() };
        if !this_term {
            return Vec::new();
        }
        acked[from] = acked[from].max(sent);
        match answer {
            Some(index) => {
                matched[from] = matched[from].max(index);
                next[from] = matched[from] + 1;
            }
            None => next[from] = next[from].saturating_sub(1).max(matched[from] + 1),
        }
        matched[self.me] = last;
        let mut sorted = *matched;
        sorted.sort_unstable();
        let agreed = sorted[VOTERS / 2];
        if agreed > self.commit && self.term_at(agreed) == self.term {
            self.commit = agreed;
        }
        if answer.is_none() {
            self.heartbeat_at = 0;
        }
        Vec::new()
    }

    fn stand(&mut self, now: u64, seeded: &mut Seeded) -> Sent {
        self.term += 1;
        self.voted = Some(self.me);
        let mut votes = [false; VOTERS];
        votes[self.me] = true;
        self.role = Role::Candidate { votes };
        self.await_leader(now, seeded);
        let ask = RaftMessage::AskVote { term: self.term, last: self.last() };
        self.others().map(|other| (other, ask.clone())).collect()
    }

    fn append_to_all(&mut self, now: u64) -> Sent {
        self.heartbeat_at = now + HEARTBEAT;
        let Role::Leader { next, .. } = &self.role else { return Vec::new() };
        let next = *next;
        let append = |other: usize| {
            let previous = next[other] - 1;
            let entries = self.log[offset(previous)..].to_vec();
            let previous = (previous, self.term_at(previous));
            RaftMessage::Append { term: self.term, sent_at: now, previous, entries, commit: self.commit }
        };
        self.others().map(|other| (other, append(other))).collect()
    }

    /// Takes entries behind `previous`; where the log agrees with the leader's up to, or `None` if it does not there.
    fn append(&mut self, previous: (u64, u64), entries: Vec<LogEntry>) -> Option<u64> {
        let (mut index, term) = previous;
        if index > self.last().0 || self.term_at(index) != term {
            return None;
        }
        for entry in entries {
            index += 1;
            if index <= self.last().0 && self.term_at(index) != entry.term {
                assert!(index > self.commit, "a committed entry is never replaced");
                self.log.truncate(offset(index - 1));
            }
            if index > self.last().0 {
                self.log.push(entry);
            }
        }
        Some(index)
    }

    fn follow(&mut self, term: u64, now: u64, seeded: &mut Seeded) {
        if term > self.term {
            self.term = term;
            self.voted = None;
        }
        self.role = Role::Follower;
        self.await_leader(now, seeded);
    }

    fn await_leader(&mut self, now: u64, seeded: &mut Seeded) {
        self.election_at = now + (ELECTION + seeded.below(ELECTION_SPREAD)) as u64;
    }

    fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let me = self.me;
        (0..VOTERS).filter(move |other| *other != me)
    }

    /// Index and term of the last entry; an index counts from 1.
    fn last(&self) -> (u64, u64) {
        let index = self.log.len() as u64;
        (index, self.term_at(index))
    }

    pub fn term_at(&self, index: u64) -> u64 {
        if index == 0 { 0 } else { self.log.get(offset(index - 1)).map_or(0, |entry| entry.term) }
    }
}

/// An index as a place in memory; a simulated log is short.
pub(super) fn offset(index: u64) -> usize {
    usize::try_from(index).expect("a simulated log fits the memory")
}
