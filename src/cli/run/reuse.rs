//! Takes what other directories have: `run --reuse DIR`.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::cli::{Exit, Failure, open};
use crate::store::fold::save_taken;
use crate::store::{Contents, Directory};
use crate::sweep::{Identities, Sweep, TheoryCells};
use crate::wording::counted;

/// Takes every record and theory cell of the sweep that another directory has and this one has not, after its checksum
/// has been compared; whether there were any. A failure that may come to another end is left.
///
/// # Errors
/// The other directory is this one, is damaged, is of another experiment or of a newer version, or is none.
pub(super) fn reuse(
    other: &Path,
    directory: &Directory,
    run: u32,
    sweep: &Arc<Sweep>,
    identities: &Identities,
    contents: &Contents,
) -> Result<bool, Failure> {
    let named = |failure: Failure| Failure { message: format!("--reuse: {}", failure.message), ..failure };
    let source = opened(other, directory, sweep).map_err(named)?;
    let mut wanted = Wanted::new(sweep, identities, contents);
    let taken = save_taken(directory, run, &source, &mut |digest| wanted.records.remove(digest), &wanted.cells);
    let taken = taken.map_err(|error| named(error.into()))?;
    let (tasks, cells) = (counted(taken.records, "task"), counted(taken.cells, "theory cell"));
    news!("{}: {tasks} and {cells} taken from {}", directory.root().display(), other.display());
    Ok(taken.records + taken.cells > 0)
}

/// The records of another directory.
fn opened(other: &Path, directory: &Directory, sweep: &Sweep) -> Result<Contents, Failure> {
    open::check(other)?;
    if matches!((other.canonicalize(), directory.root().canonicalize()), (Ok(one), Ok(same)) if one == same) {
        let what = format!("{} is the directory of this run itself; name another one", other.display());
        return Err(Failure::new(Exit::Usage, what));
    }
    let source = Directory::new(other);
    let there = source.sweep()?;
    let (name, here) = (there.declaration().name, sweep.declaration().name);
    if name != here {
        let what =
            format!("{} has results of the experiment {name:?}, and this is a sweep of {here:?}", other.display());
        return Err(Failure::new(Exit::OtherSweep, what));
    }
    source.check_rules(&there)?;
    Ok(Contents::read(&source)?.undamaged()?)
}

/// The names of what a directory has not.
struct Wanted {
    records: HashSet<[u8; 32]>,
    cells: HashSet<[u8; 32]>,
}

impl Wanted {
    fn new(sweep: &Arc<Sweep>, identities: &Identities, contents: &Contents) -> Self {
        let tasks: Vec<u32> = (0..sweep.tasks() as u32).collect();
        let cells = TheoryCells::new(sweep);
        let names = (0..cells.len()).map(|cell| cells.get(cell).digest());
        Self {
            records: identities
                .digests(&tasks)
                .into_iter()
                .filter(|digest| contents.records.find(digest).is_none())
                .collect(),
            cells: names.filter(|digest| !contents.cells.contains_key(digest)).collect(),
        }
    }
}
