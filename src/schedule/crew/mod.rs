//! The tasks of one rank, and who computes them: what its threads share, without the threads.

use std::collections::VecDeque;
use std::time::Duration;

use super::awake::Awake;
use super::message::{Account, Counts, Timed};
use super::queue::fits;
use super::{Finished, Kind};
use crate::sweep::Verdict;

/// At most this many slow tasks are listed.
const SLOW_NAMED: usize = 16;
/// A task is slow if it takes this many times as long as expected.
const SLOW: f64 = 10.0;
/// And no less than this.
const LEAST_SLOW: Duration = Duration::from_secs(2);

/// A task that this rank has been given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Given {
    pub task: u32,
    pub kind: Kind,
    /// Before calibration, on one thread.
    pub expected: Duration,
}

/// Where one thread sits. A thread cannot be stopped: one whose task is given up loses its seat.
#[derive(Clone, Copy, Debug)]
enum Seat {
    Empty,
    /// It computes.
    Busy(Taken),
    /// It makes the outcome safe; the task cannot be given up any more.
    Storing(Taken),
    /// The task has been given up, and this is not recorded yet.
    Overdue(Taken),
    /// The thread is gone, or its late result counts no more.
    Gone,
}

#[derive(Clone, Copy, Debug)]
struct Taken {
    given: Given,
    since: Duration,
    /// The same on the clock of being awake.
    awake_since: Duration,
    /// After this long the task is slow.
    slow_after: Duration,
}

/// Seats, and the tasks that wait for them. Times count from the moment the crew was made, by any clock that never goes
/// back.
pub(super) struct Crew {
    /// No task starts that is not expected to end by then.
    deadline: Option<Duration>,
    /// What a task may take.
    task_limit: Option<Duration>,
    /// A task is not to blame for the time for which the whole process stood still.
    awake: Awake,
    /// Whether verdicts may call for further tasks.
    is_open_ended: bool,
    waiting: VecDeque<Given>,
    expected_waiting: Duration,
    seats: Vec<Seat>,
    stopping: bool,
    counts: Counts,
    taken: u64,
    slowest: Option<(Duration, u32)>,
    verdicts: Vec<(u32, Verdict)>,
    broken: Option<String>,
    closed: bool,
}

impl Crew {
    pub(super) fn new(deadline: Option<Duration>, task_limit: Option<Duration>, is_open_ended: bool) -> Self {
        Self {
            deadline,
            task_limit,
            awake: Awake::new(Duration::ZERO),
            is_open_ended,
            waiting: VecDeque::new(),
            expected_waiting: Duration::ZERO,
            seats: Vec::new(),
            stopping: false,
            counts: Counts::default(),
            taken: 0,
            slowest: None,
            verdicts: Vec::new(),
            broken: None,
            closed: false,
        }
    }

    /// Sends all threads home, each after its task.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// The number of a seat for one more thread.
    pub(super) fn add_seat(&mut self) -> usize {
        self.seats.push(Seat::Empty);
        self.seats.len() - 1
    }

    /// Threads that have a seat.
    pub(super) fn threads(&self) -> u64 {
        self.seats.iter().filter(|seat| !matches!(seat, Seat::Overdue(_) | Seat::Gone)).count() as u64
    }

    /// Queues tasks behind those already here.
    pub(super) fn submit(&mut self, tasks: impl IntoIterator<Item = Given>) {
        for given in tasks {
            self.expected_waiting = self.expected_waiting.saturating_add(given.expected);
            self.waiting.push_back(given);
        }
        if self.stopping {
            self.stop();
        }
    }

    /// Lets no further task start.
    pub(super) fn stop(&mut self) {
        self.stopping = true;
        let waiting = self.waiting.len() as u64;
        self.taken += waiting;
        self.counts.skipped += waiting;
        self.expected_waiting = Duration::ZERO;
        self.waiting.clear();
    }

    /// As [`Crew::stop`]: outcomes cannot be kept, for this reason.
    pub(super) fn give_up(&mut self, reason: String) {
        self.broken.get_or_insert(reason);
        self.stop();
    }

    /// The next task for a seat, if there is one. Tasks that do not fit the time left are passed over.
    pub(super) fn next(&mut self, now: Duration, seat: usize) -> Option<u32> {
        while let Some(given) = self.waiting.pop_front() {
            self.taken += 1;
            self.expected_waiting = self.expected_waiting.saturating_sub(given.expected);
            let seconds = given.expected.as_secs_f64() * self.counts.calibration();
            if fits(seconds, now, self.deadline) {
                let slow_after = Duration::try_from_secs_f64(SLOW * seconds).unwrap_or(Duration::MAX).max(LEAST_SLOW);
                let awake_since = self.awake.at(now);
                self.seats[seat] = Seat::Busy(Taken { given, since: now, awake_since, slow_after });
                return Some(given.task);
            }
            self.counts.skipped += 1;
        }
        None
    }

    /// The task of a seat has been computed; whether its outcome is still wanted.
    pub(super) fn leave(&mut self, seat: usize) -> bool {
        match self.seats[seat] {
            Seat::Busy(taken) => {
                self.seats[seat] = Seat::Storing(taken);
                true
            }
            _ => false,
        }
    }

    /// The outcome of a seat's task is safe, or cannot be kept.
    pub(super) fn settle(&mut self, now: Duration, seat: usize, verdict: Result<Verdict, String>) {
        let (Seat::Busy(taken) | Seat::Storing(taken)) = self.seats[seat] else { return };
        self.seats[seat] = Seat::Empty;
        let elapsed = now.saturating_sub(taken.since);
        self.counts.measured += elapsed.as_nanos() as u64;
        self.counts.expected += taken.given.expected.as_nanos() as u64;
        if self.slowest.is_none_or(|(longest, _)| elapsed > longest) {
            self.slowest = Some((elapsed, taken.given.task));
        }
        self.record(taken.given, verdict);
    }

    /// Gives up on tasks that have taken longer than they may, to be looked for at least once per second; the seats and
    /// the tasks. Each is to be settled by
    /// [`Crew::settle_overdue`].
    pub(super) fn overdue(&mut self, now: Duration) -> Vec<(usize, u32)> {
        let Some(limit) = self.task_limit else { return Vec::new() };
        let awake = self.awake.at(now);
        let mut overdue = Vec::new();
        for (number, seat) in self.seats.iter_mut().enumerate() {
            if let Seat::Busy(taken) = *seat
                && awake.saturating_sub(taken.awake_since) > limit
            {
                *seat = Seat::Overdue(taken);
                overdue.push((number, taken.given.task));
            }
        }
        overdue
    }

    /// That a task was given up is recorded. What it took says nothing of other tasks, and does not enter the
    /// calibration.
    pub(super) fn settle_overdue(&mut self, seat: usize, verdict: Result<Verdict, String>) {
        let Seat::Overdue(taken) = self.seats[seat] else { return };
        self.seats[seat] = Seat::Gone;
        self.record(taken.given, verdict);
    }

    fn record(&mut self, given: Given, verdict: Result<Verdict, String>) {
        let Counts { tasks, theory, .. } = &mut self.counts;
        let Finished { done, failed } = match given.kind {
            Kind::Task => tasks,
            Kind::Theory => theory,
        };
        match verdict {
            Ok(Verdict::Done(_)) => *done += 1,
            Ok(Verdict::Failed) => *failed += 1,
            Err(reason) => {
                self.counts.skipped += 1;
                return self.give_up(reason);
            }
        }
        if let Ok(verdict) = verdict
            && self.is_open_ended
        {
            self.verdicts.push((given.task, verdict));
        }
    }

    /// Whether nothing waits and nothing runs.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.in_hand().next().is_none()
    }

    fn in_hand(&self) -> impl Iterator<Item = &Taken> {
        self.seats.iter().filter_map(|seat| match seat {
            Seat::Busy(taken) | Seat::Storing(taken) | Seat::Overdue(taken) => Some(taken),
            Seat::Empty | Seat::Gone => None,
        })
    }

    /// The verdicts since the last call, if they may call for further tasks.
    pub(super) fn take_verdicts(&mut self) -> Vec<(u32, Verdict)> {
        std::mem::take(&mut self.verdicts)
    }

    /// What has been done so far, without verdicts, and how many threads want work: at once if a thread has none, and
    /// this long `ahead` of the time when one is expected to have none, so that it need not wait for the answer.
    pub(super) fn account(&self, now: Duration, ahead: Duration) -> Account {
        let timed = |time: Duration, task| Timed { task, seconds: time.as_secs_f64() };
        let is_slow = |taken: &&Taken| now.saturating_sub(taken.since) > taken.slow_after;
        let oldest = self.in_hand().min_by_key(|taken| taken.since);
        Account {
            counts: self.counts,
            taken: self.taken,
            running: self.in_hand().map(|taken| taken.given.task).collect(),
            wants: self.wants_from(now, ahead).filter(|from| *from <= now).map(|_| self.idle()),
            slow: self.in_hand().filter(is_slow).map(|taken| taken.given.task).take(SLOW_NAMED).collect(),
            oldest: oldest.map(|taken| timed(taken.since, taken.given.task)),
            slowest: self.slowest.map(|(time, task)| timed(time, task)),
            broken: self.broken.clone(),
            ..Account::default()
        }
    }

    /// Threads without work, now or as soon as they have looked.
    pub(super) fn idle(&self) -> u64 {
        let empty = self.seats.iter().filter(|seat| matches!(seat, Seat::Empty)).count();
        empty.saturating_sub(self.waiting.len()) as u64
    }

    /// When this rank is to ask for more tasks, as far as is known now.
    pub(super) fn wants_from(&self, now: Duration, ahead: Duration) -> Option<Duration> {
        match self.idle() {
            _ if self.stopping => None,
            0 if self.counts.finished() == 0 => None,
            0 => Some(self.idle_from(now).saturating_sub(ahead)),
            _ => Some(now),
        }
    }

    /// When a thread is expected to have nothing to do: not later than this would be if the threads shared what waits.
    fn idle_from(&self, now: Duration) -> Duration {
        let calibration = self.counts.calibration();
        let calibrated = |expected: Duration| {
            Duration::try_from_secs_f64(expected.as_secs_f64() * calibration).unwrap_or(Duration::MAX)
        };
        let end = |taken: &Taken| taken.since.saturating_add(calibrated(taken.given.expected)).max(now);
        let first = self.in_hand().map(end).min().unwrap_or(now);
        first.saturating_add(calibrated(self.expected_waiting) / self.threads().max(1) as u32)
    }
}

#[cfg(test)]
mod tests;
