//! The computing threads of one rank.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::message::Account;
use super::queue::fits;
use super::{Finished, Kind, Work};
use crate::sweep::Verdict;
use crate::wording::counted;

/// With tasks shorter than this, a rank asks for more before it has none.
const PREFETCH: f64 = 0.02;

/// A pool of threads that computes tasks in the order given, and keeps account.
pub(crate) struct Pool {
    threads: rayon::ThreadPool,
    state: Arc<State>,
}

struct State {
    work: Arc<dyn Work>,
    deadline: Option<Instant>,
    stopping: AtomicBool,
    broken: OnceLock<String>,
    waiting: AtomicU64,
    running: AtomicU64,
    tasks: Tally,
    theory: Tally,
    skipped: AtomicU64,
    /// In nanoseconds: integers add up exactly from any number of threads.
    expected_waiting: AtomicU64,
    expected_finished: AtomicU64,
    measured: AtomicU64,
    /// Those that nobody has taken yet, of an open-ended list of tasks.
    verdicts: Mutex<Vec<(u32, Verdict)>>,
}

/// What has been computed of one kind.
#[derive(Default)]
struct Tally {
    done: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    fn finished(&self) -> Finished {
        Finished { done: self.done.load(Ordering::SeqCst), failed: self.failed.load(Ordering::SeqCst) }
    }
}

impl Pool {
    /// No task starts that is not expected to end by the deadline.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub(crate) fn new(threads: usize, work: Arc<dyn Work>, deadline: Option<Instant>) -> Result<Self, String> {
        let state = Arc::new(State {
            work,
            deadline,
            stopping: AtomicBool::new(false),
            broken: OnceLock::new(),
            waiting: AtomicU64::new(0),
            running: AtomicU64::new(0),
            tasks: Tally::default(),
            theory: Tally::default(),
            skipped: AtomicU64::new(0),
            expected_waiting: AtomicU64::new(0),
            expected_finished: AtomicU64::new(0),
            measured: AtomicU64::new(0),
            verdicts: Mutex::default(),
        });
        let on_panic = Arc::clone(&state);
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("compute-{index}"))
            .panic_handler(move |_| on_panic.give_up("a computing thread panicked outside of its task".into()))
            .build()
            .map(|threads| Self { threads, state })
            .map_err(|error| format!("cannot start {}: {error}", counted(threads, "thread")))
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.state.deadline
    }

    pub(crate) fn threads(&self) -> u64 {
        self.threads.current_num_threads() as u64
    }

    /// Queues tasks behind those already here. Each thread takes one after the other: a job for each would cost more
    /// than a short task.
    pub(crate) fn submit(&self, tasks: Vec<u32>) {
        let expected = |task| (task, nanoseconds(self.state.work.expected_seconds(task)));
        let tasks: Vec<(u32, u64)> = tasks.into_iter().map(expected).collect();
        self.state.waiting.fetch_add(tasks.len() as u64, Ordering::SeqCst);
        let sum = tasks.iter().map(|(_, expected)| expected).sum();
        self.state.expected_waiting.fetch_add(sum, Ordering::Relaxed);
        let takers = tasks.len().min(self.threads.current_num_threads());
        let batch = Arc::new((tasks, AtomicUsize::new(0)));
        for _ in 0..takers {
            let (state, batch) = (Arc::clone(&self.state), Arc::clone(&batch));
            self.threads.spawn_fifo(move || {
                let (tasks, next) = &*batch;
                while let Some((task, expected)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    state.execute(*task, *expected);
                }
            });
        }
    }

    /// Lets no further task start.
    pub(crate) fn stop(&self) {
        self.state.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether nothing waits and nothing runs.
    pub(crate) fn is_idle(&self) -> bool {
        self.state.waiting.load(Ordering::SeqCst) == 0 && self.state.running.load(Ordering::SeqCst) == 0
    }

    /// Whether verdicts may call for further tasks.
    pub(crate) fn is_open_ended(&self) -> bool {
        self.state.work.is_open_ended()
    }

    /// The verdicts since the last call, if they may call for further tasks. Those of an idle pool are all there.
    pub(crate) fn take_verdicts(&self) -> Vec<(u32, Verdict)> {
        std::mem::take(&mut self.state.verdicts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What has been done so far, and how many threads want work.
    pub(crate) fn account(&self) -> Account {
        let state = &self.state;
        Account {
            tasks: state.tasks.finished(),
            theory: state.theory.finished(),
            skipped: state.skipped.load(Ordering::SeqCst),
            expected_finished: seconds(&state.expected_finished),
            measured: seconds(&state.measured),
            wants: self.wants(),
            broken: state.broken.get().cloned(),
            ..Account::default()
        }
    }

    /// Idle threads, if it is time to ask for more tasks: at once if a thread has none; early if tasks are so short
    /// that threads would wait for the answer.
    fn wants(&self) -> Option<u64> {
        let state = &self.state;
        if state.stopping.load(Ordering::SeqCst) {
            return None;
        }
        let waiting = state.waiting.load(Ordering::SeqCst);
        let idle = self.threads().saturating_sub(waiting + state.running.load(Ordering::SeqCst));
        let finished = (state.tasks.finished() + state.theory.finished()).all();
        let typical = seconds(&state.measured) / finished.max(1) as f64;
        let ahead = seconds(&state.expected_waiting) * state.calibration() / self.threads() as f64;
        let prefetch = finished > 0 && typical < PREFETCH && ahead < PREFETCH;
        (idle > 0 || prefetch).then_some(idle)
    }
}

impl State {
    fn execute(&self, task: u32, expected: u64) {
        // Up before down: the pool never looks idle in between.
        self.running.fetch_add(1, Ordering::SeqCst);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.expected_waiting.fetch_sub(expected, Ordering::Relaxed);
        let seconds = Duration::from_nanos(expected).as_secs_f64() * self.calibration();
        if self.stopping.load(Ordering::SeqCst) || !fits(seconds, self.deadline) {
            self.skipped.fetch_add(1, Ordering::SeqCst);
        } else {
            let start = Instant::now();
            let verdict = self.work.compute(task);
            self.measured.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
            self.expected_finished.fetch_add(expected, Ordering::Relaxed);
            if let Ok(verdict) = verdict
                && self.work.is_open_ended()
            {
                self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).push((task, verdict));
            }
            let tally = match self.work.kind(task) {
                Kind::Task => &self.tasks,
                Kind::Theory => &self.theory,
            };
            match verdict {
                Ok(Verdict::Done(_)) => tally.done.fetch_add(1, Ordering::SeqCst),
                Ok(Verdict::Failed) => tally.failed.fetch_add(1, Ordering::SeqCst),
                Err(reason) => {
                    self.give_up(reason);
                    self.skipped.fetch_add(1, Ordering::SeqCst)
                }
            };
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
    }

    fn give_up(&self, reason: String) {
        self.broken.get_or_init(|| reason);
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Measured over expected seconds so far.
    fn calibration(&self) -> f64 {
        calibration(seconds(&self.measured), seconds(&self.expected_finished))
    }
}

/// Measured over expected seconds; 1 as long as nothing has been measured.
pub(super) fn calibration(measured: f64, expected: f64) -> f64 {
    if measured > 0.0 && expected > 0.0 { measured / expected } else { 1.0 }
}

fn nanoseconds(seconds: f64) -> u64 {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO).as_nanos() as u64
}

fn seconds(nanoseconds: &AtomicU64) -> f64 {
    Duration::from_nanos(nanoseconds.load(Ordering::Relaxed)).as_secs_f64()
}
