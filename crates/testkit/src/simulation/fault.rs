//! Rules that a simulated node can be made to break, one at a time: the simulation must notice each of them.

/// A broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The gate takes batches of any epoch.
    GateForgetsEpochs,
    /// The gate takes batches out of their order.
    GateForgetsOrder,
    /// Events are answered when their batch is proposed.
    AnswersBeforeApplied,
    /// Attempts are made when their permit is proposed.
    AttemptsBeforeApplied,
    /// What may have been applied is told to be certainly not.
    TellsRetryForUnknown,
    /// A batch of which nothing is known is proposed again.
    ProposesAgain,
    /// A leader decides as soon as its `Activate` is in its log.
    DecidesBeforeActivated,
    /// Customers keep what they have decided when their epoch ends.
    KeepsCustomers,
    /// A leader goes on with a customer that it reads anew while decisions about them are under way.
    PutsAwayBusyCustomers,
    /// A restarted replica votes though it may have granted a lease.
    VotesAfterRestart,
    /// A leader answers reads without a lease.
    ReadsWithoutLease,
}

impl Fault {
    /// Those that any bad day brings to light. The others take a coincidence; see [`vote_after_restart`].
    ///
    /// [`vote_after_restart`]: super::vote_after_restart
    pub const EVERYDAY: [Self; 9] = [
        Self::GateForgetsEpochs,
        Self::GateForgetsOrder,
        Self::AnswersBeforeApplied,
        Self::AttemptsBeforeApplied,
        Self::TellsRetryForUnknown,
        Self::ProposesAgain,
        Self::DecidesBeforeActivated,
        Self::KeepsCustomers,
        Self::PutsAwayBusyCustomers,
    ];
}
