//! The world around the nodes: clocks, the network, clients, a provider, and misfortune. It does one small thing at a time,
//! chosen by the seed, and after each the invariants are checked.

mod calls;
mod misfortune;

use std::collections::VecDeque;
use std::sync::Arc;

use baton_customer::{AttemptOutcome, Settings};
use baton_journey::library::Library;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::{CustomerId, MessageId};
use jiff::{SignedDuration, Timestamp};

use super::client::Client;
use super::documents::{START, customer, libraries, message, sign_up};
use super::fault::Fault;
use super::judge::Judge;
use super::network::{Message, Network};
use super::node::Node;
use super::raft::VOTERS;
use super::said::{Attempt, Fact, Said};
use super::server::{Setting, Task};
use crate::seeded::Seeded;

/// Customers of the world, over all groups.
const CUSTOMERS: usize = 3;

/// Clients, and the events of each.
const CLIENTS: usize = 4;
const EVENTS: usize = 3;

/// When the world begins, in milliseconds of machine time: not at 0, so that 0 is long ago.
const BEGINNING: u64 = 10_000;

/// Milliseconds of customer time in one of machine time: journeys go on while elections take their time.
const CUSTOMER_PACE: i64 = 10;

/// Longer than any journey takes.
const STORY: SignedDuration = SignedDuration::from_hours(24);

/// The world.
pub(super) struct World {
    pub seeded: Seeded,
    pub now: u64,
    pub fault: Option<Fault>,
    pub nodes: Vec<Node>,
    pub network: Network,
    pub judges: Vec<Judge>,
    pub customers: Vec<CustomerId>,
    /// Attempts that the provider took, in order.
    pub delivered: Vec<Attempt>,
    pub clients: Vec<Client>,
    libraries: Vec<Arc<Library>>,
    settings: Settings,
    start: Timestamp,
    calls: u64,
    pub steps: u64,
}

impl World {
    pub fn new(seed: u64, groups: usize, fault: Option<Fault>) -> Self {
        let mut seeded = Seeded::new(seed);
        let customers: Vec<CustomerId> = (0..CUSTOMERS).map(customer).collect();
        let nodes = (0..VOTERS).map(|me| Node::new(me, groups, &mut seeded)).collect();
        let settings = Settings::default();
        let script = |client: usize, seeded: &mut Seeded| -> VecDeque<(CustomerId, MessageId)> {
            let whose = |seeded: &mut Seeded| customers[seeded.below(customers.len())].clone();
            (0..EVENTS).map(|number| (whose(seeded), message(client, number))).collect()
        };
        let clients = (0..CLIENTS).map(|client| Client::new(script(client, &mut seeded))).collect();
        Self {
            seeded,
            now: BEGINNING,
            fault,
            nodes,
            network: Network::faulty(),
            judges: (0..groups).map(|_| Judge::new(settings.clone())).collect(),
            customers,
            delivered: Vec::new(),
            clients,
            libraries: libraries(),
            settings,
            start: START.parse().expect("it is an instant"),
            calls: 0,
            steps: 0,
        }
    }

    /// Does one thing, while misfortune is about.
    pub fn stormy_step(&mut self) -> Result<(), String> {
        self.steps += 1;
        match self.seeded.below(24) {
            0..=4 => self.now += self.seeded.below(16) as u64,
            5 => self.befall(),
            _ => drop(self.act(true)?),
        }
        Ok(())
    }

    /// Does one thing, in a world where all is well; when there is nothing to do, it goes on to where there is.
    pub fn calm_step(&mut self) -> Result<(), String> {
        self.steps += 1;
        if !self.act(false)? {
            self.now = self.next_due().max(self.now + 1);
        }
        Ok(())
    }

    /// Whether everything that was begun has come to its end.
    pub fn is_over(&self) -> bool {
        let quiet = |node: &Node| node.groups.iter().all(|(_, server)| server.is_quiet(self.end()));
        let led = (0..self.judges.len()).all(|group| self.nodes.iter().any(|node| node.groups[group].1.decides()));
        let same = |group: usize| {
            let applied = |node: &Node| node.groups[group].0.standing.applied;
            self.nodes.iter().all(|node| applied(node) == applied(&self.nodes[0]))
        };
        led && self.clients.iter().all(Client::is_done)
            && self.nodes.iter().all(quiet)
            && (0..self.judges.len()).all(same)
    }

    /// When every journey is over: what is due later is housekeeping of customers.
    pub fn end(&self) -> Timestamp {
        self.start + STORY
    }

    /// Where everybody stands, for reading.
    pub fn describe(&self) -> String {
        let waiting = self.clients.iter().filter(|client| !client.is_done()).count();
        let mut text = format!("{waiting} clients wait; it is {} ms", self.now - BEGINNING);
        for (place, node) in self.nodes.iter().enumerate() {
            for (replica, server) in &node.groups {
                let (leads, commit) = (replica.raft.leads(), replica.raft.commit);
                let (applied, term) = (replica.standing.applied, replica.raft.term);
                let stands = format!(
                    "\nnode {place} in term {term}, leads {leads:?}, {applied} of {commit} applied; {}",
                    server.describe()
                );
                text.push_str(&stands);
            }
        }
        text
    }

    /// Ends all misfortune.
    pub fn heal(&mut self) {
        self.network.faulty = false;
        for client in &mut self.clients {
            client.curious = false;
        }
        self.network.cut = Default::default();
        for node in &mut self.nodes {
            node.documents = self.libraries.len() - 1;
            node.sleeps_until = 0;
            if !node.up {
                node.restart(self.now, self.fault, &mut self.seeded);
            }
        }
    }

    /// Does one thing that is possible; tells whether there was one.
    fn act(&mut self, restless: bool) -> Result<bool, String> {
        let first = self.seeded.below(4);
        for offset in 0..4 {
            let done = match (first + offset) % 4 {
                0 => self.deliver()?,
                1 => self.tick(),
                2 => self.call(),
                _ => self.work(restless)?,
            };
            if done {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tick(&mut self) -> bool {
        let (node, group) = (self.seeded.below(VOTERS), self.seeded.below(self.judges.len()));
        let mut ticked = false;
        for turn in 0..VOTERS * self.judges.len() {
            let (node, group) = ((node + turn) % VOTERS, (group + turn / VOTERS) % self.judges.len());
            if self.nodes[node].is_still(self.now) || self.nodes[node].groups[group].0.raft.due() > self.now {
                continue;
            }
            let sent = self.nodes[node].groups[group].0.raft.tick(self.now, &mut self.seeded);
            for (to, message) in sent {
                self.network.send(Message::Raft { group, from: node, to, message }, &mut self.seeded);
                ticked = true;
            }
            if ticked {
                break;
            }
        }
        ticked
    }

    /// One thing that a process can do, or its replica.
    fn work(&mut self, restless: bool) -> Result<bool, String> {
        let (first_node, first_group) = (self.seeded.below(VOTERS), self.seeded.below(self.judges.len()));
        for turn in 0..VOTERS * self.judges.len() {
            let (node, group) = ((first_node + turn) % VOTERS, (first_group + turn / VOTERS) % self.judges.len());
            if self.nodes[node].is_still(self.now) {
                continue;
            }
            let at = self.customer_time(node);
            let newest = &self.libraries[self.nodes[node].documents];
            let (replica, server) = &mut self.nodes[node].groups[group];
            let restless = restless && self.seeded.once_in(200);
            let tasks = server.tasks(replica, self.now, at, newest, restless);
            let choices = tasks.len() + usize::from(replica.can_apply());
            if replica.waits_in_vain() && self.seeded.once_in(8) {
                replica.give_up_some(&mut self.seeded);
            }
            if choices == 0 {
                continue;
            }
            let choice = self.seeded.below(choices);
            match tasks.into_iter().nth(choice) {
                Some(task) => self.run(node, group, task)?,
                None => self.apply(node, group)?,
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn apply(&mut self, node: usize, group: usize) -> Result<(), String> {
        let (replica, _) = &mut self.nodes[node].groups[group];
        let (index, applied) = replica.apply(self.fault);
        self.learn(node, group)?;
        let said = applied.map(|applied| Said::Applied { index, applied });
        self.hear(node, group, said.into_iter().collect())
    }

    fn run(&mut self, node: usize, group: usize, task: Task) -> Result<(), String> {
        self.in_server(node, group, |server, setting| server.run(task, setting))
    }

    /// Lets a server do something, and hears what it says.
    fn in_server(
        &mut self,
        node: usize,
        group: usize,
        act: impl FnOnce(&mut super::server::Server, &mut Setting<'_>),
    ) -> Result<(), String> {
        let at = self.customer_time(node);
        let mut said = Vec::new();
        let newest = Arc::clone(&self.libraries[self.nodes[node].documents]);
        let (replica, server) = &mut self.nodes[node].groups[group];
        let mut setting = Setting {
            node,
            now: self.now,
            at,
            newest: &newest,
            settings: &self.settings,
            fault: self.fault,
            seeded: &mut self.seeded,
            replica,
            said: &mut said,
        };
        act(server, &mut setting);
        self.learn(node, group)?;
        self.hear(node, group, said)
    }

    fn deliver(&mut self) -> Result<bool, String> {
        let (nodes, now) = (&self.nodes, self.now);
        let Some(message) = self.network.next(&mut self.seeded, |node| now < nodes[node].sleeps_until) else {
            return Ok(false);
        };
        match message {
            Message::Raft { group, from, to, message } if self.nodes[to].up => {
                let raft = &mut self.nodes[to].groups[group].0.raft;
                let sent = raft.handle(from, message, self.now, &mut self.seeded);
                for (back, message) in sent {
                    self.network.send(Message::Raft { group, from: to, to: back, message }, &mut self.seeded);
                }
                self.learn(to, group)?;
            }
            Message::Event { call, group, node, customer, message } if self.nodes[node].up => {
                self.in_server(node, group, |server, setting| {
                    server.ingest(call, &customer, sign_up(&message), setting);
                })?;
            }
            Message::Read { call, group, node, customer } if self.nodes[node].up => {
                self.in_server(node, group, |server, setting| server.read(call, &customer, setting))?;
            }
            Message::EventAnswered { call, answer } => self.event_answered(call, answer),
            Message::ReadAnswered { call, seen } => self.read_answered(call, seen)?,
            Message::Attempt { group, node, boot, attempt } => self.attempt(group, node, boot, attempt),
            Message::AttemptEnded { group, node, boot, attempt, outcome }
                if self.nodes[node].up && self.nodes[node].boot == boot =>
            {
                self.in_server(node, group, |server, _| {
                    server.attempted(attempt.epoch, attempt.send, &attempt.customer, outcome);
                })?;
            }
            _ => {}
        }
        Ok(true)
    }

    /// The provider takes a message, or not; and says so, or not.
    fn attempt(&mut self, group: usize, node: usize, boot: u64, attempt: Attempt) {
        let reason = || Reason::new(ReasonCode::Provider, "as the seed says");
        let trouble = if self.network.faulty { self.seeded.below(6) } else { 6 };
        let outcome = match trouble {
            0 => AttemptOutcome::Failed(reason()),
            1 => AttemptOutcome::InDoubt(reason()),
            _ => AttemptOutcome::Accepted,
        };
        if trouble > 1 || (trouble == 1 && self.seeded.once_in(2)) {
            self.delivered.push(attempt.clone());
        }
        self.network.send(Message::AttemptEnded { group, node, boot, attempt, outcome }, &mut self.seeded);
    }

    /// What is committed is known to the judge before anybody is heard.
    fn learn(&mut self, node: usize, group: usize) -> Result<(), String> {
        let newest = self.libraries.last().expect("something is published");
        self.judges[group].learn(&self.nodes[node].groups[group].0.raft, &self.customers, newest)
    }

    fn hear(&mut self, node: usize, group: usize, said: Vec<Said>) -> Result<(), String> {
        let boot = self.nodes[node].boot;
        for said in said {
            let fact = Fact { node, boot, said };
            self.judges[group].hear(&fact)?;
            let message = match fact.said {
                Said::Answered { call, answer, .. } => Message::EventAnswered { call, answer },
                Said::Read { call, seen, .. } => Message::ReadAnswered { call, seen: Some(seen) },
                Said::NotRead { call } => Message::ReadAnswered { call, seen: None },
                Said::Attempted(attempt) => Message::Attempt { group, node, boot, attempt },
                _ => continue,
            };
            self.network.send(message, &mut self.seeded);
        }
        Ok(())
    }

    fn customer_time(&self, node: usize) -> Timestamp {
        let passed = i64::try_from(self.now - BEGINNING).unwrap_or(i64::MAX);
        self.start + SignedDuration::from_millis(passed * CUSTOMER_PACE) + self.nodes[node].skew
    }

    /// When something is due by itself.
    fn next_due(&self) -> u64 {
        let rafts = self.nodes.iter().flat_map(|node| &node.groups).map(|(replica, _)| replica.raft.due());
        let servers = self.nodes.iter().flat_map(|node| &node.groups).filter_map(|(_, server)| server.due());
        let timers = self.nodes.iter().enumerate().flat_map(|(place, node)| {
            let now = self.customer_time(place);
            let due = node.groups.iter().filter_map(|(_, server)| server.timer_due());
            due.map(move |due| {
                self.now
                    + u64::try_from(due.duration_since(now).as_millis() / i128::from(CUSTOMER_PACE)).unwrap_or(0)
                    + 1
            })
        });
        let clients = self.clients.iter().filter_map(Client::due);
        rafts.chain(servers).chain(timers).chain(clients).min().unwrap_or(self.now)
    }
}
