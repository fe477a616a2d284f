//! What was decided, as a line that an `expect` can be compared with.

use std::collections::BTreeMap;
use std::fmt::Write;

use baton_model::decision::{DecisionRecord, SendFate, Verdict};
use baton_model::reason::Reason;
use baton_model::send::Send;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::moment;

/// One decision, or one answer.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    /// When.
    pub at: Timestamp,
    /// What.
    pub verb: &'static str,
    /// What or whom it is about; each word may be said in several ways.
    pub words: Vec<Vec<String>>,
    /// Details.
    pub named: BTreeMap<&'static str, String>,
    /// When something happens next by itself.
    pub next: Option<Timestamp>,
    /// An `expect` has named it.
    pub expected: bool,
}

impl Happening {
    /// A happening without details.
    pub fn new(at: Timestamp, verb: &'static str, words: &[&str]) -> Self {
        let words = words.iter().map(|word| vec![(*word).to_owned()]).collect();
        Self { at, verb, words, named: BTreeMap::new(), next: None, expected: false }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.named.insert(name, value.into());
        self
    }

    fn because(self, reason: &Reason) -> Self {
        self.with("reason", reason.code.as_str()).with("detail", reason.detail.clone())
    }

    /// Whether it is a message that a provider took: the one thing that nobody may overlook.
    pub fn is_send(&self) -> bool {
        self.verb == "send"
    }

    /// The line that would expect it.
    pub fn show(&self, zone: &TimeZone) -> String {
        let mut line = format!("{}  {}", moment::show(self.at, zone), self.verb);
        for word in &self.words {
            let _ = write!(line, " {}", word[0]);
        }
        for (name, value) in self.named.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(line, " {name}={}", quoted(value));
        }
        if let Some(next) = self.next {
            let _ = write!(line, " until={}", moment::show(next, zone).replace(' ', "_"));
        }
        line
    }
}

fn quoted(value: &str) -> String {
    if value.contains(' ') { format!("\"{value}\"") } else { value.to_owned() }
}

/// A decision record as a happening; `find` looks a send up.
pub(crate) fn of_record(record: &DecisionRecord, find: impl Fn(baton_model::ids::SendId) -> Option<Send>) -> Happening {
    let at = record.at;
    let mut happening = match &record.verdict {
        Verdict::Entered(enrolled) => {
            Happening::new(at, "enter", &[enrolled.journey.as_str()]).with("id", enrolled.enrolment.to_string())
        }
        Verdict::EntryRefused { journey, reason } => Happening::new(at, "refuse", &[journey.as_str()]).because(reason),
        Verdict::StepLeft { enrolled, step, visit, to, by } => {
            let to = to.as_ref().map_or("end", |to| to.as_str());
            Happening::new(at, "leave", &[step.as_str()])
                .with("to", to)
                .with("by", by.clone())
                .with("visit", visit.to_string())
                .with("journey", enrolled.journey.as_str())
        }
        Verdict::Exited { enrolled, step, reason, goal } => Happening::new(at, "exit", &[enrolled.journey.as_str()])
            .with("reason", reason.clone())
            .with("step", step.as_ref().map_or("", |step| step.as_str()))
            .with("goal", goal.to_string()),
        Verdict::GoalReached { enrolled, value } => Happening::new(at, "goal", &[enrolled.journey.as_str()])
            .with("value", value.as_ref().map(ToString::to_string).unwrap_or_default()),
        Verdict::Send { send, enrolled, step, channel, fate } => {
            let found = find(*send);
            let mut happening = of_fate(at, fate);
            let template = found.as_ref().map_or_else(String::new, |send| send.template.as_str().to_owned());
            happening.words = vec![vec![channel.as_str().to_owned()], vec![step.as_str().to_owned(), template]];
            happening
                .with("id", send.to_string())
                .with("visit", found.map(|send| send.visit.to_string()).unwrap_or_default())
                .with("journey", enrolled.journey.as_str())
        }
        Verdict::NoSend { step, reason, .. } => Happening::new(at, "none", &[step.as_str()]).because(reason),
        Verdict::Segment { segment, entered } => {
            Happening::new(at, "segment", &[segment.as_str(), if *entered { "entered" } else { "left" }])
        }
        Verdict::Paused { held: true, .. } => Happening::new(at, "paused", &[]),
        Verdict::Paused { held: false, .. } => Happening::new(at, "resumed", &[]),
        Verdict::BoundReached { reason } => Happening::new(at, "bound", &[]).because(reason),
    };
    happening.next = record.next;
    happening
}

fn of_fate(at: Timestamp, fate: &SendFate) -> Happening {
    let verb = match fate {
        SendFate::Released => "release",
        SendFate::Deferred(_) => "defer",
        SendFate::Dropped(_) => "drop",
        SendFate::Cancelled(_) => "cancel",
        SendFate::Expired => "expire",
        SendFate::Permitted => "permit",
        SendFate::Held(_) => "hold",
        SendFate::Accepted => "send",
        SendFate::AcceptedAfterExit => "send_after_exit",
        SendFate::Failed(_) => "fail",
        SendFate::Unknown => "unknown",
        SendFate::Dead(_) => "dead",
        SendFate::GuardFalse => "guard_false",
        SendFate::RenderError(_) => "render_error",
    };
    let happening = Happening::new(at, verb, &[]);
    match fate {
        SendFate::Deferred(reason)
        | SendFate::Dropped(reason)
        | SendFate::Cancelled(reason)
        | SendFate::Held(reason)
        | SendFate::Failed(reason)
        | SendFate::Dead(reason)
        | SendFate::RenderError(reason) => happening.because(reason),
        _ => happening,
    }
}
