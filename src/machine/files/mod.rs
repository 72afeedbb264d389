//! Files and folders.

mod access;
mod by_path;
mod file;
mod locks;
mod plain;
mod stream;
mod whole;

pub(crate) use std::fs::TryLockError;

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

pub(crate) use access::Access;
pub(crate) use by_path::ByPath;
pub(crate) use file::File;
pub(crate) use plain::leads_to_no_folder;
pub(crate) use whole::{LONGEST_TEXT, read, read_text};

use nix::unistd::Uid;

use super::or_simulated;

/// The names in a folder, in no order.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    or_simulated!(machine => machine.names(folder));
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
}

/// Whether there is something at this path.
///
/// # Errors
/// This cannot be known.
pub(crate) fn is_there(path: &Path) -> io::Result<bool> {
    or_simulated!(machine => machine.is_there(path));
    path.try_exists()
}

/// Whether there is a regular file at this path, or a link to one; not so if this cannot be known.
pub(crate) fn is_file(path: &Path) -> bool {
    or_simulated!(machine => machine.is_file(path));
    path.is_file()
}

/// Whether there is a folder at this path, or a link to one; not so if this cannot be known.
pub(crate) fn is_folder(path: &Path) -> bool {
    or_simulated!(machine => machine.is_folder(path));
    path.is_dir()
}

/// Whether there is a symbolic link at this path, whatever it leads to.
pub(crate) fn is_link(path: &Path) -> bool {
    or_simulated!(_machine => false);
    path.is_symlink()
}

/// The number of the user that a file, a folder or a link itself belongs to; an error if there is none.
pub(crate) fn owner(path: &Path) -> io::Result<u32> {
    or_simulated!(machine => machine.is_there(path).and_then(|is_there| match is_there {
        true => Ok(own_user()),
        false => Err(io::ErrorKind::NotFound.into()),
    }));
    fs::symlink_metadata(path).map(|metadata| metadata.uid())
}

/// The number of the user that this process runs for.
pub(crate) fn own_user() -> u32 {
    Uid::effective().as_raw()
}

/// The length of a file, in bytes.
pub(crate) fn length(path: &Path) -> io::Result<u64> {
    or_simulated!(machine => machine.read(path).map(|bytes| bytes.len() as u64));
    fs::metadata(path).map(|metadata| metadata.len())
}

/// When the file was written last, in seconds since 1970.
pub(crate) fn written(path: &Path) -> Option<f64> {
    or_simulated!(machine => machine.written(path));
    let time = fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
    Some(time.duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64()))
}

/// Gives a file the mode of another one, if that is there and is no link.
pub(crate) fn copy_mode(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(_machine => Ok(()));
    match fs::symlink_metadata(from) {
        Ok(old) if old.is_file() => fs::set_permissions(to, Permissions::from_mode(old.permissions().mode())),
        _ => Ok(()),
    }
}

/// Creates a folder, in one that is there.
///
/// # Errors
/// Something has this name, or it cannot be created.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.create_folder(path));
    fs::create_dir(path)
}

/// Gives a file another name, in place of whatever file has it.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.rename(from, to));
    fs::rename(from, to)
}

/// Gives a file a second name, which must not be there yet.
pub(crate) fn link(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.link(from, to));
    fs::hard_link(from, to)
}

/// Removes a file.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.remove(path));
    fs::remove_file(path)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.sync_folder(folder));
    fs::File::open(folder)?.sync_all()
}
