//! Jobs, panics and stopping.

use super::*;

#[tokio::test]
async fn a_job_answers_from_a_named_thread() {
    let threads = StorageThreads::start("records", 1).unwrap();
    let name = threads.run(|| std::thread::current().name().map(str::to_owned)).await.unwrap();
    assert_eq!(name.as_deref(), Some("records-0"));
}

#[tokio::test]
async fn a_panic_is_told_and_the_thread_goes_on() {
    let threads = StorageThreads::start("records", 1).unwrap();
    let lost = threads.run(|| panic!("for the test")).await;
    assert_eq!(lost, Err::<(), _>(JobLost::Panicked));
    assert_eq!(threads.run(|| 7).await, Ok(7));
}

#[tokio::test]
async fn stopping_runs_what_waits_and_refuses_the_rest() {
    let threads = StorageThreads::start("records", 1).unwrap();
    let waiting: Vec<_> = (0..50)
        .map(|number| {
            let threads = threads.clone();
            tokio::spawn(async move { threads.run(move || number).await })
        })
        .collect();
    for (number, job) in waiting.into_iter().enumerate() {
        assert_eq!(job.await.unwrap(), Ok(number));
    }
    threads.stop().await;
    assert_eq!(threads.run(|| ()).await, Err(JobLost::Stopped));
}
