//! Local workers: how many trials run at once, and how they stop.
//!
//! In: jobs in the order wanted. Out: their results, handed over as they come. A task's preparation is a job of its
//! own that its trials wait for; workers stay busy with other tasks meanwhile.
//!
//! Invariant: results never depend on the number of workers, only their order of arrival does.

mod memory;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    deadline: Option<Instant>,
}

/// With less memory than this (MiB) on the machine, no job is begun beside others.
const LEAST_MB: u64 = 512;

impl Workers {
    /// `count` workers (at least one) that take no new job once `stop` is asked.
    pub fn new(count: usize, stop: Stop) -> Self {
        let count = count.max(1);
        Self { places: Arc::new(Semaphore::new(count)), count, stop, deadline: None }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The wish to stop that these workers obey.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Takes no new job after that time; those under way come to their end.
    #[must_use]
    pub fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Whether the time for new jobs is over.
    pub fn expired(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Waits while the machine has no memory for one more job; a job that would be the only one never waits.
    async fn admitted(&self) {
        while self.places.available_permits() + 1 < self.count
            && !self.stop.asked()
            && memory::available_mb().is_some_and(|mb| mb < LEAST_MB)
        {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Runs a blocking job when a worker is free. `None`: it was not begun because of a stop, or it panicked.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        self.admitted().await;
        if self.stop.asked() || self.expired() {
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

/// Memory that one trial is expected to want, in MiB: what a compiler and a linker take on a middling crate.
const TRIAL_MB: u64 = 1536;

/// The number of workers that `--jobs auto` means: one a core, but no more than the memory at hand carries.
pub fn automatic() -> usize {
    carried(cores(), memory::available_mb())
}

fn carried(cores: usize, available_mb: Option<u64>) -> usize {
    let by_memory = available_mb.map_or(usize::MAX, |mb| (mb / TRIAL_MB) as usize);
    cores.min(by_memory).max(1)
}

/// Processor cores that this process may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Threads that the tests and the compiler of one of `jobs` trials may use, so that trials do not starve each other. Two
/// at least: libtest with one runs tests on its main thread, whose stack is another.
pub fn threads(jobs: usize) -> usize {
    cores().div_ceil(jobs.max(1)).max(2)
}

/// By which runners and compilers learn how many threads they may use.
pub fn thread_variables(threads: usize) -> BTreeMap<String, String> {
    const NAMES: &[&str] = &[
        "RUST_TEST_THREADS",
        "CARGO_BUILD_JOBS",
        "NEXTEST_TEST_THREADS",
        "VITEST_MAX_THREADS",
        "VITEST_MAX_FORKS",
        "VITEST_MAX_WORKERS",
        "PYTEST_XDIST_AUTO_NUM_WORKERS",
        "GOMAXPROCS",
    ];
    // vitest refuses a largest number below its smallest, which goes by the cores of the machine.
    const LEAST: &[&str] = &["VITEST_MIN_THREADS", "VITEST_MIN_FORKS"];
    let most = NAMES.iter().map(|name| ((*name).to_owned(), threads.to_string()));
    most.chain(LEAST.iter().map(|name| ((*name).to_owned(), "1".to_owned()))).collect()
}

/// Calls `job` until its result is worth keeping or tries are used up, with longer and longer pauses between.
pub fn retried<T>(pauses: &[Duration], again: impl Fn(&T) -> bool, mut job: impl FnMut() -> T) -> T {
    let mut result = job();
    for pause in pauses {
        if !again(&result) {
            break;
        }
        std::thread::sleep(*pause);
        result = job();
    }
    result
}

/// Positions in the order in which work should begin: what takes longest first, what is not known before all, else as
/// given. A long task begun last leaves all workers but one idle.
pub fn slowest_first(seconds: &[Option<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..seconds.len()).collect();
    let weight = |index: usize| seconds.get(index).copied().flatten().unwrap_or(f64::INFINITY);
    order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
    order
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
                    std::thread::sleep(Duration::from_millis(10));
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
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    let mut counts = state.lock().unwrap();
                    counts.0 -= 1;
                    counts.2 += 1;
                }
            }),
        ));
        assert_eq!(*state.lock().unwrap(), (0, 3, 10));
    }

    #[test]
    fn workers_are_as_many_as_cores_and_memory_carry() {
        for (cores, mb, expected) in
            [(8, None, 8), (8, Some(24_000), 8), (8, Some(4_000), 2), (8, Some(100), 1)]
        {
            assert_eq!(carried(cores, mb), expected, "{cores} cores, {mb:?} MiB");
        }
        assert_eq!(threads(10_000), 2);
        assert!(threads(1) >= cores());
    }

    #[test]
    fn the_slowest_begin_first_and_the_unknown_before_them() {
        assert_eq!(slowest_first(&[Some(1.0), None, Some(9.0), Some(1.0), None]), [1, 4, 2, 0, 3]);
    }

    #[test]
    fn only_what_is_not_worth_keeping_is_tried_again() {
        let pauses = [Duration::ZERO; 2];
        let mut calls = 0;
        let mut count = |good_from: u32| {
            calls = 0;
            retried(
                &pauses,
                |done: &bool| !done,
                || {
                    calls += 1;
                    calls >= good_from
                },
            );
            calls
        };
        assert_eq!([count(1), count(2), count(3), count(9)], [1, 2, 3, 3]);
    }

    #[test]
    fn after_its_time_nothing_new_begins() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        let workers = Workers::new(1, Stop::default()).until(Some(Instant::now()));
        assert_eq!(runtime.block_on(workers.run(|| 1)), None);
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(runtime.block_on(workers.until(Some(later)).run(|| 1)), Some(1));
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
