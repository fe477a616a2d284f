//! Why something was refused, held or ended: a stable word that people search for and dashboards group by, and a detail.

use std::fmt;

/// A reason with what exactly it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The stable word.
    pub code: ReasonCode,
    /// The policy, the purpose, the provider's answer: for reading.
    pub detail: String,
}

impl Reason {
    /// A reason with a detail; an empty one says nothing more than the word.
    pub fn new(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail.as_str() {
            "" => f.write_str(self.code.as_str()),
            detail => write!(f, "{}: {detail}", self.code.as_str()),
        }
    }
}

/// Declares the words, their spelling and the way back.
macro_rules! reason_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The stable words. Their spelling is part of the API and of stored records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReasonCode {
            $($(#[$doc])* $name,)*
        }

        impl ReasonCode {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its spelling.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        impl std::str::FromStr for ReasonCode {
            type Err = UnknownReasonCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$name),)*
                    _ => Err(UnknownReasonCode { text: text.to_owned() }),
                }
            }
        }
    };
}

/// A text that is none of the words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a reason this version knows")]
pub struct UnknownReasonCode {
    /// The text as it was given.
    pub text: String,
}

reason_codes! {
    // Governance, in the order of the pipeline.
    /// A kill switch is on for the cluster, the channel or the journey.
    KillSwitch = "kill_switch",
    /// A person paused the customer, the journey or the channel.
    Paused = "paused",
    /// No address for the channel, or it bounced.
    Unreachable = "unreachable",
    /// The channel does not carry messages of this role.
    ChannelRole = "channel_role",
    /// The customer was erased.
    Erased = "erased",
    /// The channel is on the customer's suppression list.
    SuppressionList = "suppression_list",
    /// The purpose is not consented to.
    Consent = "consent",
    /// The topic is not subscribed.
    Unsubscribed = "unsubscribed",
    /// A `suppress_while` policy holds, such as an open ticket.
    SuppressWhile = "suppress_while",
    /// Too close to another message.
    MinGap = "min_gap",
    /// Outside the hours in which the customer may be disturbed.
    QuietHours = "quiet_hours",
    /// No room under a frequency cap.
    FrequencyCap = "frequency_cap",
    /// A message of higher priority took the slot.
    Outranked = "outranked",
    /// Waited longer than `max_defer`.
    MaxDefer = "max_defer",
    /// An operator dropped it.
    Operator = "operator",
    /// The message's guard was false.
    Guard = "guard",
    /// A provider refused it.
    Provider = "provider",
    /// The template could not be rendered.
    Render = "render",
    // Entries.
    /// The entry's `where` or `audience` was false.
    EntryWhere = "entry_where",
    /// The correlation key is missing or is no text or number.
    MissingKey = "missing_key",
    /// An enrolment with this key is live.
    AlreadyLive = "already_live",
    /// The journey allows one run for ever.
    ReentryNever = "reentry_never",
    /// Sooner than `reentry.min_interval`.
    MinInterval = "min_interval",
    /// `reentry.max_concurrent` enrolments of this journey are live.
    MaxConcurrent = "max_concurrent",
    /// An `exit.when` holds already.
    ExitHolds = "exit_holds",
    /// Outside the journey's `valid` time.
    NotValid = "not_valid",
    // Ends of enrolments.
    /// An exit rule matched.
    ExitRule = "exit_rule",
    /// The enrolment reached its end.
    Completed = "completed",
    /// A new entry with the same key restarted it.
    Restarted = "restarted",
    /// A step was visited more often than `max_visits`.
    MaxVisits = "max_visits",
    /// More steps in one decision than the budget.
    StepBudget = "step_budget",
    /// More inner inputs in one decision than the budget.
    InnerBudget = "inner_budget",
    /// Older than `limits.max_age`.
    MaxAge = "max_age",
    /// A step failed and its `on_error` says exit.
    StepError = "step_error",
    // Bounds of a customer.
    /// Profile or sections are larger than the bound.
    CustomerTooLarge = "customer_too_large",
    /// As many live enrolments as a customer may have.
    LiveEnrolments = "live_enrolments",
    /// As many armed timers as a customer may have.
    ArmedTimers = "armed_timers",
    /// As many pending sends as a customer may have.
    PendingSends = "pending_sends",
    // Events.
    /// The client's timestamp is older than history is kept.
    TooOld = "too_old",
    /// A field of a reserved event is missing or has no such value.
    InvalidEvent = "invalid_event",
    /// An internal fault; the detail names the dead letter.
    Internal = "internal",
}
