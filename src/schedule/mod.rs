//! Local workers: how many trials run at once, and how they stop.
//!
//! In: jobs in the order wanted. Out: their results, handed over as they come. A task's preparation is a job of its
//! own that its trials wait for; workers stay busy with other tasks meanwhile.
//!
//! Invariant: results never depend on the number of workers, only their order of arrival does.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// A wish to stop, shared by everybody: set once, never unset.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks everybody to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A fixed number of workers for blocking jobs.
#[derive(Clone)]
pub struct Workers {
    places: Arc<Semaphore>,
    count: usize,
    stop: Stop,
}

impl Workers {
    /// `count` workers (at least one) that take no new job once `stop` is asked.
    pub fn new(count: usize, stop: Stop) -> Self {
        let count = count.max(1);
        Self { places: Arc::new(Semaphore::new(count)), count, stop }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The wish to stop that these workers obey.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Runs a blocking job when a worker is free. `None`: it was not begun because of a stop, or it panicked.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        if self.stop.asked() {
            return None;
        }
        tokio::task::spawn_blocking(move || {
            let result = job();
            drop(place);
            result
        })
        .await
        .ok()
    }
}

/// Drives all futures to their end.
pub async fn all<F>(futures: impl IntoIterator<Item = F>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut set: JoinSet<()> = futures.into_iter().collect();
    while set.join_next().await.is_some() {}
}

/// Drives all futures to their end, no more than `limit` (at least one) at once; the next begins in their order.
pub async fn at_most<F>(limit: usize, futures: impl IntoIterator<Item = F>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut waiting = futures.into_iter();
    let mut set: JoinSet<()> = waiting.by_ref().take(limit.max(1)).collect();
    while set.join_next().await.is_some() {
        if let Some(next) = waiting.next() {
            set.spawn(next);
        }
    }
}

/// The number of workers that `--jobs auto` means: one a core.
pub fn automatic() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn no_more_jobs_run_at_once_than_there_are_workers() {
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let workers = Workers::new(2, Stop::default());
        let state = Arc::new(Mutex::new((0_u32, 0_u32)));
        runtime.block_on(all((0..8).map(|_| {
            let (workers, state) = (workers.clone(), Arc::clone(&state));
            async move {
                let job = move || {
                    {
                        let mut counts = state.lock().unwrap();
                        counts.0 += 1;
                        counts.1 = counts.1.max(counts.0);
                    }
                    std::thread::sleep(std::time::Duration::from_millis(10));
                    state.lock().unwrap().0 -= 1;
                };
                workers.run(job).await;
            }
        })));
        assert_eq!(*state.lock().unwrap(), (0, 2));
    }

    #[test]
    fn no_more_futures_are_open_at_once_than_the_limit() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        let state = Arc::new(Mutex::new((0_u32, 0_u32, 0_u32)));
        runtime.block_on(at_most(
            3,
            (0..10).map(|_| {
                let state = Arc::clone(&state);
                async move {
                    {
                        let mut counts = state.lock().unwrap();
                        counts.0 += 1;
                        counts.1 = counts.1.max(counts.0);
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                    let mut counts = state.lock().unwrap();
                    counts.0 -= 1;
                    counts.2 += 1;
                }
            }),
        ));
        assert_eq!(*state.lock().unwrap(), (0, 3, 10));
    }

    #[test]
    fn a_stop_lets_nothing_new_begin() {
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let stop = Stop::default();
        let workers = Workers::new(1, stop.clone());
        assert_eq!(runtime.block_on(workers.run(|| 1)), Some(1));
        stop.ask();
        assert_eq!(runtime.block_on(workers.run(|| 2)), None);
    }
}
