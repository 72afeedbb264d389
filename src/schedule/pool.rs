//! The computing threads of one rank.

use std::collections::VecDeque;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::message::{Account, Timed};
use super::queue::fits;
use super::seat::Seat;
use super::{Finished, Kind, Work};
use crate::sweep::Verdict;
use crate::wording::counted;

/// With tasks shorter than this, a rank asks for more before it has none.
const PREFETCH: f64 = 0.02;
/// At most this many slow tasks are listed.
const SLOW_NAMED: usize = 16;

/// Threads that compute tasks in the order given, and keep account.
///
/// A thread cannot be stopped. One whose task exceeds the limit is abandoned: its task has failed, another thread takes
/// its seat, and its late result no longer counts.
pub(crate) struct Pool {
    state: Arc<State>,
}

struct State {
    work: Arc<dyn Work>,
    begun: Instant,
    deadline: Option<Instant>,
    /// What a task may take.
    task_limit: Option<Duration>,
    stopping: AtomicBool,
    broken: OnceLock<String>,
    /// Tasks with their expected nanoseconds.
    queue: Mutex<VecDeque<(u32, u64)>>,
    /// There is something in the queue, or the pool is gone.
    news: Condvar,
    closed: AtomicBool,
    seats: Mutex<Vec<Arc<Seat>>>,
    waiting: AtomicU64,
    running: AtomicU64,
    tasks: Tally,
    theory: Tally,
    skipped: AtomicU64,
    /// In nanoseconds: integers add up exactly from any number of threads.
    expected_waiting: AtomicU64,
    expected_finished: AtomicU64,
    measured: AtomicU64,
    /// What took longest of all that has been computed, with its nanoseconds, which are looked at first.
    longest: AtomicU64,
    slowest: Mutex<Option<u32>>,
    /// Those that have not been taken yet, of an open-ended list of tasks.
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
    /// No task starts that is not expected to end by the deadline, and none continues beyond the limit.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub(crate) fn new(
        threads: usize,
        work: Arc<dyn Work>,
        deadline: Option<Instant>,
        task_limit: Option<Duration>,
    ) -> Result<Self, String> {
        let state = Arc::new(State {
            work,
            begun: Instant::now(),
            deadline,
            task_limit,
            stopping: AtomicBool::new(false),
            broken: OnceLock::new(),
            queue: Mutex::default(),
            news: Condvar::new(),
            closed: AtomicBool::new(false),
            seats: Mutex::default(),
            waiting: AtomicU64::new(0),
            running: AtomicU64::new(0),
            tasks: Tally::default(),
            theory: Tally::default(),
            skipped: AtomicU64::new(0),
            expected_waiting: AtomicU64::new(0),
            expected_finished: AtomicU64::new(0),
            measured: AtomicU64::new(0),
            longest: AtomicU64::new(0),
            slowest: Mutex::default(),
            verdicts: Mutex::default(),
        });
        // Whatever has been started ends when this is dropped.
        let pool = Self { state };
        for _ in 0..threads {
            let seat = pool.state.start_thread();
            let seat = seat.map_err(|error| format!("cannot start {}: {error}", counted(threads, "thread")))?;
            locked(&pool.state.seats).push(seat);
        }
        Ok(pool)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.state.deadline
    }

    pub(crate) fn threads(&self) -> u64 {
        locked(&self.state.seats).len() as u64
    }

    /// Queues tasks behind those already here.
    pub(crate) fn submit(&self, tasks: Vec<u32>) {
        let expected = |task| (task, nanoseconds(self.state.work.expected_seconds(task)));
        let tasks: Vec<(u32, u64)> = tasks.into_iter().map(expected).collect();
        if tasks.is_empty() {
            return;
        }
        self.state.waiting.fetch_add(tasks.len() as u64, Ordering::SeqCst);
        let sum = tasks.iter().map(|(_, expected)| expected).sum();
        self.state.expected_waiting.fetch_add(sum, Ordering::Relaxed);
        locked(&self.state.queue).extend(tasks);
        self.state.news.notify_all();
    }

    /// Lets no further task start.
    pub(crate) fn stop(&self) {
        self.state.stopping.store(true, Ordering::SeqCst);
    }

    /// Gives up on tasks that take longer than they may, and puts other threads in the place of theirs.
    pub(crate) fn look_after_seats(&self) {
        if let Some(limit) = self.state.task_limit {
            self.state.abandon(limit);
        }
    }

    /// Tasks that take much longer than expected.
    fn slow(&self) -> Vec<u32> {
        let seats = locked(&self.state.seats);
        seats.iter().filter_map(|seat| seat.slow_task()).take(SLOW_NAMED).collect()
    }

    /// Since when threads have been here.
    pub(crate) fn age(&self) -> Duration {
        self.state.begun.elapsed()
    }

    fn oldest(&self) -> Option<Timed> {
        let seats = locked(&self.state.seats);
        let (task, since) = seats.iter().filter_map(|seat| seat.in_hand()).min_by_key(|(_, since)| *since)?;
        Some(Timed { task, seconds: since.saturating_duration_since(self.state.begun).as_secs_f64() })
    }

    fn slowest(&self) -> Option<Timed> {
        let task = (*locked(&self.state.slowest))?;
        Some(Timed { task, seconds: seconds(&self.state.longest) })
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
        std::mem::take(&mut locked(&self.state.verdicts))
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
            slow: self.slow(),
            oldest: self.oldest(),
            slowest: self.slowest(),
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

impl Drop for Pool {
    fn drop(&mut self) {
        // Under the lock, so that a thread that has just looked does not wait for ever.
        let queue = locked(&self.state.queue);
        self.state.closed.store(true, Ordering::SeqCst);
        drop(queue);
        self.state.news.notify_all();
    }
}

impl State {
    /// Starts a thread that takes one task after the other.
    fn start_thread(self: &Arc<Self>) -> std::io::Result<Arc<Seat>> {
        let seat = Arc::new(Seat::default());
        let (state, own) = (Arc::clone(self), Arc::clone(&seat));
        let work = move || {
            let work = || while state.next().is_some_and(|(task, expected)| state.execute(&own, task, expected)) {};
            if panic::catch_unwind(AssertUnwindSafe(work)).is_err() {
                state.give_up("a computing thread panicked outside of its task".into());
            }
        };
        std::thread::Builder::new().name("compute".into()).spawn(work)?;
        Ok(seat)
    }

    /// The next task, waited for; none if there will be no more.
    fn next(&self) -> Option<(u32, u64)> {
        let is_silent = |queue: &mut VecDeque<_>| queue.is_empty() && !self.closed.load(Ordering::SeqCst);
        let queue = self.news.wait_while(locked(&self.queue), is_silent);
        let (task, expected) = queue.unwrap_or_else(PoisonError::into_inner).pop_front()?;
        // Up before down: the pool never looks idle in between.
        self.running.fetch_add(1, Ordering::SeqCst);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.expected_waiting.fetch_sub(expected, Ordering::Relaxed);
        Some((task, expected))
    }

    /// Computes a task, if there is time for it; whether the thread still has its seat.
    fn execute(&self, seat: &Seat, task: u32, expected: u64) -> bool {
        let seconds = Duration::from_nanos(expected).as_secs_f64() * self.calibration();
        if self.stopping.load(Ordering::SeqCst) || !fits(seconds, self.deadline) {
            self.skipped.fetch_add(1, Ordering::SeqCst);
        } else {
            let start = Instant::now();
            seat.take(task, start, seconds);
            let Some(verdict) = self.work.compute(task, &|| seat.leave()) else { return false };
            let taken = start.elapsed().as_nanos() as u64;
            self.measured.fetch_add(taken, Ordering::Relaxed);
            self.note_longest(task, taken);
            self.expected_finished.fetch_add(expected, Ordering::Relaxed);
            self.settle(task, verdict);
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
        true
    }

    fn note_longest(&self, task: u32, taken: u64) {
        if taken > self.longest.load(Ordering::Relaxed) {
            let mut slowest = locked(&self.slowest);
            // Another thread may have been here in between.
            if taken > self.longest.fetch_max(taken, Ordering::Relaxed) {
                *slowest = Some(task);
            }
        }
    }

    /// Records the outcome of a task.
    fn settle(&self, task: u32, verdict: Result<Verdict, String>) {
        if let Ok(verdict) = verdict
            && self.work.is_open_ended()
        {
            locked(&self.verdicts).push((task, verdict));
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

    /// Fails the tasks that have taken longer than the limit. What they took says nothing of other tasks, and does not
    /// enter the calibration.
    fn abandon(self: &Arc<Self>, limit: Duration) {
        for seat in locked(&self.seats).iter_mut() {
            let Some(task) = seat.leave_after(limit) else { continue };
            self.settle(task, self.work.give_up(task, limit));
            match self.start_thread() {
                Ok(other) => *seat = other,
                Err(error) => self.give_up(format!("cannot start a thread to replace one that hangs: {error}")),
            }
            self.running.fetch_sub(1, Ordering::SeqCst);
        }
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

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
