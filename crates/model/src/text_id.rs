//! Identifiers that a person or a customer's system chose: bounded, non-empty UTF-8 without control characters.
//!
//! They are shared (`Arc<str>`), because one id stands in many rows, timers and records of a customer.

use std::fmt;
use std::sync::Arc;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextIdError {
    /// The text has no bytes.
    #[error("{kind} is empty: write 1 to {bytes_max} bytes of UTF-8")]
    Empty {
        /// What the text names.
        kind: &'static str,
        /// The most bytes it may have.
        bytes_max: usize,
    },
    /// The text is longer than the bound of its kind.
    #[error("{kind} has {bytes} bytes: write at most {bytes_max}")]
    TooLong {
        /// What the text names.
        kind: &'static str,
        /// The bytes it has.
        bytes: usize,
        /// The most bytes it may have.
        bytes_max: usize,
    },
    /// The text holds a control character, which logs and keys cannot carry.
    #[error("{kind} holds a control character at byte {at}: remove it")]
    ControlCharacter {
        /// What the text names.
        kind: &'static str,
        /// The byte offset of the first one.
        at: usize,
    },
}

/// Checks what every textual identifier must be.
pub(crate) fn check(kind: &'static str, bytes_max: usize, text: &str) -> Result<(), TextIdError> {
    if text.is_empty() {
        return Err(TextIdError::Empty { kind, bytes_max });
    }
    if text.len() > bytes_max {
        return Err(TextIdError::TooLong { kind, bytes: text.len(), bytes_max });
    }
    // Nearly all ids are plain ASCII, where looking at bytes is enough.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(());
    }
    match text.char_indices().find(|(_, c)| c.is_control()) {
        Some((at, _)) => Err(TextIdError::ControlCharacter { kind, at }),
        None => Ok(()),
    }
}

/// Declares one textual identifier: a newtype that can only be made from a text that passes [`TextIdError`]'s checks.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $bytes_max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The most bytes this identifier may have.
            pub const BYTES_MAX: usize = $bytes_max;

            /// Takes `text` if it is a valid identifier.
            pub fn new(text: &str) -> Result<Self, TextIdError> {
                check($kind, Self::BYTES_MAX, text)?;
                Ok(Self(Arc::from(text)))
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = TextIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// One person; the unit of order.
    CustomerId, "customer_id", 256
);
text_id!(
    /// The client's name for one event; what makes a retry harmless.
    MessageId, "message_id", 256
);
text_id!(
    /// A journey, as its author named it.
    JourneyId, "journey id", 128
);
text_id!(
    /// A step of a journey; stable across versions.
    StepId, "step id", 128
);
text_id!(
    /// A segment of customers.
    SegmentId, "segment id", 128
);
text_id!(
    /// A governance policy.
    PolicyId, "policy id", 128
);
text_id!(
    /// A message template.
    TemplateId, "template id", 128
);
text_id!(
    /// A subscription topic.
    TopicId, "topic id", 128
);
text_id!(
    /// A consent purpose.
    PurposeId, "purpose id", 128
);
text_id!(
    /// A channel on which messages are sent, such as `email`.
    ChannelId, "channel id", 64
);
text_id!(
    /// The name of an event, such as `Order Completed`.
    EventName, "event name", 256
);
text_id!(
    /// A support ticket, as the ticket system named it.
    TicketId, "ticket_id", 256
);
text_id!(
    /// The value of an enrolment's correlation key, such as a cart id.
    CorrelationKey, "correlation key", 256
);
text_id!(
    /// Who owns a journey or acts as an operator.
    Owner, "owner", 128
);
