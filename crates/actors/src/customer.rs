//! The actor of one customer: receives a command, asks the core, hands the decision to its shard's writer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use actix::{Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use baton_customer::{Answer, Command, Customer, Decision};
use baton_model::text_id::CustomerId;
use baton_storage::records;
use tokio::sync::oneshot;

use crate::shard::context::ShardContext;
use crate::shard::dead_letter::{Failure, Undecided};
use crate::shard::decided::{CommandNumber, Decided};

/// One active customer.
pub(crate) struct CustomerActor {
    id: CustomerId,
    context: Rc<ShardContext>,
    state: State,
}

/// Whether the customer's records are here.
enum State {
    /// They are being read; commands wait in the mailbox.
    Loading(Option<oneshot::Receiver<Loaded>>),
    /// They are here.
    Ready(Box<Customer>),
    /// They could not be read, or a decision failed: nothing is decided any more until the shard starts a new actor.
    Faulted,
}

/// What was read of a customer: `None` if there is nothing.
pub(crate) type Loaded = Result<Option<Box<Customer>>, String>;

/// Asks the customer to decide about a command.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Decide {
    /// What the shard knows it by.
    pub(crate) number: CommandNumber,
    /// The command.
    pub(crate) command: Command,
}

/// Ends the actor. Its shard sends this only when nothing is under way.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct PutAway;

impl CustomerActor {
    /// Starts an actor that decides as soon as its records have come over `loaded`.
    pub(crate) fn start_with(
        id: CustomerId,
        context: Rc<ShardContext>,
        loaded: oneshot::Receiver<Loaded>,
        queue_max: usize,
    ) -> Addr<Self> {
        Self::create(|ctx| {
            // Here and not when it has started: its first commands are sent before.
            ctx.set_mailbox_capacity(queue_max);
            Self { id, context, state: State::Loading(Some(loaded)) }
        })
    }

    fn take_records(&mut self, loaded: Result<Loaded, oneshot::error::RecvError>) {
        self.state = match loaded {
            Ok(Ok(Some(customer))) => State::Ready(customer),
            Ok(Ok(None)) => State::Ready(Box::new(Customer::new(self.id.clone()))),
            Ok(Err(reason)) => {
                tracing::error!(customer = %self.id, shard = %self.context.shard, reason, "the records of a customer could not be read");
                State::Faulted
            }
            // The shard ended its epoch, and this actor with it.
            Err(_) => State::Faulted,
        };
    }

    /// Decides, and turns the decision into rows. A panic of the core is caught: the state it left is not used again. One
    /// that took too much work wrote nothing; it is set aside like a panic.
    fn decide(context: &ShardContext, customer: &mut Customer, command: Command) -> Result<(Decision, Rows), String> {
        let started = context.machine_now();
        let decide = || {
            let decision = context.decide(|environment| customer.apply(command, environment));
            let writes = records::decision_writes(customer, &decision);
            (decision, writes)
        };
        let outcome = catch_unwind(AssertUnwindSafe(decide));
        context.ports.observer.decided(context.machine_now().since(started));
        match outcome {
            Ok((decision, _)) if decision.answer == Answer::DecisionBudget => {
                Err(format!("the decision took more than its budget: {} steps", decision.work))
            }
            Ok(decided) => Ok(decided),
            Err(panic) => Err(panic_text(panic.as_ref())),
        }
    }
}

type Rows = Vec<baton_shard::entry::RowWrite>;

impl Actor for CustomerActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if let State::Loading(loaded) = &mut self.state
            && let Some(loaded) = loaded.take()
        {
            // Nothing else runs in this actor until the records are here.
            ctx.wait(loaded.into_actor(self).map(|loaded, actor, _| actor.take_records(loaded)));
        }
    }
}

impl Handler<Decide> for CustomerActor {
    type Result = ();

    fn handle(&mut self, decide: Decide, _: &mut Context<Self>) {
        let Decide { number, command } = decide;
        let State::Ready(customer) = &mut self.state else {
            // The state is not to be trusted: the shard replaces this actor once nothing is under way in it.
            self.give_back(number, Failure::NotDecided);
            return;
        };
        let kept = command.clone();
        let decided = match Self::decide(&self.context, customer, command) {
            Ok((decision, writes)) => self.decided(number, decision, writes),
            Err(reason) => {
                tracing::error!(customer = %self.id, shard = %self.context.shard, reason, "a decision failed");
                self.state = State::Faulted;
                self.give_back(number, Failure::Failed { command: Box::new(kept), reason });
                return;
            }
        };
        self.context.enqueue(decided);
    }
}

impl CustomerActor {
    fn give_back(&self, number: CommandNumber, failure: Failure) {
        self.context.give_back(Undecided { number, customer: self.id.clone(), failure });
    }

    fn decided(&self, command: CommandNumber, decision: Decision, writes: Rows) -> Decided {
        for violation in &decision.wake_violations {
            self.context.ports.observer.wake_violation();
            tracing::error!(customer = %self.id, enrolment = %violation.enrolment, detail = violation.detail, "nothing wakes this enrolment");
        }
        let Decision { answer, timers, outbox, .. } = decision;
        Decided { command, customer: self.id.clone(), writes, timers, outbox, answer }
    }
}

impl Handler<PutAway> for CustomerActor {
    type Result = ();

    fn handle(&mut self, _: PutAway, ctx: &mut Context<Self>) {
        ctx.stop();
    }
}

/// What a panic said.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the decision panicked: {}", text.unwrap_or_else(|| "no message".to_owned()))
}
