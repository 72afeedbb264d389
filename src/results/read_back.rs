//! Reads results back from their file, as far as this program understands it.
//!
//! HDF5 may crash on a damaged file, so its checksum has to be compared first.

use std::path::Path;

use super::{Results, Series, Status};
use crate::experiment::{Kept, Observable, TaskFailure};
use crate::store::StoreError;
use crate::store::netcdf::{Array, Reader};
use crate::store::run_record::TheoryCounts;
use crate::sweep::{Extent, Sweep, Target, Task};

/// A results file in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub done: usize,
    pub failed: usize,
    /// Tasks that outcomes have called for.
    pub tasks: usize,
    /// Points that have the most replicates and not their precision.
    pub not_met: usize,
    /// The digest of what it was made from; files up to version 0.2 have none.
    pub records: Option<String>,
    /// The version of the program that wrote it.
    pub program: String,
}

impl Summary {
    /// # Errors
    /// The file cannot be read, or is not a results file.
    pub(crate) fn read(path: &Path) -> Result<Self, StoreError> {
        let reader = Reader::open(path)?;
        let status = bytes(&reader, path, "status")?;
        let count = |wanted: Status| status.iter().filter(|found| **found == wanted as u8).count();
        let not_met = match reader.array("precision")? {
            Some(Array::Byte(targets)) => targets.iter().filter(|target| **target == Target::NotMet as u8).count(),
            _ => 0,
        };
        Ok(Self {
            done: count(Status::Done),
            failed: count(Status::Failed),
            tasks: status.len() - count(Status::NotNeeded),
            not_met,
            records: reader.text("records"),
            program: reader.text("software_version").unwrap_or_else(|| "unknown".into()),
        })
    }
}

/// The text of the sweep that a results file is of.
///
/// # Errors
/// The file cannot be read, or has none.
pub(crate) fn sweep_text(path: &Path) -> Result<String, StoreError> {
    text_of_sweep(&Reader::open(path)?, path)
}

pub(super) fn text_of_sweep(reader: &Reader, path: &Path) -> Result<String, StoreError> {
    reader.text("sweep").ok_or_else(|| foreign(path, "it has no attribute \"sweep\""))
}

impl<'a> Results<'a> {
    /// The results that a file holds, which is of this sweep. The file does not record why tasks failed.
    ///
    /// # Errors
    /// The file cannot be read, or its shape is not that of the sweep.
    pub(crate) fn read(path: &Path, sweep: &'a Sweep) -> Result<Self, StoreError> {
        let reader = Reader::open(path)?;
        let status = statuses(&reader, path, sweep)?;
        let unrecorded = || String::from("results.h5 does not record why tasks failed");
        let failures = (0..status.len()).filter(|task| status[*task] == Status::Failed);
        let failures = failures.map(|task| (Task(task as u32), TaskFailure::model(unrecorded()))).collect();
        let mut series = Vec::new();
        for observable in sweep.declaration().observables {
            series.extend(read_series(&reader, path, sweep, observable)?);
        }
        let extents = match reader.array("precision")? {
            Some(Array::Byte(targets)) => extents(sweep, &status, &targets),
            _ => None,
        };
        let records = reader.text("records").unwrap_or_default();
        let (theory, theory_failures) = (TheoryCounts::default(), Vec::new());
        Ok(Self { sweep, status, extents, series, failures, theory, theory_failures, records })
    }
}

/// An observable, if the file has it; of an earlier version it may be another one.
fn read_series(
    reader: &Reader,
    path: &Path,
    sweep: &Sweep,
    observable: &'static Observable,
) -> Result<Option<Series>, StoreError> {
    let per_point = sweep.points() * observable.size();
    let numbers = |suffix: &str, length: usize| {
        let name = format!("{}{suffix}", observable.name());
        match reader.array(&name)? {
            None => Ok(None),
            Some(Array::Number(values)) if values.len() == length => Ok(Some(values.into_owned())),
            Some(_) => Err(foreign(path, &format!("{name:?} is not of the shape that its sweep gives it"))),
        }
    };
    let every = observable.kept == Kept::EveryReplicate;
    let Some(values) = numbers("", per_point * sweep.replicates_keeping(observable))? else { return Ok(None) };
    let theory = numbers("_theory", per_point)?.zip(numbers("_theory_sem", per_point)?);
    let (mean, standard_error) = if every {
        let missing = || foreign(path, &format!("{:?} has no mean", observable.name()));
        numbers("_mean", per_point)?.zip(numbers("_sem", per_point)?).ok_or_else(missing)?
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(Some(Series { observable, values, mean, standard_error, theory }))
}

fn extents(sweep: &Sweep, status: &[Status], targets: &[u8]) -> Option<Vec<Extent>> {
    let replicates = sweep.most_replicates() as usize;
    let extent = |(of_point, target): (&[Status], &u8)| {
        let needed = of_point.iter().filter(|status| **status != Status::NotNeeded).count();
        Some(Extent { replicates: needed as u32, target: Target::of_byte(*target)? })
    };
    status.chunks_exact(replicates).zip(targets).map(extent).collect()
}

/// The state of every task of the sweep that a file is of.
pub(super) fn statuses(reader: &Reader, path: &Path, sweep: &Sweep) -> Result<Vec<Status>, StoreError> {
    let status: Option<Vec<Status>> = bytes(reader, path, "status")?.into_iter().map(Status::of_byte).collect();
    let status = status.filter(|status| status.len() == sweep.tasks());
    status.ok_or_else(|| foreign(path, "its \"status\" is not that of its sweep"))
}

fn bytes(reader: &Reader, path: &Path, name: &str) -> Result<Vec<u8>, StoreError> {
    match reader.array(name)? {
        Some(Array::Byte(values)) => Ok(values),
        _ => Err(foreign(path, &format!("it has no variable {name:?} of bytes"))),
    }
}

pub(super) fn foreign(path: &Path, what: &str) -> StoreError {
    StoreError::Foreign { path: path.into(), what: what.into() }
}
