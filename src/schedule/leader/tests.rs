use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::schedule::Finished;
use crate::schedule::message::Timed;

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn pending(tasks: impl IntoIterator<Item = u32>) -> Tasks {
    let all = tasks.into_iter().map(|task| Pending { seconds: 1.0, task }).collect();
    Tasks { all, suspects: BTreeMap::new() }
}

const RULES: Rules =
    Rules { grace: Duration::from_secs(20), maximum_failures: None, deadline: None, is_open_ended: false };

/// Every account is a new one.
fn next() -> u64 {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// An account after so many tasks, with those that run.
fn account(done: u64, running: &[u32], wants: Option<u64>) -> Message {
    let counts = Counts { tasks: Finished { done, failed: 0 }, ..Counts::default() };
    let taken = done + running.len() as u64;
    Message::Account(Account { number: next(), counts, taken, running: running.to_vec(), wants, ..Account::default() })
}

fn finished(done: u64) -> Message {
    let Message::Account(account) = account(done, &[], None) else { unreachable!() };
    Message::Account(Account { number: next(), finished: true, ..account })
}

fn tasks_for(outbox: &[(usize, Message)], rank: usize) -> Vec<u32> {
    let given = outbox.iter().filter(|(to, _)| *to == rank).map(|(_, message)| match message {
        Message::Tasks { tasks, .. } => tasks.clone(),
        _ => Vec::new(),
    });
    given.flatten().collect()
}

/// Lets time pass in which rank 0 is awake and nobody says anything.
fn pass(leader: &mut Leader, range: std::ops::Range<u32>) {
    range.for_each(|now| assert_eq!(leader.look(seconds(f64::from(now)), false), []));
}

#[test]
fn nobody_is_dismissed_before_everything_is_done() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], pending([0, 1]), &mut more);
    leader.hear(seconds(0.1), 0, account(0, &[], Some(1)));
    leader.hear(seconds(0.1), 1, account(0, &[], Some(1)));
    let outbox = leader.look(seconds(0.1), false);
    assert_eq!((tasks_for(&outbox, 0), tasks_for(&outbox, 1)), (vec![0], vec![1]));
    leader.hear(seconds(1.0), 0, account(1, &[], Some(1)));
    assert_eq!(leader.look(seconds(1.0), false), [], "rank 1 may still need somebody to take over");
    leader.hear(seconds(1.1), 1, account(1, &[], Some(1)));
    assert_eq!(leader.look(seconds(1.1), false), [(0, Message::Stop), (1, Message::Stop)]);
    leader.hear(seconds(1.2), 0, finished(1));
    assert!(!leader.is_over(seconds(1.2)));
    leader.hear(seconds(1.2), 1, finished(1));
    assert!(leader.is_over(seconds(1.2)) && leader.lost().is_empty());
    assert_eq!(leader.ending(), Ending::Complete);
}

#[test]
fn what_a_silent_rank_has_in_hand_goes_to_others_once_nothing_else_is_left() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], pending(0..4), &mut more);
    leader.hear(seconds(0.1), 1, account(0, &[], Some(1)));
    assert_eq!(tasks_for(&leader.look(seconds(0.1), false), 1), [0]);
    leader.hear(seconds(0.2), 1, account(0, &[0], None));
    pass(&mut leader, 1..70);
    for (done, task) in [(0, 1), (1, 2), (2, 3)] {
        let now = seconds(70.0 + done as f64);
        leader.hear(now, 0, account(done, &[], Some(1)));
        assert_eq!(tasks_for(&leader.look(now, false), 0), [task], "others come first");
    }
    assert_eq!(leader.progress(seconds(72.0)).silent, [(1, seconds(71.8))]);
    pass(&mut leader, 73..74);
    leader.hear(seconds(73.5), 0, account(3, &[], Some(1)));
    assert_eq!(tasks_for(&leader.look(seconds(73.5), false), 0), [0]);
    // It wakes up. What it says of the task counts no more.
    leader.hear(seconds(74.0), 1, account(1, &[], Some(1)));
    assert_eq!(leader.look(seconds(74.0), false), [(1, Message::Stop)]);
    assert_eq!(leader.progress(seconds(74.0)).tasks.done, 3);
    leader.hear(seconds(75.0), 0, account(4, &[], Some(1)));
    assert_eq!(leader.look(seconds(75.0), false), [(0, Message::Stop), (1, Message::Stop)]);
    leader.hear(seconds(75.1), 0, finished(4));
    leader.hear(seconds(75.1), 1, finished(1));
    assert!(leader.is_over(seconds(75.1)));
    assert_eq!((leader.ending(), leader.progress(seconds(76.0)).tasks.done), (Ending::Complete, 4));
}

#[test]
fn a_task_that_is_tried_alone_in_the_run_is_tried_on_rank_0() {
    let mut more = |_, _| Tasks::default();
    let suspects = BTreeMap::from([(Manner::AloneInRun, pending([7]).all)]);
    let tasks = Tasks { all: Vec::new(), suspects };
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], tasks, &mut more);
    leader.hear(seconds(0.1), 1, account(0, &[], Some(1)));
    assert_eq!(leader.look(seconds(0.1), false), []);
    leader.hear(seconds(0.2), 0, account(0, &[], Some(1)));
    assert_eq!(tasks_for(&leader.look(seconds(0.2), false), 0), [7]);
}

#[test]
fn a_rank_that_a_task_has_killed_is_done_without_at_once() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1, 1], pending(0..4), &mut more);
    leader.hear(seconds(0.1), 1, account(0, &[], Some(2)));
    assert_eq!(tasks_for(&leader.look(seconds(0.1), false), 1), [0, 1]);
    leader.hear(seconds(0.2), 1, account(0, &[0], None));
    leader.hear(seconds(0.2), 0, account(0, &[], Some(2)));
    assert_eq!(tasks_for(&leader.look(seconds(0.2), false), 0), [2, 3]);
    let silent: Vec<Vec<usize>> = (1..15).map(|now| leader.fallen_silent(seconds(f64::from(now)))).collect();
    assert_eq!(silent.concat(), [1, 2], "each of them once");
    leader.note_death(1);
    leader.hear(seconds(15.0), 0, account(2, &[], Some(1)));
    assert_eq!(tasks_for(&leader.look(seconds(15.0), false), 0), [1], "what killed it is given to nobody");
    leader.hear(seconds(16.0), 0, account(3, &[], Some(1)));
    assert!(leader.look(seconds(16.0), false).contains(&(0, Message::Stop)));
    leader.hear(seconds(16.1), 0, finished(3));
    leader.hear(seconds(16.1), 2, finished(0));
    assert!(leader.is_over(seconds(16.1)), "nobody waits for the dead");
    assert_eq!((leader.ending(), leader.lost()), (Ending::Standstill, vec![1]));
}

#[test]
fn a_task_that_stops_rank_after_rank_is_left_to_the_next_run() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1, 1, 1, 1], pending([0]), &mut more);
    let mut now = Duration::ZERO;
    for rank in [1, 2, 3] {
        leader.hear(now, rank, account(0, &[], Some(1)));
        assert_eq!(tasks_for(&leader.look(now, false), rank), [0]);
        leader.hear(now, rank, account(0, &[0], None));
        for _ in 0..61 {
            now += seconds(1.0);
            leader.look(now, false);
        }
    }
    leader.hear(now, 4, account(0, &[], Some(1)));
    leader.look(now, false);
    assert!(leader.is_stopping());
    leader.hear(now, 0, finished(0));
    leader.hear(now, 4, finished(0));
    assert!(leader.is_over(now), "they have been silent for a minute");
    assert_eq!((leader.ending(), leader.lost()), (Ending::Standstill, vec![1, 2, 3]));
}

#[test]
fn a_stop_waits_for_a_silent_rank_for_the_grace_and_ten_seconds() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], pending([0, 1]), &mut more);
    leader.hear(seconds(0.1), 1, account(0, &[], Some(1)));
    leader.look(seconds(0.1), false);
    assert_eq!(leader.look(seconds(1.0), true), [(0, Message::Stop), (1, Message::Stop)]);
    leader.hear(seconds(1.1), 0, finished(0));
    pass(&mut leader, 2..32);
    assert!(!leader.is_over(seconds(31.0)) && leader.is_over(seconds(31.1)));
    assert_eq!((leader.ending(), leader.lost()), (Ending::Interrupted, vec![1]));
    assert_eq!(leader.draining().map(|draining| draining.in_hand), Some(1));
}

#[test]
fn early_wishes_wait_when_little_is_left() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], pending(0..5), &mut more);
    leader.hear(seconds(0.1), 1, account(0, &[], Some(0)));
    assert_eq!(tasks_for(&leader.look(seconds(0.1), false), 1).len(), 1, "5 tasks for 2 threads");
    leader.hear(seconds(0.2), 1, account(0, &[0], Some(0)));
    assert_eq!(tasks_for(&leader.look(seconds(0.2), false), 1).len(), 1, "4 tasks for 2 threads");
    leader.hear(seconds(0.3), 1, account(0, &[0], Some(0)));
    assert_eq!(leader.look(seconds(0.3), false), [], "3 tasks for 2 threads");
    leader.hear(seconds(0.4), 1, account(2, &[], Some(1)));
    assert_eq!(tasks_for(&leader.look(seconds(0.4), false), 1).len(), 1);
}

#[test]
fn it_stops_for_each_reason() {
    let stopped = |rules: Rules, account: Account, is_interrupted| {
        let mut more = |_, _| Tasks::default();
        let mut leader = Leader::new(Duration::ZERO, rules, &[1], pending(0..9), &mut more);
        leader.hear(seconds(1.0), 0, Message::Account(Account { number: next(), ..account }));
        leader.look(seconds(1.0), is_interrupted);
        leader.draining().map(|draining| draining.reason.clone())
    };
    let failed = Counts { tasks: Finished { done: 0, failed: 2 }, ..Counts::default() };
    let default = Account::default;
    assert_eq!(stopped(RULES, default(), false), None);
    assert_eq!(stopped(RULES, default(), true), Some(Ending::Interrupted));
    assert_eq!(stopped(RULES, Account { interrupted: true, ..default() }, false), Some(Ending::Interrupted));
    let broken = Account { broken: Some("full".into()), interrupted: true, ..default() };
    assert_eq!(stopped(RULES, broken, true), Some(Ending::Broken("full".into())));
    let late = Rules { deadline: Some(seconds(1.0)), ..RULES };
    assert_eq!(stopped(late, default(), false), Some(Ending::TimeLimit));
    let strict = Rules { maximum_failures: Some(2), ..RULES };
    assert_eq!(stopped(strict, Account { counts: failed, ..default() }, false), Some(Ending::TooManyFailures));
}

#[test]
fn verdicts_call_for_more_and_are_waited_for() {
    let mut more = |task, _| pending((task == 0).then_some(7));
    let rules = Rules { is_open_ended: true, ..RULES };
    let mut leader = Leader::new(Duration::ZERO, rules, &[1], pending([0]), &mut more);
    leader.hear(seconds(0.1), 0, account(0, &[], Some(1)));
    assert_eq!(tasks_for(&leader.look(seconds(0.1), false), 0), [0]);
    leader.hear(seconds(1.0), 0, account(0, &[0], None));
    assert!(leader.look(seconds(1.0), false).is_empty() && leader.progress(seconds(1.0)).may_grow);
    let Message::Account(told) = account(1, &[], Some(1)) else { unreachable!() };
    let verdicts = vec![(0, Verdict::Done(0.5))];
    leader.hear(seconds(1.1), 0, Message::Account(Account { number: next(), verdicts, ..told }));
    assert_eq!(tasks_for(&leader.look(seconds(1.1), false), 0), [7]);
}

#[test]
fn a_copy_of_an_account_changes_nothing() {
    let mut more = |_, _| pending([7]);
    let rules = Rules { is_open_ended: true, ..RULES };
    let mut leader = Leader::new(Duration::ZERO, rules, &[1], pending([0]), &mut more);
    leader.hear(seconds(0.1), 0, account(0, &[], Some(1)));
    leader.look(seconds(0.1), false);
    let Message::Account(told) = account(1, &[], Some(1)) else { unreachable!() };
    let told = Message::Account(Account { verdicts: vec![(0, Verdict::Done(0.5))], ..told });
    leader.hear(seconds(1.0), 0, told.clone());
    leader.hear(seconds(1.1), 0, told);
    assert_eq!(leader.progress(seconds(1.1)).total, 2);
    assert_eq!(tasks_for(&leader.look(seconds(1.1), false), 0), [7]);
}

#[test]
fn progress_names_what_is_slow_oldest_and_slowest() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], pending(0..9), &mut more);
    let timed = |task, seconds| Some(Timed { task, seconds });
    let said = |task, begun, longest| {
        let (oldest, slowest) = (timed(task, begun), timed(task + 10, longest));
        Message::Account(Account { number: next(), slow: vec![task], oldest, slowest, ..Account::default() })
    };
    leader.hear(seconds(5.0), 0, said(1, 2.0, 7.0));
    leader.hear(seconds(5.0), 1, said(2, 1.0, 3.0));
    let progress = leader.progress(seconds(6.0));
    assert_eq!(progress.slow, [(0, 1), (1, 2)]);
    assert_eq!(
        (progress.oldest, progress.slowest),
        (Some((1, Timed { task: 2, seconds: 5.0 })), Some((0, Timed { task: 11, seconds: 7.0 })))
    );
}

#[test]
fn a_rank_that_gives_signs_of_life_and_never_finishes_is_waited_for_no_longer_than_the_grace_twice_and_a_minute() {
    let mut more = |_, _| Tasks::default();
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1, 1], pending([0, 1]), &mut more);
    leader.look(seconds(1.0), true);
    leader.hear(seconds(1.1), 0, finished(0));
    let mut is_over = |now: u32| {
        leader.hear(seconds(f64::from(now)), 1, Message::Here);
        leader.is_over(seconds(f64::from(now)))
    };
    // The grace is 20 s; it stops after a second.
    assert_eq!((2..200).find(|now| is_over(*now)), Some(1 + 20 + 20 + 60 + 1));
    assert_eq!(leader.lost(), [1]);
}

/// The size of the first batch where a message costs rank 0 so much.
fn first_batch(cost: f64, ranks: usize) -> usize {
    let mut more = |_, _| Tasks::default();
    let all = (0..1_000_000).map(|task| Pending { seconds: 1e-3, task }).collect();
    let tasks = Tasks { all, suspects: BTreeMap::new() };
    let mut leader = Leader::new(Duration::ZERO, RULES, &vec![1; ranks], tasks, &mut more);
    leader.note_message_cost(cost);
    leader.hear(seconds(0.1), 1, account(0, &[], Some(1)));
    tasks_for(&leader.look(seconds(0.1), false), 1).len()
}

#[test]
fn batches_grow_with_what_messages_cost_rank_0_and_with_the_number_of_ranks() {
    // 0.1 s of work, or four times what the messages of a batch for each rank take, if that is more; but no more than
    // a quarter of what is left, unless the messages take longer than that.
    for (cost, ranks, tasks) in [(1e-6, 100, 100), (10e-6, 1000, 120), (100e-6, 1000, 300)] {
        let batch = first_batch(cost, ranks);
        assert!(batch.abs_diff(tasks) <= 1, "{batch} and not {tasks} for {cost} s and {ranks} ranks");
    }
}

#[test]
fn those_who_wait_for_a_task_that_is_alone_in_the_run_are_not_looked_at() {
    let mut more = |_, _| Tasks::default();
    let suspects = BTreeMap::from([(Manner::AloneInRun, pending([7, 8]).all)]);
    let tasks = Tasks { all: Vec::new(), suspects };
    let mut leader = Leader::new(Duration::ZERO, RULES, &[1; 1000], tasks, &mut more);
    for rank in 0..1000 {
        leader.hear(seconds(0.1), rank, account(0, &[], Some(1)));
    }
    assert_eq!(tasks_for(&leader.look(seconds(0.1), false), 0), [7]);
    // Whoever looked at this one would take it from the list.
    leader.ranks[500].asked = None;
    assert_eq!(leader.look(seconds(0.2), false), []);
    assert_eq!(leader.askers.len(), 999);
}
