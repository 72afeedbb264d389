//! What came of each call, as a table for people, and what must not have.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The outcome of one case.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// An exit code, or what there was in its place.
    pub(crate) outcome: String,
    /// What is wrong, if anything is.
    pub(crate) problems: Vec<String>,
}

/// The verdicts of one kind of call, by its number.
#[derive(Default)]
struct Line {
    calls: u64,
    verdicts: BTreeMap<u64, Verdict>,
}

#[derive(Default)]
pub(crate) struct Table {
    title: String,
    lines: Vec<(String, Line)>,
}

impl Table {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Begins the line of a kind of call that an undisturbed run makes so often.
    pub(crate) fn begin(&mut self, call: &str, calls: u64) {
        self.lines.push((call.into(), Line { calls, ..Line::default() }));
    }

    pub(crate) fn add(&mut self, number: u64, verdict: Verdict) {
        self.lines.last_mut().unwrap().1.verdicts.insert(number, verdict);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.iter().all(|(_, line)| line.verdicts.is_empty())
    }

    fn text(&self) -> String {
        let mut text = format!("\n{}\n", self.title);
        for (call, line) in &self.lines {
            let mut outcomes: BTreeMap<String, Vec<u64>> = BTreeMap::new();
            for (number, verdict) in &line.verdicts {
                let wrong = if verdict.problems.is_empty() { "" } else { " WRONG" };
                outcomes.entry(format!("{}{wrong}", verdict.outcome)).or_default().push(*number);
            }
            let outcomes: Vec<String> =
                outcomes.iter().map(|(outcome, numbers)| format!("{outcome}: {}", ranges(numbers))).collect();
            let (tried, all) = (line.verdicts.len(), line.calls);
            writeln!(text, "  {call:9} {tried:3} of {all:3}   {}", outcomes.join("   ")).unwrap();
        }
        text
    }

    /// Prints the table; the number of cases that went wrong.
    pub(crate) fn conclude(self) -> usize {
        let mut text = self.text();
        let mut wrong = 0;
        for (call, line) in &self.lines {
            for (number, verdict) in line.verdicts.iter().filter(|(_, verdict)| !verdict.problems.is_empty()) {
                wrong += 1;
                let problems = verdict.problems.join("; ");
                writeln!(text, "  WRONG {call} {number}: {}: {problems}", verdict.outcome).unwrap();
            }
        }
        println!("{text}");
        wrong
    }
}

/// 1-3,5
fn ranges(numbers: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let part = |(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}
