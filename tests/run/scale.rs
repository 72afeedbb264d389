//! The simulated scheduler against the real one, with tasks that sleep.

use microzone::schedule::simulation::{Machine, VirtualTask, simulate};

use crate::launch::Launcher;
use crate::place::Place;

/// Their differences have to be smaller than this.
const AGREEMENT: f64 = 0.03;
/// What a real run has to reach.
const LEAST: f64 = 0.98;
/// About so long is each run.
const SECONDS: f64 = 8.0;

/// The efficiency of a real run: what its tasks sleep, over what its ranks had.
fn real(place: &Place, ranks: u32, tasks: u32, seconds: f64) -> f64 {
    let text = format!(
        "[sweep]\nname = \"scale\"\nexperiment = \"null\"\nreplicates = {tasks}\n[fixed]\nduration = {seconds}\n"
    );
    let name = format!("{ranks}-{seconds}");
    let sweep = place.file(&format!("{name}.toml"), &text);
    let arguments = ["run", &sweep, "--out", &place.path(&name), "--threads", "1"];
    let ended = Launcher::Ranks(ranks as usize).start_with(&arguments, &[("MICROZONE_LOG", "debug")]).wait().expect(0);
    let line = ended.errors.lines().find(|line| line.contains("rank 0 led for")).expect("what rank 0 says");
    let led: f64 = line.split("led for ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    f64::from(tasks) * seconds / (f64::from(ranks) * led)
}

fn simulated(ranks: u32, tasks: u32, seconds: f64) -> f64 {
    let task = VirtualTask { expected: seconds as f32, seconds: seconds as f32 };
    let run = simulate(&Machine { ranks: ranks as usize, ..Machine::default() }, &vec![task; tasks as usize]);
    f64::from(tasks) * seconds / (f64::from(ranks) * run.seconds)
}

#[test]
#[ignore = "it takes two minutes of a quiet machine: `make test-long`"]
fn real_and_simulated_runs_are_equally_efficient() {
    let place = Place::new();
    let mut rows = Vec::new();
    for seconds in [0.2, 0.06, 0.02] {
        for ranks in [2, 4, 8, 16] {
            let tasks = (SECONDS / seconds) as u32 * ranks;
            let (real, simulated) = (real(&place, ranks, tasks, seconds), simulated(ranks, tasks, seconds));
            println!("{ranks:>3} ranks, {seconds:>5} s: real {real:.4}, simulated {simulated:.4}");
            rows.push((ranks, seconds, real, simulated));
        }
    }
    for (ranks, seconds, real, simulated) in rows {
        assert!((real - simulated).abs() < AGREEMENT, "{ranks} ranks, {seconds} s: {real} and {simulated}");
        assert!(real >= LEAST, "{ranks} ranks, {seconds} s: {real}");
    }
}
