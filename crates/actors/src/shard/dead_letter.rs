//! A command whose decision failed: it is set aside by a decision of its own, so that a retry is a repeat, a timer does not
//! fire for ever, and an operator finds it.
//!
//! The customer's actor is replaced first: its state is not to be trusted, the applied rows are. A customer of whom too many
//! decisions fail is parked by the core; see `parked.rs`.

use std::rc::Rc;
use std::time::Duration;

use actix::{AsyncContext, Context};
use baton_customer::{Answer, Command};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::RetryReason;

use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::decided::{CommandNumber, Fate, Reply};

/// How long to wait for a customer's other commands to end before its actor is replaced; about one batch.
const QUIET_WAIT: Duration = Duration::from_millis(5);

/// A command that its customer's actor gave back.
pub(crate) struct Undecided {
    pub(crate) number: CommandNumber,
    pub(crate) customer: CustomerId,
    pub(crate) failure: Failure,
}

/// Why a command was given back.
pub(crate) enum Failure {
    /// It was not tried.
    NotDecided,
    /// Its decision failed.
    Failed {
        /// The command.
        command: Box<Command>,
        /// What went wrong.
        reason: String,
    },
}

impl ShardActor {
    /// Takes back what the customers of this epoch did not decide.
    pub(super) fn take_given_back(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        for Undecided { number, customer, failure } in context.take_given_back() {
            self.under_way.let_go(number);
            self.residents.replace_when_quiet(&customer);
            match failure {
                Failure::NotDecided => self.answer(number, Fate::Retry(RetryReason::CustomerBusy), ctx),
                // A dead letter that fails itself is not set aside again.
                Failure::Failed { command, reason } if matches!(*command, Command::SetAside { .. }) => {
                    self.answer(number, Fate::Failed(reason), ctx);
                }
                Failure::Failed { command, .. } => self.set_aside_when_quiet(context, customer, command, number, ctx),
            }
        }
    }

    fn set_aside_when_quiet(
        &mut self,
        context: &Rc<ShardContext>,
        customer: CustomerId,
        failed: Box<Command>,
        number: CommandNumber,
        ctx: &mut Context<Self>,
    ) {
        if !self.leads_with(context) {
            // Answered when its epoch ended.
            return;
        }
        if !self.residents.can_decide(&customer) {
            let later = Rc::clone(context);
            ctx.run_later(QUIET_WAIT, move |actor, ctx| {
                actor.set_aside_when_quiet(&later, customer, failed, number, ctx);
            });
            return;
        }
        self.set_aside(context, &customer, failed, number, ctx);
    }

    fn set_aside(
        &mut self,
        context: &Rc<ShardContext>,
        customer: &CustomerId,
        failed: Box<Command>,
        number: CommandNumber,
        ctx: &mut Context<Self>,
    ) {
        let dead_letter = format!("{}-{}-{}", self.shard, context.epoch, context.next_dead_letter());
        tracing::error!(%customer, dead_letter, "a command was set aside");
        let (letter, parked) = (dead_letter.clone(), customer.clone());
        // The caller hears of its own command, whose place the dead letter takes: both end as one.
        let set_aside: Reply = Box::new(move |actor, ctx, fate| {
            let fate = match fate {
                Fate::Applied(Answer::SetAside { parked: true }, _) => {
                    actor.timers.parked.note(&parked);
                    tracing::error!(customer = %parked, dead_letter = letter, "too many decisions failed: the customer is parked");
                    Fate::Failed(format!("set aside as dead letter {letter}; the customer is parked"))
                }
                Fate::Applied(..) => Fate::Failed(format!("set aside as dead letter {letter}")),
                other => other,
            };
            actor.answer(number, fate, ctx);
        });
        // From here on the command is in the log's hands if its dead letter is.
        self.under_way.proposed(number);
        self.send(context, customer, Command::SetAside { failed, dead_letter }, set_aside, ctx);
        self.residents.start_loads(context);
    }
}
