use std::time::Duration;

use super::*;

const MACHINE: Machine = Machine {
    ranks: 4,
    threads: 2,
    latency: Duration::from_micros(50),
    bandwidth: 1e9,
    message_cost: Duration::from_micros(5),
};

fn equal(count: usize, seconds: f32) -> Vec<VirtualTask> {
    vec![VirtualTask { expected: seconds, seconds }; count]
}

#[test]
fn equal_tasks_take_their_share_and_a_few_looks() {
    let simulated = simulate(&MACHINE, &equal(800, 0.5));
    assert!(simulated.seconds >= 50.0 && simulated.seconds < 50.04, "{simulated:?}");
    assert!(simulated.efficiency > 0.999 && simulated.static_efficiency == 1.0, "{simulated:?}");
}

#[test]
fn the_longest_task_limits_what_can_be_had() {
    let mut tasks = equal(10, 0.01);
    tasks.push(VirtualTask { expected: 5.0, seconds: 5.0 });
    let simulated = simulate(&MACHINE, &tasks);
    assert!(simulated.efficiency > 0.995 && simulated.tail_seconds > 4.9, "{simulated:?}");
}

#[test]
fn a_run_is_a_function_of_its_tasks() {
    let tasks: Vec<VirtualTask> =
        (0..500).map(|task| VirtualTask { expected: 0.01 + task as f32 * 1e-4, seconds: 0.02 }).collect();
    assert_eq!(simulate(&MACHINE, &tasks), simulate(&MACHINE, &tasks));
}

#[test]
fn nothing_to_do_is_done_at_once() {
    let simulated = simulate(&MACHINE, &[]);
    assert!(simulated.seconds < 0.01 && simulated.efficiency == 0.0, "{simulated:?}");
}

#[test]
fn a_slow_rank_0_is_what_limits_a_large_machine() {
    let machine = Machine { ranks: 200, threads: 1, message_cost: Duration::from_millis(1), ..MACHINE };
    let simulated = simulate(&machine, &equal(2000, 0.02));
    assert!(simulated.leader_load > 0.5, "{simulated:?}");
    let quick = simulate(&Machine { message_cost: Duration::from_micros(1), ..machine }, &equal(2000, 0.02));
    assert!(quick.efficiency > 0.8 && quick.leader_load < 0.1, "{quick:?}");
}
