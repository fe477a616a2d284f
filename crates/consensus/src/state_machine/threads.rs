//! The threads on which records are read and written, so that no async worker waits for a disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Jobs that wait for a thread. When so many wait, callers wait for one to start before they queue theirs: a group has one
/// apply job at a time, so this is far more than all groups of a node ask for, and bounds the readers.
const JOBS_WAITING_MAX: usize = 1024;

/// A few threads that run blocking jobs in the order in which they were given.
#[derive(Clone)]
pub struct StorageThreads {
    inner: Arc<Inner>,
}

struct Inner {
    jobs: Mutex<Option<Sender<Job>>>,
    /// One permit for each place in the queue; a job gives its place back when it starts.
    places: Arc<Semaphore>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Job {
    place: OwnedSemaphorePermit,
    run: Box<dyn FnOnce() + Send>,
}

impl StorageThreads {
    /// Starts `count` threads, named `name-0` and so on.
    pub fn start(name: &str, count: usize) -> std::io::Result<Self> {
        let (sender, receiver) = bounded(JOBS_WAITING_MAX);
        let threads = (0..count)
            .map(|number| {
                let receiver: Receiver<Job> = receiver.clone();
                std::thread::Builder::new().name(format!("{name}-{number}")).spawn(move || work(&receiver))
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            inner: Arc::new(Inner {
                jobs: Mutex::new(Some(sender)),
                places: Arc::new(Semaphore::new(JOBS_WAITING_MAX)),
                threads: Mutex::new(threads),
            }),
        })
    }

    /// Runs a job on one of the threads. It runs to its end also when the caller stops waiting.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, JobLost> {
        let place = self.inner.places.clone().acquire_owned().await.map_err(|_| JobLost::Stopped)?;
        let (answer, answered) = oneshot::channel();
        let run = Box::new(move || {
            // A caller that went away does not want the answer.
            let _ = answer.send(job());
        });
        let jobs = self.inner.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        jobs.ok_or(JobLost::Stopped)?.send(Job { place, run }).map_err(|_| JobLost::Stopped)?;
        answered.await.map_err(|_| JobLost::Panicked)
    }

    /// Ends the threads when the jobs that wait have run, and returns when they have ended.
    pub async fn stop(&self) {
        self.inner.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
        // The joining itself cannot fail, and what a job panicked with was answered to its caller.
        let _ = joined.await;
    }
}

fn work(jobs: &Receiver<Job>) {
    for job in jobs {
        drop(job.place);
        // A panic drops the answer's sender inside the job, which tells the caller; the thread goes on with the next job.
        if catch_unwind(AssertUnwindSafe(job.run)).is_err() {
            tracing::error!("a storage job panicked");
        }
    }
}

/// Why a job has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JobLost {
    /// The threads were stopped before the job could be queued.
    #[error("the storage threads have stopped")]
    Stopped,
    /// The job panicked: see the log.
    #[error("a storage job panicked")]
    Panicked,
}

#[cfg(test)]
mod tests;
