//! The leader and a pool of one process, with work that only notes what happens.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::*;
use crate::machine::clock::Moment;

/// From this number on tasks do not end.
const ENDLESS: u32 = 1000;

#[derive(Default)]
struct Noted {
    running: AtomicUsize,
    /// Each task in the order of their starts, with how many were running, itself included.
    started: Mutex<Vec<(u32, usize)>>,
    given_up: Mutex<Vec<u32>>,
}

impl Work for Noted {
    fn expected_seconds(&self, _task: u32) -> f64 {
        0.01
    }

    fn compute(&self, task: u32, is_wanted: &dyn Fn() -> bool) -> Option<Result<Verdict, String>> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.started.lock().unwrap().push((task, running));
        let begun = Instant::now();
        while task >= ENDLESS && begun.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(5));
        self.running.fetch_sub(1, Ordering::SeqCst);
        is_wanted().then_some(Ok(Verdict::Done(0.0)))
    }

    fn give_up(&self, task: u32, _limit: Duration) -> Result<Verdict, String> {
        self.given_up.lock().unwrap().push(task);
        Ok(Verdict::Failed)
    }

    fn kind(&self, _task: u32) -> Kind {
        Kind::Task
    }

    fn is_open_ended(&self) -> bool {
        false
    }
}

fn tasks(numbers: impl IntoIterator<Item = u32>) -> Vec<Pending> {
    numbers.into_iter().map(|task| Pending { seconds: 0.01, task }).collect()
}

struct Nobody;

impl Witness for Nobody {
    fn see(&mut self, _progress: &Progress) {}

    fn dead_among(&mut self, _silent: &[usize]) -> Vec<usize> {
        Vec::new()
    }
}

fn limits(grace: Duration) -> Limits {
    Limits { grace, maximum_failures: None, interrupted: Arc::new(AtomicBool::new(false)) }
}

fn led(pool: &Pool, tasks: Tasks, grace: Duration) -> (Ending, Progress) {
    let limits = limits(grace);
    let led = lead(&Alone, pool, &limits, &[pool.threads()], tasks, &mut |_, _| Tasks::default(), &mut Nobody);
    assert!(led.lost.is_empty());
    (led.ending, led.progress)
}

#[test]
fn suspects_come_after_everything_else_and_the_worst_one_at_a_time() {
    let work = Arc::new(Noted::default());
    let pool = Pool::new(4, Arc::<Noted>::clone(&work), None, None).unwrap();
    let suspects = BTreeMap::from([
        (Manner::AloneInRun, tasks([300, 301, 302])),
        (Manner::Late, tasks(100..120)),
        (Manner::AloneOnRank, tasks([200, 201, 202])),
    ]);
    let (ending, progress) = led(&pool, Tasks { all: tasks(0..40), suspects }, Duration::ZERO);
    assert_eq!((ending, progress.total, progress.tasks.done, progress.in_hand), (Ending::Complete, 66, 66, 0));
    let started = work.started.lock().unwrap().clone();
    let stages: Vec<u32> = started.iter().map(|(task, _)| task / 100).collect();
    assert!(stages.is_sorted(), "{stages:?}");
    let most = |stage: u32| started.iter().filter(|(task, _)| task / 100 == stage).map(|(_, running)| *running).max();
    assert!(most(0) > Some(1) && most(1) > Some(1), "the others side by side: {started:?}");
    assert_eq!((most(2), most(3)), (Some(1), Some(1)), "{started:?}");
}

#[test]
fn a_task_over_its_limit_is_given_up_and_its_thread_replaced() {
    let work = Arc::new(Noted::default());
    // More endless tasks than threads: unless other threads replaced them, nothing would continue.
    let limit = Some(Duration::from_millis(100));
    let pool = Pool::new(2, Arc::<Noted>::clone(&work), None, limit).unwrap();
    let all = tasks((ENDLESS..ENDLESS + 5).chain(0..20));
    let (ending, progress) = led(&pool, Tasks { all, suspects: BTreeMap::new() }, Duration::ZERO);
    assert_eq!(ending, Ending::Complete);
    assert_eq!(progress.tasks, Finished { done: 20, failed: 5 });
    let mut given_up = work.given_up.lock().unwrap().clone();
    given_up.sort_unstable();
    assert_eq!(given_up, [1000, 1001, 1002, 1003, 1004]);
    assert!(progress.calibration < 5.0, "what never ends says nothing of the others: {}", progress.calibration);
}

#[test]
fn the_time_limit_and_the_grace_end_a_run_whose_tasks_do_not_end() {
    let begun = Instant::now();
    let deadline = Moment::now().checked_add(Duration::from_millis(300));
    let pool = Pool::new(2, Arc::new(Noted::default()), deadline, None).unwrap();
    let all = tasks([ENDLESS, 0, 1]);
    let (ending, progress) = led(&pool, Tasks { all, suspects: BTreeMap::new() }, Duration::from_millis(200));
    assert_eq!((ending, progress.tasks.done, progress.in_hand), (Ending::TimeLimit, 2, 1));
    assert!(begun.elapsed() >= Duration::from_millis(500));
}
