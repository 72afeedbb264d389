//! Whose a file is. What belongs to another user is read, if it may be, and never replaced, cut or removed.
//!
//! In a folder that several users may write to, the system lets each of them rename and remove the files of the others.
//! A second member of a group who resumes a run would thus take its files over one by one, until the first one can no
//! longer write them.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use super::StoreError;
use crate::machine::files::{self, Access, File, leads_to_no_folder};
use crate::machine::{process, users};

const ROOT: u32 = 0;

/// Opens a file of the store for writing; nothing of it is changed.
///
/// # Errors
/// It is a link, is not a regular file, or belongs to another user; or it cannot be opened.
pub(super) fn open(path: &Path, access: Access) -> Result<File, StoreError> {
    let file = match File::open(path, access) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            // Whose file it is says more than that it may not be written.
            check(path)?;
            return Err(StoreError::io(path)(error));
        }
        opened => opened.map_err(StoreError::io(path))?,
    };
    check_owner(path, file.owner().map_err(StoreError::io(path))?)?;
    Ok(file)
}

/// Whether the file at this path, or the link itself if it is one, may be replaced or removed: it is ours, or there is
/// none.
///
/// # Errors
/// It belongs to another user, or this cannot be known.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    match files::owner(path) {
        Ok(owner) => check_owner(path, owner),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::io(path)(error)),
    }
}

/// Whether a folder within a results directory may be written to. It may be a link, to another disk for example, if
/// that was not put there by another user, whose link could lead to our own files elsewhere.
///
/// # Errors
/// Another user has made the link, or it leads nowhere.
pub(super) fn check_folder(path: &Path) -> Result<(), StoreError> {
    if !files::is_link(path) {
        return Ok(());
    }
    let owner = files::owner(path).map_err(StoreError::io(path))?;
    if owner != ROOT {
        check_owner(path, owner)?;
    }
    match files::is_folder(path) {
        true => Ok(()),
        false => Err(StoreError::io(path)(leads_to_no_folder(path))),
    }
}

fn check_owner(path: &Path, owner: u32) -> Result<(), StoreError> {
    match is_ours(path, owner) {
        true => Ok(()),
        false => Err(StoreError::ForeignOwner { path: path.into(), owner: name_of(owner) }),
    }
}

fn is_ours(path: &Path, owner: u32) -> bool {
    // A server may give all that this user makes to another one, as it does with root.
    owner == files::own_user() || owner_of_new_files(path).is_ok_and(|new| new == owner)
}

/// The user that a new file next to this one belongs to. The name of that file is the name of a temporary one.
fn owner_of_new_files(path: &Path) -> io::Result<u32> {
    static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
    let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
    let probe = path.with_file_name(format!(".owner.{}-{attempt}.temporary", process::id()));
    let owner = File::open(&probe, Access::New)?.owner();
    files::remove(&probe)?;
    owner
}

fn name_of(owner: u32) -> String {
    users::name(owner).map_or_else(|| format!("user {owner}"), |name| format!("user {name} ({owner})"))
}
