//! The lease of the process that replaces the results, and the fence against earlier holders.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::content::Purpose;
use super::held::Lease;
use super::process::Life;
use super::sighting::{Sighting, observe, reduce_lease};
use super::wait::{Settled, await_free, remove_stale};
use super::watch::Rule;
use crate::machine::coverage::reached;
use crate::machine::files;
use crate::machine::sabotage::{Defect, has};
use crate::store::{StoreError, atomic, ownership};

/// Waits for the lease that gives the right to replace the results of the directory at `root`; none if interrupted.
///
/// An earlier holder can publish nothing more when this function returns, if it obeys the rule of the module.
///
/// # Errors
/// The lease cannot be read, removed or written.
pub(crate) fn acquire_reduce(
    root: &Path,
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<Option<Lease>, StoreError> {
    let path = reduce_lease(&root.join("runs"));
    loop {
        if let Some(lease) = Lease::create(&path, Purpose::Reduce)? {
            // Always, not only after our own takeover: another process may have removed the lease of a living one.
            fence(root)?;
            return Ok(Some(lease));
        }
        match await_free(&path, Rule::Reduce, interrupted, on_wait)? {
            Settled::Interrupted => return Ok(None),
            Settled::Stale(holder) => {
                remove_stale(&path, &holder)?;
            }
            Settled::Gone | Settled::Lives(_) => {}
        }
    }
}

/// Whether a process that may be alive has that lease.
///
/// # Errors
/// It cannot be read.
pub(crate) fn is_reduce_held(root: &Path) -> Result<bool, StoreError> {
    let holder = observe(&reduce_lease(&root.join("runs")))?;
    Ok(holder.is_some_and(|holder| holder.life != Life::Dead))
}

/// Removes the temporary files of those who held the lease before.
fn fence(root: &Path) -> Result<(), StoreError> {
    if has(Defect::LateReduceWins) {
        return Ok(());
    }
    for folder in [root.to_path_buf(), root.join("tables")] {
        let names = match files::names(&folder) {
            Ok(names) => names,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(StoreError::io(folder)(error)),
        };
        for name in names.iter().filter(|name| atomic::is_temporary(&name.to_string_lossy())) {
            let path = folder.join(name);
            reached("the files of a dead or deposed process were fenced");
            ownership::check(&path)?;
            match files::remove(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(StoreError::io(path)(error)),
                _ => {}
            }
        }
    }
    Ok(())
}
