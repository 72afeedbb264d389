use super::*;

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn given(task: u32, expected: f64) -> Given {
    Given { task, kind: Kind::Task, expected: seconds(expected) }
}

fn crew(threads: usize, task_limit: Option<Duration>) -> Crew {
    let mut crew = Crew::new(None, task_limit, false);
    for _ in 0..threads {
        crew.add_seat();
    }
    crew
}

fn told(crew: &Crew, now: Duration) -> Account {
    crew.account(now, seconds(0.02))
}

const DONE: Result<Verdict, String> = Ok(Verdict::Done(0.0));

#[test]
fn a_task_ends_once() {
    let mut crew = crew(1, Some(seconds(10.0)));
    assert!(!crew.leave(0));
    crew.submit([given(7, 0.1), given(8, 2.0)]);
    assert_eq!(crew.next(seconds(1.0), 0), Some(7));
    let account = told(&crew, seconds(3.5));
    assert_eq!((account.slow, account.running, account.taken), (vec![7], vec![7], 1));
    assert_eq!(account.oldest, Some(Timed { task: 7, seconds: 1.0 }));
    (2..=11).for_each(|now| assert_eq!(crew.overdue(seconds(f64::from(now))), []));
    assert_eq!(crew.overdue(seconds(11.1)), [(0, 7)]);
    assert_eq!(crew.overdue(seconds(20.0)), []);
    assert!(!crew.leave(0), "too late");
    assert!(!crew.is_idle(), "it is not recorded yet");
    crew.settle_overdue(0, Ok(Verdict::Failed));
    assert_eq!((crew.threads(), crew.add_seat(), crew.threads()), (0, 1, 1));
    assert_eq!(crew.next(seconds(20.0), 1), Some(8));
    assert!(crew.leave(1) && crew.overdue(seconds(40.0)).is_empty(), "what is being stored is not given up");
    crew.settle(seconds(22.0), 1, DONE);
    let account = told(&crew, seconds(22.0));
    assert_eq!(account.counts.tasks, Finished { done: 1, failed: 1 });
    assert_eq!(account.counts.calibration(), 1.0, "what was given up does not count");
    assert!(account.slow.is_empty() && crew.is_idle());
}

#[test]
fn a_standstill_of_the_process_does_not_count_against_its_tasks() {
    let mut crew = crew(1, Some(seconds(10.0)));
    crew.submit([given(7, 0.1)]);
    assert_eq!(crew.next(seconds(1.0), 0), Some(7));
    assert_eq!(crew.overdue(seconds(300.0)), [], "it was frozen in between");
    (301..=308).for_each(|now| assert_eq!(crew.overdue(seconds(f64::from(now))), []));
    assert_eq!([309.0, 309.1].map(|now| crew.overdue(seconds(now)).len()), [0, 1]);
}

#[test]
fn a_stop_passes_over_what_waits_and_what_comes() {
    let mut crew = crew(1, None);
    crew.submit([given(0, 1.0), given(1, 1.0)]);
    assert_eq!(crew.next(seconds(0.0), 0), Some(0));
    crew.stop();
    crew.submit([given(2, 1.0)]);
    assert_eq!(crew.next(seconds(0.0), 0), None);
    crew.settle(seconds(1.0), 0, DONE);
    let account = told(&crew, seconds(1.0));
    assert_eq!((account.counts.skipped, account.counts.settled(), account.taken, account.wants), (2, 3, 3, None));
    assert!(crew.is_idle());
}

#[test]
fn outcomes_that_cannot_be_kept_stop_it() {
    let mut crew = crew(2, None);
    crew.submit([given(0, 1.0), given(1, 1.0)]);
    assert_eq!((crew.next(seconds(0.0), 0), crew.next(seconds(0.0), 1)), (Some(0), Some(1)));
    crew.settle(seconds(1.0), 0, Err("full".into()));
    crew.settle(seconds(1.0), 1, Err("still full".into()));
    let account = told(&crew, seconds(1.0));
    assert_eq!((account.broken.as_deref(), account.counts.skipped), (Some("full"), 2));
}

#[test]
fn it_asks_before_a_thread_is_expected_to_be_idle() {
    let mut crew = crew(2, None);
    assert_eq!(told(&crew, seconds(0.0)).wants, Some(2));
    crew.submit([given(0, 1.0), given(1, 2.0), given(2, 1.0)]);
    assert_eq!((crew.next(seconds(0.0), 0), crew.next(seconds(0.0), 1)), (Some(0), Some(1)));
    assert_eq!(told(&crew, seconds(0.999)).wants, None, "nothing is known yet");
    // It takes half as long as expected, so that the next ones do, too.
    crew.settle(seconds(0.5), 0, DONE);
    assert_eq!(crew.next(seconds(0.5), 0), Some(2));
    assert_eq!(crew.idle_from(seconds(0.5)), seconds(1.0));
    assert_eq!(told(&crew, seconds(0.97)).wants, None);
    assert_eq!(told(&crew, seconds(0.98)).wants, Some(0));
    crew.submit([given(3, 0.04)]);
    assert_eq!(told(&crew, seconds(0.98)).wants, None, "what waits takes both threads 0.01 s more");
    assert_eq!(told(&crew, seconds(0.99)).wants, Some(0));
}

#[test]
fn a_task_that_does_not_fit_the_time_left_is_passed_over() {
    let mut crew = Crew::new(Some(seconds(10.0)), None, false);
    crew.add_seat();
    crew.submit([given(0, 6.0), given(1, 2.0)]);
    assert_eq!(crew.next(seconds(5.0), 0), Some(1));
    assert_eq!(told(&crew, seconds(5.0)).counts.skipped, 1);
}

#[test]
fn verdicts_are_kept_only_if_they_may_call_for_more() {
    let computed = |is_open_ended| {
        let mut crew = Crew::new(None, None, is_open_ended);
        crew.add_seat();
        crew.submit([given(5, 1.0)]);
        crew.next(seconds(0.0), 0);
        crew.settle(seconds(1.0), 0, DONE);
        crew.take_verdicts()
    };
    assert_eq!(computed(true), [(5, Verdict::Done(0.0))]);
    assert_eq!(computed(false), []);
}
