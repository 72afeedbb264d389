//! What an undisturbed run leaves.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use super::history::{launch, options};
use super::sweeps::{Case, cases};
use crate::cli::Exit;
use crate::machine::simulated::{KILLED, World};
use crate::random::RandomStream;
use crate::results::Status;
use crate::store::netcdf::{Array, Reader};

/// The results of a sweep: bytes of each file, and the values.
pub(super) struct Products {
    results: Vec<u8>,
    table: Vec<u8>,
    values: Vec<f64>,
    status: Vec<u8>,
}

impl Products {
    /// Those in a directory, if there are any.
    pub(super) fn read(world: &Rc<World>, directory: &Path) -> Option<Rc<Self>> {
        let results = world.file(&directory.join("results.h5"))?;
        let table = world.file(&directory.join("tables/value.csv"))?;
        // Most are the same as before, or those of an undisturbed run.
        let is_same = |known: &&Rc<Self>| known.results == results && known.table == table;
        if let Some(known) = LATEST.with_borrow(|latest| latest.iter().find(is_same).cloned()) {
            return Some(known);
        }
        let read = Rc::new(Self::parsed(results, table)?);
        LATEST.with_borrow_mut(|latest| {
            latest.truncate(MOST_KNOWN);
            latest.insert(0, Rc::clone(&read));
        });
        Some(read)
    }

    fn parsed(results: Vec<u8>, table: Vec<u8>) -> Option<Self> {
        let scratch = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(scratch.path(), &results).unwrap();
        let reader = Reader::open(scratch.path()).ok()?;
        let (Some(Array::Number(values)), Some(Array::Byte(status))) =
            (reader.array("value").unwrap(), reader.array("status").unwrap())
        else {
            panic!("results.h5 has no values");
        };
        Some(Self { results, table, values: values.into_owned(), status })
    }

    /// Whether both are the same files.
    pub(super) fn equal(&self, other: &Self) -> bool {
        self.results == other.results && self.table == other.table
    }

    /// The tasks that are done.
    pub(super) fn done(&self) -> Vec<usize> {
        (0..self.status.len()).filter(|task| self.status[*task] == Status::Done as u8).collect()
    }

    /// Whether what is done has the right values, and no task has failed but those that fail by themselves.
    pub(super) fn is_part_of(&self, whole: &Self) -> bool {
        let is_right = |task: usize| match self.status[task] {
            status if status == Status::Done as u8 => self.values[task].to_bits() == whole.values[task].to_bits(),
            status if status == Status::Failed as u8 => whole.status[task] == status,
            _ => true,
        };
        (0..self.status.len()).all(is_right)
    }
}

/// More than one history reads again.
const MOST_KNOWN: usize = 32;

thread_local! {
    static LATEST: RefCell<Vec<Rc<Products>>> = RefCell::default();
    static KNOWN: RefCell<HashMap<(PathBuf, &'static str), Whole>> = RefCell::default();
}

/// What an undisturbed run of a whole sweep gives.
#[derive(Clone)]
pub(super) struct Whole {
    pub(super) products: Rc<Products>,
    pub(super) exit: i32,
}

/// The versions of the program: this one, and a newer one that only has another name.
pub(super) const PROGRAMS: [&str; 2] = [env!("CARGO_PKG_VERSION"), "1000.0.0"];

/// Computes what every sweep gives.
pub(super) fn compute_all() {
    cases().iter().for_each(|case| drop(references(case)));
}

/// What a sweep gives with each version of the program.
pub(super) fn references(case: &Case) -> [Whole; 2] {
    PROGRAMS.map(|program| reference(case, program))
}

fn reference(case: &Case, program: &'static str) -> Whole {
    let key = (case.sweep.clone(), program);
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).cloned()) {
        return known;
    }
    let world = World::new(RandomStream::from_seed([9; 32]), true);
    world.install(program);
    let exit = loop {
        let launched = launch(&world, 1, true, &options(case, 1, &[]));
        assert!(world.run(launched, Duration::from_secs(100_000)), "an undisturbed run ends");
        match world.exit(launched) {
            // A task that takes all memory takes the run with it, and is found out.
            Some(KILLED) => {}
            exit => break exit.unwrap(),
        }
    };
    assert!(exit == 0 || exit == Exit::FailedTasks as i32, "exit {exit}: {:#?}", world.logged());
    let whole = Whole { products: Products::read(&world, Path::new("/scratch/out")).unwrap(), exit };
    KNOWN.with_borrow_mut(|known| known.insert(key, whole.clone()));
    whole
}
