//! The tasks that have not been given out yet, longest expected first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// More tasks than this in one message only delay the others.
const LARGEST_BATCH: usize = 8192;
/// A batch is at most this much work for each thread of its rank, so that a stop finds little in hand.
const LONGEST_BATCH: f64 = 0.1;
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
    count: usize,
    remaining: f64,
    total: f64,
    /// Tasks passed over because they do not fit the time left.
    unfit: usize,
}

/// Expected seconds, as bits, whose order is the order of the numbers, because none is negative; and the task.
type Entry = (u32, Reverse<u32>);

impl Queue {
    /// A queue of tasks with their expected seconds.
    pub(super) fn new(tasks: Vec<Pending>) -> Self {
        let total = sum(&tasks);
        let count = tasks.len();
        let mut tasks: Vec<Entry> = tasks.into_iter().map(entry).collect();
        tasks.sort_unstable();
        Self { tasks, added: BinaryHeap::new(), count, remaining: total, total, unfit: 0 }
    }

    pub(super) fn add(&mut self, tasks: Vec<Pending>) {
        let seconds = sum(&tasks);
        self.count += tasks.len();
        self.remaining += seconds;
        self.total += seconds;
        self.added.extend(tasks.into_iter().map(entry));
    }

    /// The number of tasks that have ever been here.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Expected seconds of all tasks on one thread.
    pub(super) fn expected_total(&self) -> f64 {
        self.total
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.tasks.is_empty() && self.added.is_empty()
    }

    /// Tasks that will not be given out before the deadline.
    pub(super) fn left_over(&self) -> usize {
        self.tasks.len() + self.added.len() + self.unfit
    }

    /// The next batch for a rank with `threads` of all the `total_threads`, `idle` of them without work.
    ///
    /// `calibration` is measured over expected seconds. Tasks that do not fit before `deadline` are passed over, for
    /// shorter ones may.
    pub(super) fn batch(
        &mut self,
        threads: u64,
        total_threads: u64,
        idle: u64,
        calibration: f64,
        deadline: Option<Instant>,
    ) -> Vec<u32> {
        let threads_share = threads as f64 / total_threads.max(1) as f64;
        let work = (self.remaining * SHARE * threads_share).min(LONGEST_BATCH * threads as f64 / calibration);
        let mut batch = Vec::new();
        let mut given = 0.0;
        while let Some((bits, Reverse(task))) = self.longest() {
            let seconds = f64::from(f32::from_bits(bits));
            let enough = batch.len() as u64 >= idle.max(1) && given + seconds > work;
            if enough || batch.len() == LARGEST_BATCH {
                break;
            }
            self.remove_longest();
            self.remaining -= seconds;
            if fits(seconds * calibration, deadline) {
                given += seconds;
                batch.push(task);
            } else {
                self.unfit += 1;
            }
        }
        batch
    }

    /// The next task by itself, the longest of those that fit.
    pub(super) fn single(&mut self, calibration: f64, deadline: Option<Instant>) -> Option<u32> {
        while let Some((bits, Reverse(task))) = self.longest() {
            let seconds = f64::from(f32::from_bits(bits));
            self.remove_longest();
            self.remaining -= seconds;
            if fits(seconds * calibration, deadline) {
                return Some(task);
            }
            self.unfit += 1;
        }
        None
    }

    fn longest(&self) -> Option<Entry> {
        self.tasks.last().max(self.added.peek()).copied()
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

fn sum(tasks: &[Pending]) -> f64 {
    tasks.iter().map(|task| f64::from(task.seconds)).sum()
}

/// Whether a task that starts now is expected to end in time.
pub(super) fn fits(seconds: f64, deadline: Option<Instant>) -> bool {
    deadline.is_none_or(|deadline| {
        let left = deadline.saturating_duration_since(Instant::now());
        Duration::try_from_secs_f64(seconds).is_ok_and(|needed| needed <= left && !left.is_zero())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending<const COUNT: usize>(tasks: [(f32, u32); COUNT]) -> Vec<Pending> {
        tasks.map(|(seconds, task)| Pending { seconds, task }).to_vec()
    }

    fn batches(queue: &mut Queue, threads: u64, total: u64) -> Vec<Vec<u32>> {
        std::iter::from_fn(|| Some(queue.batch(threads, total, 1, 1.0, None)).filter(|batch| !batch.is_empty()))
            .collect()
    }

    #[test]
    fn the_longest_tasks_go_first_and_equals_in_order() {
        let mut queue = Queue::new(pending([(1.0, 0), (3.0, 1), (2.0, 2), (3.0, 3)]));
        assert_eq!(batches(&mut queue, 1, 1).concat(), [1, 3, 2, 0]);
        assert!(queue.is_exhausted() && queue.left_over() == 0);
    }

    #[test]
    fn tasks_that_come_later_take_their_place() {
        let mut queue = Queue::new(pending([(1.0, 0), (3.0, 1)]));
        assert_eq!(queue.batch(1, 1, 1, 1.0, None), [1]);
        queue.add(pending([(2.0, 2), (0.5, 3), (1.0, 4)]));
        assert_eq!((queue.len(), queue.expected_total(), queue.left_over()), (5, 7.5, 4));
        assert_eq!(batches(&mut queue, 1, 1).concat(), [2, 0, 4, 3]);
        assert!(queue.is_exhausted());
        queue.add(pending([(1.0, 5)]));
        assert!(!queue.is_exhausted());
        assert_eq!(batches(&mut queue, 1, 1).concat(), [5]);
    }

    #[test]
    fn batches_shrink_towards_the_end_and_lose_no_task() {
        let mut queue = Queue::new((0..10_000).map(|task| Pending { seconds: 1e-4, task }).collect());
        let batches = batches(&mut queue, 2, 4);
        let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert!(sizes.windows(2).all(|pair| pair[1] <= pair[0]), "{sizes:?}");
        assert!(sizes[0] > 500 && sizes.last() == Some(&1), "{sizes:?}");
        assert_eq!(batches.concat(), (0..10_000).collect::<Vec<u32>>());
    }

    #[test]
    fn long_tasks_go_one_to_each_idle_thread() {
        let mut queue = Queue::new((0..100).map(|task| Pending { seconds: 10.0, task }).collect());
        assert_eq!(queue.batch(8, 8, 3, 1.0, None).len(), 3);
    }

    #[test]
    fn a_task_that_does_not_fit_lets_shorter_ones_pass() {
        let mut queue = Queue::new(pending([(1000.0, 0), (0.001, 1)]));
        let deadline = Some(Instant::now() + Duration::from_secs(60));
        assert_eq!(queue.batch(1, 1, 1, 1.0, deadline), [1]);
        assert_eq!(queue.left_over(), 1);
        let mut late = Queue::new(pending([(0.0, 0)]));
        assert_eq!(late.batch(1, 1, 1, 1.0, Some(Instant::now())), [0; 0]);
    }
}
