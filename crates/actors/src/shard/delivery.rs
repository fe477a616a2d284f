//! Attempting sends: a permit, a rendering, one attempt, its outcome; and again later if the provider was not reached.
//!
//! Invariant: no attempt without a permit of the current epoch, committed before the attempt begins. The outcome is a
//! command like any other. If the node dies in between, the next epoch attempts again under the same send id.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use baton_customer::{Answer, Command, PermitAnswer, Permitted};
use baton_governance::AttemptOutcome;
use baton_model::catalogue::ChannelKind;
use baton_model::ids::{Epoch, SendId};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::{ChannelId, CustomerId};
use baton_model::value::{Fields, Value};
use baton_ports::channel::{Delivery, Form, Outcome, RenderRequest, Variables};
use baton_ports::clock::MachineTime;
use baton_ports::gateway::RetryReason;
use baton_ports::replica::read_rows;
use baton_storage::records;

use crate::config::ActorsConfig;
use crate::ports::ShardPorts;
use crate::shard::ShardActor;
use crate::shard::context::ShardContext;
use crate::shard::decided::{Fate, Reply};
use crate::shard::outbox::WaitingSend;
use crate::shard::walk::AttemptEnd;

impl ShardActor {
    /// Reads sends that are on disk and not here, when there is room for them.
    pub(super) fn refill_outbox(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        if !self.outbox.wants_rows() {
            return;
        }
        let (replica, limit) = (Arc::clone(&self.ports.replica), self.outbox.begin_reading());
        let task = read_rows(replica, move |rows| records::outbox(rows, limit)).into_actor(self);
        let read_context = Rc::clone(context);
        ctx.spawn(task.map(move |rows, actor, ctx| {
            if !actor.leads_with(&read_context) {
                return;
            }
            match rows {
                Ok(Ok(rows)) => actor.outbox.take_rows(rows, read_context.machine_now()),
                Ok(Err(error)) => actor.end_epoch(&format!("the outbox could not be read: {error}"), ctx),
                Err(error) => actor.end_epoch(&format!("the outbox could not be read: {error}"), ctx),
            }
            if actor.leads_with(&read_context) {
                actor.go_on(&read_context, ctx);
            }
        }));
    }

    /// Asks for permits for the sends that are ready, as far as the bound allows.
    pub(super) fn pump_outbox(&mut self, context: &Rc<ShardContext>, ctx: &mut Context<Self>) {
        let now = context.machine_now();
        let mut asked = false;
        // An attempt that has ended makes room, also while its outcome is held back.
        let attempts_max = self.config.attempts_in_flight_max + self.outcomes_held();
        while let Some(waiting) = self.outbox.next(now, attempts_max) {
            self.ask_permit(context, waiting, ctx);
            asked = true;
        }
        if asked {
            self.residents.start_loads(context);
        }
        self.set_retry_alarm(context, now, ctx);
    }

    fn set_retry_alarm(&mut self, context: &Rc<ShardContext>, now: MachineTime, ctx: &mut Context<Self>) {
        if let Some(alarm) = self.outbox.alarm.take() {
            ctx.cancel_future(alarm);
        }
        // Housekeeping pumps as well; this only makes a retry that is due sooner punctual.
        let soon = crate::shard::HOUSEKEEPING_EVERY;
        let wait = self.outbox.next_retry().map(|at| at.since(now)).filter(|wait| !wait.is_zero() && *wait < soon);
        if let Some(wait) = wait {
            let alarm_context = Rc::clone(context);
            let alarm = ctx.run_later(wait, move |actor, ctx| {
                if actor.leads_with(&alarm_context) {
                    actor.outbox.alarm = None;
                    actor.pump_outbox(&alarm_context, ctx);
                }
            });
            self.outbox.alarm = Some(alarm);
        }
    }

    fn ask_permit(&mut self, context: &Rc<ShardContext>, waiting: WaitingSend, ctx: &mut Context<Self>) {
        let command = Command::Permit { send: waiting.send, epoch: context.epoch };
        let customer = waiting.customer.clone();
        let permit_context = Rc::clone(context);
        let reply: Reply = Box::new(move |actor, ctx, fate| actor.permit_answered(&permit_context, waiting, fate, ctx));
        self.send(context, &customer, command, reply, ctx);
    }

    fn permit_answered(
        &mut self,
        context: &Rc<ShardContext>,
        waiting: WaitingSend,
        fate: Fate,
        ctx: &mut Context<Self>,
    ) {
        if !self.leads_with(context) {
            return;
        }
        match fate {
            Fate::Applied(Answer::Permit(PermitAnswer::Given(permitted)), _) => {
                self.attempt(context, waiting, *permitted, ctx);
            }
            // Held: released again later. Ended or unknown: the decision withdrew the row, or there is nothing to send.
            Fate::Applied(..) | Fate::Failed(_) => self.outbox.forget(waiting.send),
            // Its row is read again when the customer is tried again.
            Fate::Retry(RetryReason::CustomerParked) if self.timers.parked.note(&waiting.customer) => {
                self.outbox.forget(waiting.send);
            }
            Fate::Retry(_) | Fate::Unknown => self.retry_later(context, waiting, None),
        }
    }

    fn attempt(
        &mut self,
        context: &Rc<ShardContext>,
        waiting: WaitingSend,
        permitted: Permitted,
        ctx: &mut Context<Self>,
    ) {
        let (ports, epoch) = (self.ports.clone(), context.epoch);
        let customer = waiting.customer.clone();
        let form = form(context, &permitted.channel);
        let attempt = async move { make_attempt(&ports, epoch, customer, form, permitted).await };
        let task = self.ports.runtime.spawn(attempt).into_actor(self);
        let attempt_context = Rc::clone(context);
        ctx.spawn(task.map(move |result, actor, ctx| {
            if actor.leads_with(&attempt_context) {
                let outcome = result.unwrap_or_else(|error| AttemptOutcome::InDoubt(lost(&error)).into());
                actor.attempted(&attempt_context, waiting, outcome, ctx);
            }
        }));
    }

    fn attempted(
        &mut self,
        context: &Rc<ShardContext>,
        mut waiting: WaitingSend,
        attempted: Attempted,
        ctx: &mut Context<Self>,
    ) {
        waiting.attempts += 1;
        waiting.in_doubt |= matches!(attempted.outcome, AttemptOutcome::InDoubt(_));
        let last = waiting.attempts >= self.config.attempts_max;
        let Attempted { outcome, after } = attempted;
        let outcome = match outcome {
            AttemptOutcome::Failed(reason) | AttemptOutcome::InDoubt(reason) if last => {
                AttemptOutcome::Exhausted { reason, in_doubt: waiting.in_doubt }
            }
            // While the test clock is stepped only the last outcome counts: how often it was tried is machine time.
            AttemptOutcome::Failed(_) | AttemptOutcome::InDoubt(_) if self.walk.is_some() => {
                self.retry_later(context, waiting, after);
                self.continue_walk(ctx);
                return;
            }
            outcome => outcome,
        };
        if let Some(end) = self.hold_outcome(AttemptEnd { outcome, waiting, after }) {
            self.settle(context, end, ctx);
            self.residents.start_loads(context);
        }
        self.continue_walk(ctx);
    }

    /// Tells the customer how an attempt ended.
    pub(super) fn settle(&mut self, context: &Rc<ShardContext>, end: AttemptEnd, ctx: &mut Context<Self>) {
        let AttemptEnd { outcome, waiting, after } = end;
        let (customer, send) = (waiting.customer.clone(), waiting.send);
        let again = matches!(outcome, AttemptOutcome::Failed(_) | AttemptOutcome::InDoubt(_));
        let settle_context = Rc::clone(context);
        let reply: Reply = Box::new(move |actor, _, fate| {
            if !actor.leads_with(&settle_context) {
                return;
            }
            match fate {
                Fate::Applied(..) if again => actor.retry_later(&settle_context, waiting, after),
                Fate::Applied(..) | Fate::Failed(_) => actor.outbox.forget(send),
                // The outcome was not taken: the send is attempted again, under the same id.
                Fate::Retry(_) | Fate::Unknown => actor.retry_later(&settle_context, waiting, after),
            }
        });
        self.send(context, &customer, Command::Settle { send, outcome }, reply, ctx);
    }

    fn retry_later(&mut self, context: &ShardContext, waiting: WaitingSend, asked: Option<Duration>) {
        let wait = backoff(&self.config, waiting.attempts.saturating_sub(1), waiting.send);
        let at = MachineTime(context.machine_now().0 + asked.map_or(wait, |asked| asked.max(wait)));
        self.outbox.retry_at(waiting, at);
    }
}

/// How an attempt ended, and how long the provider asked us to wait.
struct Attempted {
    outcome: AttemptOutcome,
    after: Option<Duration>,
}

impl From<AttemptOutcome> for Attempted {
    fn from(outcome: AttemptOutcome) -> Self {
        Self { outcome, after: None }
    }
}

/// The wait before the next attempt: doubles each time, up to a bound, spread over ±25 % by the send's own id, so that
/// sends that failed together do not come back together.
fn backoff(config: &ActorsConfig, attempts: u32, send: SendId) -> Duration {
    let doubled = config.retry_wait.saturating_mul(1_u32.checked_shl(attempts).unwrap_or(u32::MAX));
    let spread = u32::try_from((send.0 >> attempts.min(64)) % 51).unwrap_or(25);
    doubled.min(config.retry_wait_max).saturating_mul(75 + spread) / 100
}

fn lost(error: &tokio::task::JoinError) -> Reason {
    Reason::new(ReasonCode::Internal, format!("the attempt did not end: {error}"))
}

/// Renders and attempts, on the network runtime.
async fn make_attempt(
    ports: &ShardPorts,
    epoch: Epoch,
    customer: CustomerId,
    form: Form,
    permitted: Permitted,
) -> Attempted {
    let channel = permitted.channel.clone();
    let providers = permitted.providers.clone();
    let (send, attempt) = (permitted.send, permitted.attempt);
    let message = match ports.renderer.render(&render_request(&customer, form, permitted)) {
        Ok(message) => message,
        Err(error) => {
            return AttemptOutcome::RenderError(Reason::new(ReasonCode::Render, error.to_string())).into();
        }
    };
    let attempted_at = ports.clock.wall_now();
    let delivery = Delivery {
        send_id: send,
        epoch,
        attempt,
        customer_id: customer,
        channel: channel.clone(),
        attempted_at,
        message,
    };
    let began = ports.clock.machine_now();
    let outcome = ports.courier.attempt(&channel, &providers, delivery).await;
    ports.observer.attempted(&channel, outcome.name(), ports.clock.machine_now().since(began));
    match outcome {
        Outcome::Accepted { .. } => AttemptOutcome::Accepted.into(),
        Outcome::FailedForGood { reason } => AttemptOutcome::Refused(provider(reason)).into(),
        Outcome::Unknown { reason } => AttemptOutcome::InDoubt(provider(reason)).into(),
        Outcome::RetryLater { reason, after } => Attempted { outcome: AttemptOutcome::Failed(provider(reason)), after },
    }
}

/// What the channel carries, as the documents of this shard say.
fn form(context: &ShardContext, channel: &ChannelId) -> Form {
    let library = context.library.borrow();
    let kind = library.current().catalogue.channels.get(channel).map(|channel| channel.kind);
    if kind == Some(ChannelKind::Email) { Form::Email { from: None } } else { Form::Note }
}

fn provider(reason: String) -> Reason {
    Reason::new(ReasonCode::Provider, reason)
}

fn render_request(customer: &CustomerId, form: Form, permitted: Permitted) -> RenderRequest {
    let text = |text: &str| Value::from(text);
    let message: Fields = [
        ("id", text(&permitted.send.to_string())),
        ("channel", text(permitted.channel.as_str())),
        ("journey", text(permitted.journey.as_str())),
        ("step", text(permitted.step.as_str())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let mut customer_fields = permitted.customer;
    customer_fields.entry("id".to_owned()).or_insert_with(|| text(customer.as_str()));
    RenderRequest {
        version: permitted.version,
        template: permitted.template,
        form,
        to: permitted.address,
        variables: Variables {
            customer: customer_fields,
            event: permitted.event,
            context: permitted.context,
            vars: permitted.vars,
            message,
        },
    }
}
