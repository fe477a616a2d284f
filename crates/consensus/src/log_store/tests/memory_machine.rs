//! A state machine that remembers what it must and nothing else.

use std::io;
use std::sync::{Arc, Mutex};

use futures::{Stream, TryStreamExt};
use openraft::alias::{SnapshotMetaOf, SnapshotOf, StoredMembershipOf};
use openraft::storage::{EntryResponder, RaftSnapshotBuilder, RaftStateMachine};
use openraft::{EntryPayload, OptionalSend};

use crate::type_config::{LogId, Outcome, TypeConfig};

#[derive(Clone, Default)]
pub(super) struct MemoryMachine(Arc<Mutex<Machine>>);

#[derive(Default)]
struct Machine {
    applied: Option<LogId>,
    membership: StoredMembershipOf<TypeConfig>,
    snapshot: Option<SnapshotMetaOf<TypeConfig>>,
}

impl RaftSnapshotBuilder<TypeConfig> for MemoryMachine {
    type SnapshotData = ();

    async fn build_snapshot(&mut self) -> Result<SnapshotOf<TypeConfig, ()>, io::Error> {
        let mut machine = self.0.lock().unwrap();
        let meta =
            SnapshotMetaOf::<TypeConfig> { last_log_id: machine.applied, last_membership: machine.membership.clone() };
        machine.snapshot = Some(meta.clone());
        Ok(SnapshotOf::<TypeConfig, ()> { meta, snapshot: () })
    }
}

impl RaftStateMachine<TypeConfig> for MemoryMachine {
    type SnapshotData = ();
    type SnapshotBuilder = Self;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, StoredMembershipOf<TypeConfig>), io::Error> {
        let machine = self.0.lock().unwrap();
        Ok((machine.applied, machine.membership.clone()))
    }

    async fn apply<S>(&mut self, mut entries: S) -> Result<(), io::Error>
    where
        S: Stream<Item = Result<EntryResponder<TypeConfig>, io::Error>> + Unpin + OptionalSend,
    {
        while let Some((entry, responder)) = entries.try_next().await? {
            let mut machine = self.0.lock().unwrap();
            machine.applied = Some(entry.log_id);
            if let EntryPayload::Membership(membership) = entry.payload {
                machine.membership = StoredMembershipOf::<TypeConfig>::new(Some(entry.log_id), membership);
            }
            if let Some(responder) = responder {
                responder.send(Outcome::Internal);
            }
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> Self {
        self.clone()
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMetaOf<TypeConfig>, (): ()) -> Result<(), io::Error> {
        let mut machine = self.0.lock().unwrap();
        machine.applied = meta.last_log_id;
        machine.membership = meta.last_membership.clone();
        machine.snapshot = Some(meta.clone());
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<SnapshotOf<TypeConfig, ()>>, io::Error> {
        let snapshot = self.0.lock().unwrap().snapshot.clone();
        Ok(snapshot.map(|meta| SnapshotOf::<TypeConfig, ()> { meta, snapshot: () }))
    }
}
