//! The values that labels take.

use std::fmt;

use baton_model::ids::ShardId;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

/// Declares a closed set of label values with the names they have in a series.
macro_rules! label_value {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it stands in a series.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
                self.name().encode(encoder)
            }
        }
    };
}

label_value!(
    /// How an event was answered.
    EventResult {
        /// Decided and durable.
        Accepted = "accepted",
        /// Its message id was known.
        Duplicate = "duplicate",
        /// It can never be taken.
        Rejected = "rejected",
        /// Certainly not applied.
        Retry = "retry",
        /// Perhaps applied.
        Unknown = "unknown",
    }
);

label_value!(
    /// The bounds that can refuse work.
    Bound {
        /// Commands queued for one customer.
        CustomerMailbox = "customer_mailbox",
        /// Commands queued for one shard.
        ShardMailbox = "shard_mailbox",
        /// Bytes of one customer.
        CustomerSize = "customer_size",
        /// Live enrolments of one customer.
        Enrolments = "enrolments",
        /// Armed timers of one customer.
        Timers = "timers",
        /// Pending sends of one customer.
        PendingSends = "pending_sends",
        /// Counted steps of one decision.
        DecisionBudget = "decision_budget",
        /// Active customers and bytes of the node.
        ActiveCustomers = "active_customers",
        /// Requests or streams of one caller.
        Requests = "requests",
        /// Free space on the disk.
        DiskSpace = "disk_space",
    }
);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ResultLabel {
    pub(super) result: EventResult,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct BoundLabel {
    pub(super) bound: Bound,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct DeliveryLabels {
    pub(super) channel: String,
    pub(super) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ShardLabel {
    shard: u32,
}

impl ShardLabel {
    pub(super) fn of(shard: ShardId) -> Self {
        Self { shard: shard.0 }
    }
}
