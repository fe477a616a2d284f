//! What goes on while things break: clients that send events, and registers that are written and read.

mod client;
mod progress;
mod registers;

use std::sync::Arc;
use std::time::Duration;

use baton_client::{Client as Cluster, ClientConfig};
use jiff::Timestamp;
use tests::waiting::eventually;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::verdict::now;
pub(crate) use client::{Client, Manner, event};
use progress::Progress;
pub(crate) use registers::Register;

/// Clients at a time.
const CLIENTS: [Manner; 3] = [Manner::Patient, Manner::Patient, Manner::Impatient];

/// Customers whose reads and writes are checked.
const REGISTERS: usize = 2;

/// A running load. Its customers carry its name, so that no two loads share one.
pub(crate) struct Load {
    began: Timestamp,
    stop: watch::Sender<bool>,
    progress: Vec<Arc<Progress>>,
    clients: Vec<JoinHandle<Client>>,
    registers: Vec<JoinHandle<Register>>,
}

/// A load that has ended.
pub(crate) struct Loaded {
    pub(crate) began: Timestamp,
    pub(crate) clients: Vec<Client>,
    pub(crate) registers: Vec<Register>,
}

impl Load {
    pub(crate) fn start(name: &str, endpoints: &[String]) -> Self {
        let began = now();
        let name = name.replace(' ', "-");
        let (stop, stopped) = watch::channel(false);
        let (mut progress, mut clients, mut registers) = (Vec::new(), Vec::new(), Vec::new());
        for (number, manner) in CLIENTS.into_iter().enumerate() {
            let client = Client::new(&name, number, manner);
            progress.push(client.progress());
            clients.push(tokio::spawn(client.run(endpoints.to_vec(), stopped.clone())));
        }
        for number in 0..REGISTERS {
            let register = Register::new(&name, number);
            progress.push(register.progress());
            registers.push(tokio::spawn(register.run(endpoints.to_vec(), stopped.clone())));
        }
        Self { began, stop, progress, clients, registers }
    }

    /// Waits until each client and register had something acknowledged since this was called.
    pub(crate) async fn everyone_is_served(&self) {
        let before: Vec<usize> = self.progress.iter().map(|progress| progress.acknowledged()).collect();
        eventually("every client is served", async || {
            let now = self.progress.iter().map(|progress| progress.acknowledged());
            now.zip(&before).all(|(now, before)| now > *before).then_some(())
        })
        .await;
    }

    /// Ends it, on a cluster to which nothing happens any more: what patient clients have left is sent until it is taken.
    pub(crate) async fn stop(self, cluster: &Cluster) -> Loaded {
        self.stop.send(true).unwrap();
        let (mut clients, mut registers) = (Vec::new(), Vec::new());
        for client in self.clients {
            let mut client = client.await.unwrap();
            client.finish(cluster).await;
            clients.push(client);
        }
        for register in self.registers {
            registers.push(register.await.unwrap());
        }
        Loaded { began: self.began, clients, registers }
    }
}

/// A client that gives up after a while.
fn cluster(endpoints: Vec<String>, give_up_after: Duration) -> Cluster {
    Cluster::connect(ClientConfig { give_up_after, ..ClientConfig::to(endpoints) }).unwrap()
}
