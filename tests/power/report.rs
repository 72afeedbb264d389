//! What came of the cuts, as a table.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::disk::{Cut, Part};

/// What must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// results.h5 or a table has other bytes than without cuts.
    Different,
    /// `verify` or `status` speaks of damage, or fails.
    Damaged,
    /// A record that had been synced is gone, or what a run that ended had published.
    Lost,
    /// A finished task was not synced in time.
    Late,
    /// A run did not end.
    Hung,
    /// A run ended otherwise than it should.
    Refused,
    /// Temporary files or journals are left of a complete computation.
    Untidy,
}

const FAULTS: [Fault; 7] =
    [Fault::Different, Fault::Damaged, Fault::Lost, Fault::Late, Fault::Hung, Fault::Refused, Fault::Untidy];

/// One cut.
pub(crate) struct Report {
    pub(crate) part: Part,
    pub(crate) cut: Cut,
    /// What was done in which computation, to help find the fault.
    pub(crate) story: String,
    pub(crate) faults: Vec<(Fault, String)>,
    /// Done tasks whose records were gone, synced or not.
    pub(crate) tasks_lost: u64,
    /// How long the oldest record had waited to be synced.
    pub(crate) waited: Duration,
}

pub(crate) struct Table(pub(crate) Vec<Report>);

impl Table {
    /// The cuts that fell while a run was at work.
    pub(crate) fn in_the_midst(&self) -> usize {
        self.0.iter().filter(|report| report.part != Part::End).count()
    }

    /// # Panics
    /// There is a fault.
    pub(crate) fn assert_no_faults(&self, seed: u64) {
        println!("{self}");
        let mut told = Vec::new();
        for report in &self.0 {
            for (fault, what) in &report.faults {
                told.push(format!("{fault:?}, {:?} cut in {:?} of {}: {what}", report.cut, report.part, report.story));
            }
        }
        assert!(told.is_empty(), "MICROZONE_TEST_SEED={seed}\n{self}{} faults:\n{}", told.len(), told.join("\n"));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let mut rows: BTreeMap<String, Vec<&Report>> = BTreeMap::new();
        for report in &self.0 {
            rows.entry(format!("{:02} {:?}", report.part as u8, report.part)).or_default().push(report);
        }
        write!(formatter, "{:<10} {:>5} {:>5}", "cut in", "clean", "torn")?;
        FAULTS.iter().try_for_each(|fault| write!(formatter, " {:>9}", format!("{fault:?}").to_lowercase()))?;
        writeln!(formatter, " {:>12} {:>8}", "tasks lost", "waited")?;
        rows.iter().try_for_each(|(name, reports)| write_row(formatter, &name[3..], reports))?;
        write_row(formatter, "all", &self.0.iter().collect::<Vec<_>>())
    }
}

fn write_row(formatter: &mut fmt::Formatter, name: &str, reports: &[&Report]) -> fmt::Result {
    let cuts = |cut| reports.iter().filter(|report| report.cut == cut).count();
    write!(formatter, "{name:<10} {:>5} {:>5}", cuts(Cut::Clean), cuts(Cut::Torn))?;
    for fault in FAULTS {
        let count = reports.iter().filter(|report| report.faults.iter().any(|(found, _)| *found == fault)).count();
        write!(formatter, " {count:>9}")?;
    }
    let lost = reports.iter().map(|report| report.tasks_lost).max().unwrap_or(0);
    let waited = reports.iter().map(|report| report.waited).max().unwrap_or_default();
    writeln!(formatter, " {:>12} {:>6.2} s", format!("at most {lost}"), waited.as_secs_f64())
}
