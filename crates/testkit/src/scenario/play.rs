//! A scenario, played from its first line to its last.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use baton_customer::Command;
use baton_journey::document::{Document, overlay};
use baton_journey::source::Source;
use baton_model::event::EventKind;
use baton_model::ids::DefinitionsVersion;
use baton_model::profile::Pause;
use baton_model::send::MessageStatus;
use baton_model::text_id::{CustomerId, Owner};
use baton_model::time::saturating_add;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::delivery::Mood;
use super::line::Line;
use super::load::Scenario;
use super::shard::{Shard, sends_of};
use super::{event, expectation, moment};

/// When a scenario begins that does not say: a Monday, at midnight in its zone.
const START: &str = "2024-01-08";

/// How long a rule may look back: as long as events are kept by default.
const HISTORY: &str = "400d";

/// A scenario that did not go as written.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {text}\n    {message}", path.display())]
pub struct Failure {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The line as written.
    pub text: String,
    /// What was expected and what happened.
    pub message: String,
}

/// Plays a scenario.
pub fn play(scenario: &Scenario) -> Result<(), Failure> {
    let mut stage = Stage::new(scenario).map_err(|error| failure(scenario, None, &error))?;
    for line in &scenario.lines {
        stage.play(line).map_err(|error| failure(scenario, Some(line), &error))?;
    }
    match expectation::unexpected_send(&stage.shard.happenings, &stage.zone) {
        Some(message) => Err(failure(scenario, scenario.lines.last(), &anyhow!(message))),
        None => Ok(()),
    }
}

/// Plays a scenario in which nobody has to expect what is sent; gives the messages that were taken, with their channels.
pub fn sends(scenario: &Scenario) -> Result<Vec<(Timestamp, String)>, Failure> {
    let mut stage = Stage::new(scenario).map_err(|error| failure(scenario, None, &error))?;
    for line in &scenario.lines {
        stage.play(line).map_err(|error| failure(scenario, Some(line), &error))?;
    }
    let sends = stage.shard.happenings.iter().filter(|happening| happening.is_send());
    Ok(sends.map(|send| (send.at, send.words[0][0].clone())).collect())
}

fn failure(scenario: &Scenario, line: Option<&Line>, error: &anyhow::Error) -> Failure {
    Failure {
        path: scenario.path.clone(),
        line: line.map_or(1, |line| line.number),
        text: line.map(|line| line.text.clone()).unwrap_or_default(),
        message: format!("{error:#}"),
    }
}

/// Where a scenario is played.
struct Stage<'s> {
    scenario: &'s Scenario,
    zone: TimeZone,
    shard: Shard,
    documents: Vec<Document>,
    /// The time of the line before.
    at: Timestamp,
    /// Something has happened: the documents and the start can no longer change.
    begun: bool,
}

impl<'s> Stage<'s> {
    fn new(scenario: &'s Scenario) -> Result<Self> {
        let at = moment::read(START, Timestamp::MIN, &TimeZone::UTC)?;
        let mut stage = Self {
            scenario,
            zone: TimeZone::UTC,
            shard: Shard::new(CustomerId::new("ana")?, at),
            documents: Vec::new(),
            at,
            begun: false,
        };
        if let Some(source) = &scenario.documents {
            stage.lay(source)?;
        }
        Ok(stage)
    }

    fn play(&mut self, line: &Line) -> Result<()> {
        match (line.verb.as_str(), self.begun) {
            ("documents" | "journey", false) => return self.read_documents(line),
            ("zone", false) => return self.set_zone(line),
            ("start", false) => return self.set_start(line),
            ("customer", false) => return self.set_customer(line),
            (_, false) => {
                self.publish()?;
                self.begun = true;
            }
            (_, true) => {}
        }
        let before = self.at;
        if let Some(time) = &line.time {
            self.at = moment::read(time, self.at, &self.zone)?;
        }
        if self.at < before {
            bail!("lies before the line above");
        }
        self.act(line)
    }

    fn act(&mut self, line: &Line) -> Result<()> {
        if line.verb == "if-sent" {
            return self.act_if_sent(line);
        }
        if line.verb == "expect" {
            self.advance(saturating_add(self.at, expectation::MOMENT))?;
            return expectation::check(line, self.at, &mut self.shard.happenings, &self.zone);
        }
        if line.verb == "down" {
            self.shard.now = self.shard.now.max(self.at);
            return Ok(());
        }
        self.advance(self.at)?;
        let command = match line.verb.as_str() {
            "event" => Command::Ingest(Box::new(event::read(line, EventKind::Track, self.at, &self.zone)?)),
            "identify" => Command::Ingest(Box::new(event::read(line, EventKind::Identify, self.at, &self.zone)?)),
            "pause" => self.pause(line)?,
            "resume" => Command::Resume { by: Owner::new("operator")?, reason: line.phrase() },
            "report" => self.report(line)?,
            "operator" => self.operator(line)?,
            "provider" => return self.provider(line),
            "publish" => return self.publish_again(line),
            other => bail!("`{other}` is no verb: see the table in crates/testkit/src/scenario.rs"),
        };
        self.shard.command(command).map(drop).map_err(|fault| anyhow!(fault))
    }

    fn act_if_sent(&mut self, line: &Line) -> Result<()> {
        let (Some(verb), Some(step)) = (line.words.first(), line.words.last()) else {
            bail!("write `if-sent report opened email`: a line about the message of a step");
        };
        self.advance(self.at)?;
        if sends_of(&self.shard.customer, step).is_empty() {
            return Ok(());
        }
        let line = Line { verb: verb.clone(), words: line.words[1..].to_vec(), ..line.clone() };
        self.act(&line)
    }

    /// Moves the clock. Whatever is sent on the way has to be expected by the line of that instant, or a later one fails.
    fn advance(&mut self, to: Timestamp) -> Result<()> {
        self.shard.advance(to).map_err(|fault| anyhow!(fault))
    }

    fn pause(&self, line: &Line) -> Result<Command> {
        let until = line.named.get("until").map(|until| moment::read(until, self.at, &self.zone)).transpose()?;
        let by = Owner::new("operator")?;
        Ok(Command::Pause(Pause { by, reason: line.phrase(), since: self.at, until }))
    }

    fn report(&self, line: &Line) -> Result<Command> {
        let [status, step] = line.words.as_slice() else {
            bail!("write `report opened email`: a status and a step");
        };
        let reader: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
            status.as_str().into_deserializer();
        let status = MessageStatus::deserialize(reader).with_context(|| format!("`{status}` is no status"))?;
        let sends = sends_of(&self.shard.customer, step);
        let send = sends.first().with_context(|| format!("step `{step}` sent nothing"))?.id;
        Ok(Command::Report { send, status, at: self.at, detail: String::new() })
    }

    fn operator(&self, line: &Line) -> Result<Command> {
        let [what, step] = line.words.as_slice() else {
            bail!("write `operator retry email` or `operator drop email`: what, and a step");
        };
        let sends = sends_of(&self.shard.customer, step);
        let send = sends.first().with_context(|| format!("step `{step}` sent nothing"))?.id;
        Ok(Command::Redeliver { send, retry: what == "retry", by: Owner::new("operator")? })
    }

    fn provider(&mut self, line: &Line) -> Result<()> {
        let [channel, mood] = line.words.as_slice() else {
            bail!("write `provider email fails`: a channel and what its provider does");
        };
        let mood = Mood::named(mood).with_context(|| format!("`{mood}` is nothing a provider does"))?;
        self.shard.delivery.set(channel, mood);
        self.shard.deliver().map_err(|fault| anyhow!(fault))
    }

    fn set_zone(&mut self, line: &Line) -> Result<()> {
        let name = line.phrase();
        self.zone = baton_model::time::zone(&name).with_context(|| format!("`{name}` is no zone"))?;
        self.shard.settings.fallback_zone = self.zone.clone();
        self.shard.settings.fallback_zone_name = name;
        self.at = moment::read(START, Timestamp::MIN, &self.zone)?;
        self.shard.now = self.at;
        Ok(())
    }

    fn set_start(&mut self, line: &Line) -> Result<()> {
        // A time in front belongs to `start` as well: `start 2024-01-08` is cut like any other line.
        self.at = moment::read(&line.phrase(), Timestamp::MIN, &self.zone)?;
        self.shard.now = self.at;
        Ok(())
    }

    fn set_customer(&mut self, line: &Line) -> Result<()> {
        self.shard.customer = baton_customer::Customer::new(CustomerId::new(&line.phrase())?);
        Ok(())
    }

    fn read_documents(&mut self, line: &Line) -> Result<()> {
        for name in &line.words {
            let path = self.find(name)?;
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            self.lay(&Source::new(&path.display().to_string(), &text))?;
        }
        Ok(())
    }

    /// A file beside the scenario, or below the folder in which the program was started, or one above.
    fn find(&self, name: &str) -> Result<PathBuf> {
        let beside = self.scenario.path.parent().unwrap_or(Path::new(".")).join(name);
        let candidates = [beside, PathBuf::from(name), Path::new("..").join(name)];
        let found = candidates.into_iter().find(|path| path.is_file());
        found.with_context(|| format!("there is no file `{name}` beside the scenario or in the repository"))
    }

    fn lay(&mut self, source: &Source) -> Result<()> {
        let documents = baton_journey::parse(source).map_err(|errors| listed(&errors))?;
        self.documents = overlay(std::mem::take(&mut self.documents), documents);
        Ok(())
    }

    fn publish(&mut self) -> Result<()> {
        let version = DefinitionsVersion(self.shard.library.current().version.0 + 1);
        let definitions =
            baton_journey::publish(&self.documents, version, HISTORY.parse()?).map_err(|errors| listed(&errors))?;
        self.shard.library.insert(Arc::new(definitions));
        Ok(())
    }

    fn publish_again(&mut self, line: &Line) -> Result<()> {
        self.read_documents(line)?;
        self.publish()?;
        self.shard.command(Command::Adopt).map(drop).map_err(|fault| anyhow!(fault))
    }
}

fn listed(errors: &[impl std::fmt::Display]) -> anyhow::Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    anyhow!("{}", lines.join("\n    "))
}
