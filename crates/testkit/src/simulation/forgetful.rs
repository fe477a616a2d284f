//! A voter restarts within the lease that it granted: the one coincidence that chance brings about too rarely.
//!
//! One node does not hear of the leader and is about to stand for election. The third restarts, and the leader is alone. If
//! the third votes at once, there is a new leader while the old one still believes in its lease, and answers reads.

use std::collections::VecDeque;

use super::client::Client;
use super::documents::message;
use super::fault::Fault;
use super::raft::VOTERS;
use super::server::events_of;
use super::world::World;

/// How long before the election the third one restarts, in milliseconds.
const BEFORE_ELECTION: u64 = 20;

/// More things than happen until then, and until there is another leader.
const STEPS_MAX: usize = 20_000;

/// Lives through it, with one rule broken if `fault` says so. `Err`: a read that the old leader may answer misses what was acknowledged.
pub fn vote_after_restart(seed: u64, fault: Option<Fault>) -> Result<(), String> {
    let mut world = World::new(seed, 1, fault);
    world.heal();
    run(&mut world, World::is_over)?;
    let leads = |world: &World, place: usize| world.nodes[place].groups[0].0.raft.leads().is_some();
    let leader = (0..VOTERS).find(|place| leads(&world, *place)).ok_or("nobody leads")?;
    let (near, far) = ((leader + 1) % VOTERS, (leader + 2) % VOTERS);
    world.network.cut[leader][far] = true;
    world.network.cut[far][leader] = true;
    run(&mut world, |world| world.nodes[far].groups[0].0.raft.due() <= world.now + BEFORE_ELECTION)?;
    world.isolate(leader);
    world.crash_and_restart(near);
    let (customer, event) = (world.customers[0].clone(), message(99, 0));
    world.clients[0] = Client::at(far, VecDeque::from([(customer.clone(), event.clone())]));
    let acknowledged =
        |world: &World| world.judges[0].acknowledged.get(&customer).is_some_and(|all| all.contains(&event));
    run(&mut world, acknowledged)?;
    let (replica, _) = &world.nodes[leader].groups[0];
    let seen = events_of(&replica.standing.rows, &customer)?;
    let needs_lease = fault != Some(Fault::ReadsWithoutLease);
    let answers = replica.raft.read_index(world.now, needs_lease).is_some();
    if answers && !seen.contains(&event) {
        return Err(format!("a read at node {leader} would be stale: {event} is acknowledged"));
    }
    Ok(())
}

fn run(world: &mut World, until: impl Fn(&World) -> bool) -> Result<(), String> {
    for _ in 0..STEPS_MAX {
        if until(world) {
            return Ok(());
        }
        world.calm_step()?;
    }
    Err(format!("it does not come to that: {}", world.describe()))
}
