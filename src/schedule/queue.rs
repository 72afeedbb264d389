//! The tasks that have not been given out yet, longest expected first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::time::Duration;

/// More tasks than this in one message only delay the others.
const LARGEST_BATCH: usize = 8192;
/// A batch is this fraction of what is left for each thread, so that batches shrink towards the end.
const SHARE: f64 = 0.25;

/// A task that has not been given out yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pending {
    /// Expected on one thread; not negative.
    pub seconds: f32,
    pub task: u32,
}

pub(super) struct Queue {
    /// The tasks of the beginning; the longest is the last one, among equals the first in task order.
    tasks: Vec<Entry>,
    /// Those added later. (For ten million tasks a heap takes ten times as long as a sorted list, or more.)
    added: BinaryHeap<Entry>,
    remaining: f64,
    /// Tasks passed over because they do not fit the time left.
    unfit: usize,
}

/// What decides whether a task fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub now: Duration,
    pub deadline: Option<Duration>,
    /// Measured over expected seconds.
    pub calibration: f64,
}

/// Expected seconds, as bits, whose order is the order of the numbers, because none is negative; and the task.
type Entry = (u32, Reverse<u32>);

impl Queue {
    /// A queue of tasks with their expected seconds.
    pub(super) fn new(tasks: Vec<Pending>) -> Self {
        let remaining = sum(&tasks);
        let mut tasks: Vec<Entry> = tasks.into_iter().map(entry).collect();
        tasks.sort_unstable();
        Self { tasks, added: BinaryHeap::new(), remaining, unfit: 0 }
    }

    /// Adds tasks, new ones or some that have been given out before.
    pub(super) fn add(&mut self, tasks: Vec<Pending>) {
        self.remaining += sum(&tasks);
        self.added.extend(tasks.into_iter().map(entry));
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.waiting() == 0
    }

    /// Tasks that will not be given out before the deadline.
    pub(super) fn left_over(&self) -> usize {
        self.waiting() + self.unfit
    }

    /// Tasks that have not been given out yet, whether they fit or not.
    pub(super) fn waiting(&self) -> usize {
        self.tasks.len() + self.added.len()
    }

    /// The next batch for a rank with this `part` of all threads: at least `least` tasks as long as there are any, and
    /// then work for so many `seconds` of one thread, before calibration: less and less towards the end.
    pub(super) fn batch(&mut self, part: f64, least: u64, seconds: Range<f64>, time: Time) -> Vec<Pending> {
        let work = (self.remaining * SHARE * part).max(seconds.start).min(seconds.end);
        let mut batch = Vec::new();
        let mut given = 0.0;
        while let Some(task) = self.longest() {
            let enough = batch.len() as u64 >= least && given + f64::from(task.seconds) > work;
            if enough || batch.len() == LARGEST_BATCH {
                break;
            }
            if self.take_longest(task, time) {
                given += f64::from(task.seconds);
                batch.push(task);
            }
        }
        batch
    }

    /// The next task by itself, the longest of those that fit.
    pub(super) fn single(&mut self, time: Time) -> Option<Pending> {
        while let Some(task) = self.longest() {
            if self.take_longest(task, time) {
                return Some(task);
            }
        }
        None
    }

    /// Removes the longest task; whether it fits. One that does not is passed over, for shorter ones may.
    fn take_longest(&mut self, task: Pending, time: Time) -> bool {
        self.remove_longest();
        let seconds = f64::from(task.seconds);
        self.remaining -= seconds;
        let is_fit = fits(seconds * time.calibration, time.now, time.deadline);
        self.unfit += usize::from(!is_fit);
        is_fit
    }

    fn longest(&self) -> Option<Pending> {
        let (bits, Reverse(task)) = *self.tasks.last().max(self.added.peek())?;
        Some(Pending { seconds: f32::from_bits(bits), task })
    }

    fn remove_longest(&mut self) {
        if self.tasks.last() > self.added.peek() {
            self.tasks.pop()
        } else {
            self.added.pop()
        };
    }
}

fn entry(Pending { seconds, task }: Pending) -> Entry {
    (seconds.to_bits(), Reverse(task))
}

/// Their expected seconds.
pub(super) fn sum(tasks: &[Pending]) -> f64 {
    tasks.iter().map(|task| f64::from(task.seconds)).sum()
}

/// Whether a task that starts now is expected to end in time.
pub(super) fn fits(seconds: f64, now: Duration, deadline: Option<Duration>) -> bool {
    deadline.is_none_or(|deadline| {
        let left = deadline.saturating_sub(now);
        Duration::try_from_secs_f64(seconds).is_ok_and(|needed| needed <= left && !left.is_zero())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALWAYS: Time = Time { now: Duration::ZERO, deadline: None, calibration: 1.0 };

    fn pending<const COUNT: usize>(tasks: [(f32, u32); COUNT]) -> Vec<Pending> {
        tasks.map(|(seconds, task)| Pending { seconds, task }).to_vec()
    }

    fn batch(queue: &mut Queue, part: f64, least: u64, time: Time) -> Vec<u32> {
        queue.batch(part, least, 0.0..0.1, time).into_iter().map(|task| task.task).collect()
    }

    fn batches(queue: &mut Queue, part: f64) -> Vec<Vec<u32>> {
        std::iter::from_fn(|| Some(batch(queue, part, 1, ALWAYS)).filter(|batch| !batch.is_empty())).collect()
    }

    #[test]
    fn the_longest_tasks_go_first_and_equals_in_order() {
        let mut queue = Queue::new(pending([(1.0, 0), (3.0, 1), (2.0, 2), (3.0, 3)]));
        assert_eq!(batches(&mut queue, 1.0).concat(), [1, 3, 2, 0]);
        assert!(queue.is_exhausted() && queue.left_over() == 0);
    }

    #[test]
    fn tasks_that_come_later_take_their_place() {
        let mut queue = Queue::new(pending([(1.0, 0), (3.0, 1)]));
        assert_eq!(batch(&mut queue, 1.0, 1, ALWAYS), [1]);
        queue.add(pending([(2.0, 2), (0.5, 3), (1.0, 4)]));
        assert_eq!((queue.waiting(), queue.left_over()), (4, 4));
        assert_eq!(batches(&mut queue, 1.0).concat(), [2, 0, 4, 3]);
        assert!(queue.is_exhausted());
        queue.add(pending([(1.0, 5)]));
        assert!(!queue.is_exhausted());
        assert_eq!(batches(&mut queue, 1.0).concat(), [5]);
    }

    #[test]
    fn batches_shrink_towards_the_end_and_lose_no_task() {
        let mut queue = Queue::new((0..10_000).map(|task| Pending { seconds: 1e-4, task }).collect());
        let batches = batches(&mut queue, 0.5);
        let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert!(sizes.windows(2).all(|pair| pair[1] <= pair[0]), "{sizes:?}");
        assert!(sizes[0] > 500 && sizes.last() == Some(&1), "{sizes:?}");
        assert_eq!(batches.concat(), (0..10_000).collect::<Vec<u32>>());
    }

    #[test]
    fn long_tasks_go_one_to_each_idle_thread() {
        let mut queue = Queue::new((0..100).map(|task| Pending { seconds: 10.0, task }).collect());
        assert_eq!(batch(&mut queue, 1.0, 3, ALWAYS).len(), 3);
    }

    #[test]
    fn a_task_that_does_not_fit_lets_shorter_ones_pass() {
        let mut queue = Queue::new(pending([(1000.0, 0), (0.001, 1)]));
        let time = Time { deadline: Some(Duration::from_secs(60)), ..ALWAYS };
        assert_eq!(batch(&mut queue, 1.0, 1, time), [1]);
        assert_eq!(queue.left_over(), 1);
        let mut late = Queue::new(pending([(0.0, 0)]));
        assert_eq!(batch(&mut late, 1.0, 1, Time { now: Duration::from_secs(60), ..time }), [0; 0]);
    }
}
