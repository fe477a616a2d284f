//! Text: its length in bytes, then UTF-8. A textual identifier is checked again when it is read.

use baton_model::text_id::{
    ChannelId, CorrelationKey, CustomerId, EventName, JourneyId, MessageId, Owner, PolicyId, PurposeId, SegmentId,
    StepId, TemplateId, TicketId, TopicId,
};

use super::{Input, Layout, Malformed};

/// A text.
pub(crate) fn put_str(text: &str, out: &mut Vec<u8>) {
    (text.len() as u64).put(out);
    out.extend_from_slice(text.as_bytes());
}

/// A text, where it lies.
pub(crate) fn take_str<'a>(input: &mut Input<'a>) -> Result<&'a str, Malformed> {
    let len = usize::try_from(u64::take(input)?).map_err(|_| Malformed::EndsTooSoon)?;
    std::str::from_utf8(input.bytes(len)?).map_err(|error| Malformed::InvalidText { reason: error.to_string() })
}

impl Layout for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_str(self, out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        take_str(input).map(str::to_owned)
    }
}

/// Gives textual identifiers their layout.
macro_rules! text_ids {
    ($($name:ident),* $(,)?) => {
        $(impl Layout for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_str(self.as_str(), out);
            }

            fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
                Self::new(take_str(input)?).map_err(|error| Malformed::InvalidText { reason: error.to_string() })
            }
        }

        #[cfg(test)]
        impl crate::records::tests::made_up::MadeUp for $name {
            fn make_up(choices: &mut crate::records::tests::made_up::Choices<'_>) -> Self {
                Self::new(&choices.name()).unwrap()
            }
        })*
    };
}

text_ids!(
    ChannelId,
    CorrelationKey,
    CustomerId,
    EventName,
    JourneyId,
    MessageId,
    Owner,
    PolicyId,
    PurposeId,
    SegmentId,
    StepId,
    TemplateId,
    TicketId,
    TopicId,
);
