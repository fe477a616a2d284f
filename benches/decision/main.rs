//! Nanoseconds per decision of one customer: every case runs under the example documents of `journeys/` (all their caps,
//! quiet hours and segments) and one more journey that sends at once.
//!
//! Storage is timed beside it: a decision as rows, and a customer read back from rows. Neither touches a disk.

mod memory;
mod shop;

use std::hint::black_box;

use baton_customer::{Command, Customer, Decision};
use baton_model::event::EventKind;
use baton_storage::records::{decision_writes, load_customer};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use self::memory::Memory;
use self::shop::{Shop, event};

/// Events of a new customer, of a regular one, and of a busy one.
const HISTORY_LENGTHS: [usize; 3] = [10, 100, 1_000];

fn applies(criterion: &mut Criterion) {
    let shop = Shop::open();
    let now = Shop::morning();
    let known = shop.known_customer(10);
    let (ordered, ordering) = decided(&shop, order());
    let hello_due = shop::first_timer(&ordering, now + SignedDuration::from_hours(1));
    let cases: [(&str, &Customer, Command, Timestamp); 5] = [
        ("updates_profile", &known, event("e", EventKind::Identify, "identify", &json!({"plan": "pro"})), now),
        ("triggers_nothing", &known, event("e", EventKind::Track, "Page Opened", &json!({"path": "/"})), now),
        ("enters_and_sends", &known, event("e", EventKind::Track, "Receipt Asked", &json!({"order": "o1"})), now),
        ("enters_three_journeys", &known, order(), now),
        ("wake_sends", &ordered, Command::Wake, hello_due),
    ];
    let mut group = criterion.benchmark_group("decision");
    for (name, customer, command, at) in &cases {
        shop.expect(name, customer, command, *at);
        group.bench_function(*name, |bench| {
            bench.iter_batched(
                || (Customer::clone(customer), command.clone()),
                |(mut customer, command)| {
                    let decision = customer.apply(black_box(command), &shop.environment(*at));
                    (customer, decision)
                },
                BatchSize::SmallInput,
            );
        });
    }
}

/// The same event, the longer the customer is known.
fn applies_by_history(criterion: &mut Criterion) {
    let shop = Shop::open();
    let mut group = criterion.benchmark_group("decision/order_by_history");
    for length in HISTORY_LENGTHS {
        let customer = shop.known_customer(length);
        group.bench_function(BenchmarkId::from_parameter(length), |bench| {
            bench.iter_batched(
                || customer.clone(),
                |mut customer| {
                    let decision = customer.apply(order(), &shop.environment(Shop::morning()));
                    (customer, decision)
                },
                BatchSize::SmallInput,
            );
        });
    }
}

fn storage(criterion: &mut Criterion) {
    let shop = Shop::open();
    let mut group = criterion.benchmark_group("storage");
    let (customer, decision) = decided(&shop, order());
    group.bench_function("decision_writes/order", |bench| {
        bench.iter(|| decision_writes(black_box(&customer), black_box(&decision)));
    });
    for length in HISTORY_LENGTHS {
        let (memory, id) = Memory::of_customer(&shop, length);
        group.bench_function(BenchmarkId::new("load_customer", length), |bench| {
            bench.iter(|| load_customer(&memory, black_box(&id)));
        });
    }
}

fn decided(shop: &Shop, command: Command) -> (Customer, Decision) {
    let mut customer = shop.known_customer(10);
    let decision = customer.apply(command, &shop.environment(Shop::morning()));
    (customer, decision)
}

fn order() -> Command {
    event("order", EventKind::Track, "Order Completed", &json!({"order_id": "o1", "quantity": 2, "total": 19.9}))
}

criterion_group!(benches, applies, applies_by_history, storage);
criterion_main!(benches);
