//! Sends events until each is answered: makes the calls that the delivery asks for.

mod delivery;

use baton_wire::limits::bytes_in_request;
use baton_wire::pb::v1 as pb;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::time::sleep;
use tonic::Status;

use crate::answer::Answer;
use crate::client::{Client, chance};
use crate::failing::Failing;
use crate::hint::Hint;
use delivery::{Bounds, Call, CallEnd, Delivery};

impl Client {
    /// Sends events until each is answered for good or the time is over. One answer per event, in their order.
    ///
    /// Events of one customer are taken in this order. It is as fast to hand over many events at once as it is to call this
    /// with batches; two calls at the same time know nothing of each other, so give the events of a customer to one.
    /// Dropping the future ends it; what was under way then may have been taken.
    pub async fn ingest(&self, events: Vec<pb::Event>) -> Vec<Answer> {
        let bounds = Bounds {
            give_up_at: self.now() + self.config().give_up_after,
            call_wait_max: self.config().call_wait_max,
            calls_in_flight_max: self.config().calls_in_flight_max,
        };
        let sized = events.iter().map(|event| (event.customer_id.as_str(), bytes_in_request(event)));
        let mut delivery = Delivery::new(sized, bounds);
        let mut calls = FuturesUnordered::new();
        loop {
            self.refresh_if_due();
            let now = self.now();
            let planned = {
                let routes = self.routes();
                delivery.plan(now, |customer| routes.to_owner(customer, now))
            };
            if delivery.is_done() {
                return delivery.into_answers();
            }
            calls.extend(planned.into_iter().map(|call| self.send(call, &events)));
            let pause = delivery.next_plan(now).saturating_sub(now);
            tokio::select! {
                Some((call, answered)) = calls.next() => {
                    let end = self.take(&call, answered, &events);
                    delivery.conclude(call.id, end, self.now(), chance());
                }
                () = sleep(pause) => {}
            }
        }
    }

    async fn send(&self, call: Call, events: &[pb::Event]) -> (Call, Result<pb::IngestResponse, Status>) {
        let events = call.events.iter().map(|event| events[*event].clone()).collect();
        let mut request = tonic::Request::new(pb::IngestRequest { workspace: 0, events });
        request.set_timeout(call.timeout);
        let answered = self.node(&call.to).events().ingest(request).await;
        (call, answered.map(tonic::Response::into_inner))
    }

    /// Takes from an answer what it tells about routes.
    fn take(&self, call: &Call, answered: Result<pb::IngestResponse, Status>, events: &[pb::Event]) -> CallEnd {
        let now = self.now();
        let mut routes = self.routes();
        match answered {
            Ok(response) => {
                routes.is_there(&call.to);
                for (event, result) in call.events.iter().zip(&response.results) {
                    routes.answered(&call.to, &events[*event].customer_id, result);
                }
                for hint in response.hints.iter().filter_map(Hint::of) {
                    routes.learn(hint);
                }
                CallEnd::Answered(response.results)
            }
            Err(status) => {
                let failing = Failing::of(&status);
                match failing {
                    // A batch is refused as a whole only by a node that takes none at all.
                    Failing::NotDone { .. } => routes.avoid(&call.to, now),
                    _ => routes.failed(&call.to, failing, now),
                }
                if failing == Failing::ForGood {
                    return CallEnd::Refused(status);
                }
                CallEnd::Failed { reason: status.message().to_owned(), after: failing.after() }
            }
        }
    }
}
