//! The computing threads of one rank.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::Work;
use super::crew::{Crew, Given};
use super::message::Account;
use crate::machine::clock::Moment;
use crate::machine::threads::{self, News, lock};
use crate::wording::counted;

/// Threads that compute tasks in the order given, and keep account.
///
/// A thread cannot be stopped. One whose task exceeds the limit is abandoned: its task has failed, another thread takes
/// its place, and its late result no longer counts.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    work: Arc<dyn Work>,
    begun: Moment,
    task_limit: Option<Duration>,
    crew: Mutex<Crew>,
    /// There is something to do, or the pool is gone.
    news: News,
}

impl Pool {
    /// No task starts that is not expected to end by the deadline, and none continues beyond the limit.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub(crate) fn new(
        threads: usize,
        work: Arc<dyn Work>,
        deadline: Option<Moment>,
        task_limit: Option<Duration>,
    ) -> Result<Self, String> {
        let begun = Moment::now();
        let deadline = deadline.map(|deadline| deadline.since(begun));
        let crew = Mutex::new(Crew::new(deadline, task_limit, work.is_open_ended()));
        let shared = Arc::new(Shared { work, begun, task_limit, crew, news: News::default() });
        // Whatever has been started ends when this is dropped.
        let pool = Self { shared };
        let started = (0..threads).try_for_each(|_| pool.shared.start_thread());
        started.map_err(|error| format!("cannot start {}: {error}", counted(threads, "thread")))?;
        Ok(pool)
    }

    pub(crate) fn threads(&self) -> u64 {
        self.shared.crew().threads()
    }

    /// Since when threads have been here.
    pub(super) fn age(&self) -> Duration {
        self.shared.begun.elapsed()
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.shared.crew().deadline()
    }

    /// Whether verdicts may call for further tasks.
    pub(super) fn is_open_ended(&self) -> bool {
        self.shared.work.is_open_ended()
    }

    /// Queues tasks behind those already here.
    pub(super) fn submit(&self, tasks: Vec<u32>) {
        let work = &self.shared.work;
        let expected = |task| Duration::try_from_secs_f64(work.expected_seconds(task)).unwrap_or_default();
        let given = |task| Given { task, kind: work.kind(task), expected: expected(task) };
        let given: Vec<Given> = tasks.into_iter().map(given).collect();
        self.shared.crew().submit(given);
        self.shared.news.tell();
    }

    /// Lets no further task start.
    pub(super) fn stop(&self) {
        self.shared.crew().stop();
    }

    /// What has been done so far, with the verdicts since the last call, and whether nothing is left here. It wants
    /// work this long `ahead` of the time when a thread is expected to have none. Gives up on tasks that take longer
    /// than they may, and puts other threads in the place of theirs.
    pub(super) fn look(&self, ahead: Duration) -> (Account, bool) {
        self.shared.replace_overdue();
        let mut crew = self.shared.crew();
        let verdicts = crew.take_verdicts();
        (Account { verdicts, ..crew.account(self.age(), ahead) }, crew.is_idle())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Under the lock, so that a thread that has just looked does not wait for ever.
        self.shared.crew().close();
        self.shared.news.tell();
    }
}

impl Shared {
    fn crew(&self) -> MutexGuard<'_, Crew> {
        lock(&self.crew)
    }

    /// Starts a thread that takes one task after the other.
    fn start_thread(self: &Arc<Self>) -> std::io::Result<()> {
        let seat = self.crew().add_seat();
        let shared = Arc::clone(self);
        let compute = move || {
            if panic::catch_unwind(AssertUnwindSafe(|| shared.compute_all(seat))).is_err() {
                shared.crew().give_up("a computing thread panicked outside of its task".into());
            }
        };
        threads::start("compute", compute).map(drop)
    }

    fn compute_all(&self, seat: usize) {
        let mut crew = self.crew();
        while !crew.is_closed() {
            let Some(task) = crew.next(self.begun.elapsed(), seat) else {
                crew = self.news.wait(&self.crew, crew, None);
                continue;
            };
            drop(crew);
            let is_wanted = || self.crew().leave(seat);
            let Some(verdict) = self.work.compute(task, &is_wanted) else { return };
            crew = self.crew();
            crew.settle(self.begun.elapsed(), seat, verdict);
        }
    }

    fn replace_overdue(self: &Arc<Self>) {
        let Some(limit) = self.task_limit else { return };
        let overdue = self.crew().overdue(self.begun.elapsed());
        for (seat, task) in overdue {
            let verdict = self.work.give_up(task, limit);
            let started = self.start_thread();
            let mut crew = self.crew();
            crew.settle_overdue(seat, verdict);
            if let Err(error) = started {
                crew.give_up(format!("cannot start a thread to replace one that hangs: {error}"));
            }
        }
    }
}
