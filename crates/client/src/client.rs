//! The client: what it knows of the cluster, its connections, and calls that are made until one succeeds.

mod manner;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_wire::pb::admin::v1 as admin;
use tokio::time::{Instant, sleep};
use tonic::{Request, Response, Status};

use crate::address::Address;
use crate::backoff;
use crate::config::{ClientConfig, ConfigError};
use crate::failing::Failing;
use crate::hint::Hint;
use crate::node::Node;
use crate::nodes::Nodes;
use crate::routes::Routes;
use manner::Manner;

/// How long the cluster may take to say who leads: a node waits up to 2 s for others. Then another one is asked.
const REFRESH_WAIT_MAX: Duration = Duration::from_secs(3);

/// The wait before the endpoints are asked again whether one takes a connection.
const REACH_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// A client of a cluster. Clones share what they learn, and the connections.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: ClientConfig,
    endpoints: Vec<Address>,
    nodes: Nodes,
    routes: Mutex<Routes>,
    /// What the times of the pure parts count from.
    began: Instant,
}

/// No endpoint took a connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no node can be reached: {}", .tried.iter().map(|(at, why)| format!("{at}: {why}")).collect::<Vec<_>>().join("; "))]
pub struct Unreachable {
    /// Each endpoint and why it was not reached.
    pub tried: Vec<(Address, String)>,
}

impl Client {
    /// A client of the cluster that these nodes belong to. Connections are opened when they are first needed.
    pub fn connect(config: ClientConfig) -> Result<Self, ConfigError> {
        let endpoints = config.endpoints.iter().map(|text| Address::parse(text)).collect::<Result<Vec<_>, _>>()?;
        if endpoints.is_empty() {
            return Err(ConfigError::NoEndpoint);
        }
        if config.calls_in_flight_max == 0 {
            return Err(ConfigError::NoCalls);
        }
        let routes = Mutex::new(Routes::new(endpoints.clone()));
        let (nodes, began) = (Nodes::default(), Instant::now());
        Ok(Self { shared: Arc::new(Shared { config, endpoints, nodes, routes, began }) })
    }

    /// Connects to the first endpoint that can be reached, and asks around again for so long at most: for a person who
    /// should hear soon that there is nobody.
    pub async fn reach(&self, within: Duration) -> Result<Node, Unreachable> {
        let give_up_at = self.now() + within;
        loop {
            match self.reach_once().await {
                Err(_) if self.now() + REACH_AGAIN_AFTER < give_up_at => sleep(REACH_AGAIN_AFTER).await,
                reached => return reached,
            }
        }
    }

    async fn reach_once(&self) -> Result<Node, Unreachable> {
        let mut tried = Vec::new();
        for address in &self.shared.endpoints {
            match self.shared.nodes.connect(address).await {
                Ok(node) => return Ok(node),
                Err(error) => {
                    self.routes().failed(address, Failing::NotSent, self.now());
                    tried.push((address.clone(), root_cause(&error)));
                }
            }
        }
        Err(Unreachable { tried })
    }

    /// Makes a call that may be repeated, at one node after the other, until one answers, one refuses for good, or the time
    /// is over. The last status is what is given back then.
    pub async fn ask<Q: Clone, A>(
        &self,
        request: Q,
        call: impl AsyncFn(Node, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Status> {
        self.run(Manner::Repeatable, None, request, call).await
    }

    /// As [`Self::ask`], beginning with the node that decides about that customer, if it is known.
    pub async fn ask_about<Q: Clone, A>(
        &self,
        customer: &str,
        request: Q,
        call: impl AsyncFn(Node, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Status> {
        self.refresh_if_due();
        self.run(Manner::Repeatable, Some(customer), request, call).await
    }

    /// As [`Self::ask`], for calls that may take longer than this client waits for others: one that was begun in time is
    /// waited for as long as its node is there.
    pub async fn ask_for_long<Q: Clone, A>(
        &self,
        request: Q,
        call: impl AsyncFn(Node, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Status> {
        self.run(Manner::Long, None, request, call).await
    }

    /// Makes a call that must not happen twice. It is made again only if it certainly did not happen.
    pub async fn tell<Q: Clone, A>(
        &self,
        request: Q,
        call: impl AsyncFn(Node, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Status> {
        self.run(Manner::Once, None, request, call).await
    }

    pub(crate) fn config(&self) -> &ClientConfig {
        &self.shared.config
    }

    /// Since this client was made.
    pub(crate) fn now(&self) -> Duration {
        self.shared.began.elapsed()
    }

    pub(crate) fn node(&self, address: &Address) -> Node {
        self.shared.nodes.at(address)
    }

    /// Not held across a wait. What a panic left behind is at worst out of date, as routes may be anyway.
    pub(crate) fn routes(&self) -> MutexGuard<'_, Routes> {
        self.shared.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the cluster who leads, beside whatever is going on, if something is not known and it was not asked just now.
    pub(crate) fn refresh_if_due(&self) {
        let now = self.now();
        let mut routes = self.routes();
        if let Some(address) = routes.begin_refresh(now) {
            tokio::spawn(self.clone().refresh(address));
        }
    }

    async fn refresh(self, address: Address) {
        let mut request = Request::new(admin::GetClusterRequest {});
        request.set_timeout(REFRESH_WAIT_MAX);
        let answered = self.node(&address).cluster().get_cluster(request).await;
        let mut routes = self.routes();
        match answered {
            Ok(cluster) => {
                routes.is_there(&address);
                routes.learn_cluster(cluster.get_ref());
                self.shared.nodes.keep(|address| routes.is_known(address));
            }
            Err(status) => routes.failed(&address, Failing::of(&status), self.now()),
        }
    }

    async fn run<Q: Clone, A>(
        &self,
        manner: Manner,
        customer: Option<&str>,
        request: Q,
        call: impl AsyncFn(Node, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Status> {
        let give_up_at = self.now() + self.config().give_up_after;
        let mut last: Option<Address> = None;
        let mut tries = 0;
        loop {
            let now = self.now();
            let address = match (customer, &last) {
                (Some(customer), None) => self.routes().to_owner(customer, now),
                _ => self.routes().to_anyone(now, last.as_ref()).clone(),
            };
            let mut attempt = Request::new(request.clone());
            if manner.is_bounded() {
                attempt.set_timeout(give_up_at.saturating_sub(now));
            }
            let status = match call(self.node(&address), attempt).await {
                Ok(response) => {
                    let mut routes = self.routes();
                    routes.is_there(&address);
                    if let Some(hint) = Hint::of_headers(response.metadata()) {
                        routes.learn(hint);
                    }
                    drop(routes);
                    return Ok(response.into_inner());
                }
                Err(status) => status,
            };
            let failing = Failing::of(&status);
            let failed_at = self.now();
            self.routes().failed(&address, failing, failed_at);
            if let (Some(customer), Failing::NotDone { .. }) = (customer, failing) {
                self.routes().does_not_lead(&address, customer);
            }
            let pause = backoff::wait(tries, failing.after(), chance());
            if !failing.may_repeat(manner.is_repeatable()) || failed_at + pause >= give_up_at {
                return Err(status);
            }
            sleep(pause).await;
            tries += 1;
            last = Some(address);
        }
    }
}

/// Spreads clients that failed at the same moment.
pub(crate) fn chance() -> u128 {
    uuid::Uuid::new_v4().as_u128()
}

/// The innermost error: the outer ones only say that something failed.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
