//! Joining the cluster that this node belongs to.

use baton_ports::gateway::{FoundRequest, Founded, JoinRequest, Joined, Membership, MembershipError};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::Gateway;

impl Membership for Gateway {
    fn found(&self, _request: FoundRequest) -> BoxFuture<'_, Result<Founded, MembershipError>> {
        futures::future::ready(Err(MembershipError::Founded { cluster: self.cluster })).boxed()
    }

    fn join(&self, request: JoinRequest) -> BoxFuture<'_, Result<Joined, MembershipError>> {
        self.system.join(request).boxed()
    }

    fn wall_clock_ms(&self) -> i64 {
        self.clock.wall_now().as_millisecond()
    }

    fn declines_leads(&self) -> bool {
        self.readiness.disk_is_low()
    }
}
