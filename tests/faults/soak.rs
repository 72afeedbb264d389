//! Hundreds of random faults of many kinds: none leaves a trace, none makes the program hang, and every exit code is in
//! docs/reference/exit-codes.md.
//!
//! A fault is made from one number. The numbers follow each other from `MICROZONE_TEST_SEED`; `MICROZONE_TEST_FAULT=N`
//! makes only the one with that number, and `MICROZONE_TEST_FAULTS=N` makes N of them.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::bench::{Bench, State};
use crate::trial::Trial;
use crate::{mishaps, strikes, wounds};

const SWEEP: &str = r#"
[sweep]
name = "soak"
experiment = "null"
seed = 77
replicates = 12

[grid]
index = [1, 2]
failing = [0.25, 0.5]

[fixed]
duration = 0.008
"#;
const TASKS: u64 = 48;
const FAULTS: u64 = 300;

/// What problems say that belong to each column.
const HUNG: [&str; 3] = ["hung", "killed after", "waited a minute"];
const DIFFERENT: [&str; 3] = ["other bytes", "WRONG", "tasks are left of"];
const ODD: [&str; 2] = ["exit code", "a panic"];

pub(crate) type Kind = (&'static str, fn(&mut Trial));

/// The outcomes of all faults of a kind.
#[derive(Default)]
struct Tally {
    faults: u64,
    reached: u64,
    different: u64,
    hung: u64,
    odd: u64,
    other: u64,
}

impl Tally {
    /// A fault counts once in each column that one of its problems belongs to.
    fn note(&mut self, problems: &[String], reached: bool) {
        let says = |texts: &[&str], problem: &String| texts.iter().any(|text| problem.contains(text));
        let hung = |problem: &String| says(&HUNG, problem);
        let different = |problem: &String| says(&DIFFERENT, problem);
        let odd = |problem: &String| says(&ODD, problem);
        let count = |wanted: &dyn Fn(&String) -> bool| u64::from(problems.iter().any(wanted));
        self.faults += 1;
        self.reached += u64::from(reached);
        self.hung += count(&hung);
        self.different += count(&|problem| !hung(problem) && different(problem));
        self.odd += count(&|problem| !hung(problem) && !different(problem) && odd(problem));
        self.other += count(&|problem| !hung(problem) && !different(problem) && !odd(problem));
    }

    fn print(&self, kind: &str) {
        let Self { faults, reached, different, hung, odd, other } = self;
        println!("{kind:45} {faults:6}  {reached:7}  {different:9}  {hung:4}  {odd:14}  {other:5}");
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

fn kinds() -> Vec<Kind> {
    [&strikes::KINDS[..], &mishaps::KINDS, &wounds::KINDS].concat()
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic of the test").to_string()
}

/// The problems that this fault led to, and whether it came to anything.
fn one(bench: &Bench, kind: Kind, number: u64) -> (Vec<String>, bool) {
    let mut trial = Trial::new(bench, number);
    let outcome = catch_unwind(AssertUnwindSafe(|| kind.1(&mut trial)));
    let reached = trial.reached;
    let mut problems = trial.end();
    problems.extend(outcome.err().map(|panic| text_of(&*panic)));
    (problems, reached)
}

#[test]
#[ignore = "many minutes"]
fn random_faults_leave_no_trace() {
    let bench = Bench::of(SWEEP, TASKS);
    for state in [State::Killed, State::Stopped, State::Unmerged, State::Complete] {
        bench.prepare(state);
    }
    let kinds = kinds();
    assert!(kinds.len() >= 20);
    let seed = number("MICROZONE_TEST_SEED").unwrap_or(12_000);
    let alone = number("MICROZONE_TEST_FAULT");
    let count = number("MICROZONE_TEST_FAULTS").unwrap_or(FAULTS);
    let numbers = alone.map_or(seed..seed + count, |number| number..number + 1);
    println!("MICROZONE_TEST_SEED={seed}");
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for number in numbers {
        let kind = kinds[(number % kinds.len() as u64) as usize];
        let (problems, reached) = one(&bench, kind, number);
        tallies.entry(kind.0).or_default().note(&problems, reached);
        for problem in problems {
            println!("MICROZONE_TEST_FAULT={number} ({}): {problem}", kind.0);
        }
    }
    conclude(&tallies);
}

fn conclude(tallies: &BTreeMap<&str, Tally>) {
    println!("\n{:45} faults  reached  different  hung  odd exit codes  other", "kind");
    let mut all = Tally::default();
    for (kind, tally) in tallies {
        tally.print(kind);
        all.faults += tally.faults;
        all.reached += tally.reached;
        all.different += tally.different;
        all.hung += tally.hung;
        all.odd += tally.odd;
        all.other += tally.other;
    }
    all.print("all");
    let Tally { faults, reached, different, hung, odd, other } = all;
    assert_eq!((different, hung, odd, other), (0, 0, 0, 0), "different, hung, odd exit codes, other");
    assert!(2 * reached >= faults, "only {reached} of {faults} faults came to anything");
}
