//! Files and folders.

mod by_path;
mod file;

pub(crate) use std::fs::TryLockError;

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::UNIX_EPOCH;

pub(crate) use by_path::ByPath;
pub(crate) use file::{Access, File};

use super::or_simulated;

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    or_simulated!(machine => machine.read(path));
    fs::read(path)
}

/// The names in a folder, in no order.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    or_simulated!(machine => machine.names(folder));
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
}

pub(crate) fn is_there(path: &Path) -> io::Result<bool> {
    or_simulated!(machine => machine.is_there(path));
    path.try_exists()
}

pub(crate) fn is_file(path: &Path) -> bool {
    or_simulated!(machine => machine.is_file(path));
    path.is_file()
}

pub(crate) fn is_folder(path: &Path) -> bool {
    or_simulated!(machine => machine.is_folder(path));
    path.is_dir()
}

/// When the file was written last, in seconds since 1970.
pub(crate) fn written(path: &Path) -> Option<f64> {
    or_simulated!(machine => machine.written(path));
    let time = fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
    Some(time.duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64()))
}

/// Gives a file the mode of another one, if that is there.
pub(crate) fn copy_mode(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(_machine => Ok(()));
    match fs::metadata(from) {
        Ok(old) => fs::set_permissions(to, Permissions::from_mode(old.permissions().mode())),
        Err(_) => Ok(()),
    }
}

pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.create_folder(path));
    fs::create_dir(path)
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.rename(from, to));
    fs::rename(from, to)
}

/// Gives a file a second name, which must not be there yet.
pub(crate) fn link(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.link(from, to));
    fs::hard_link(from, to)
}

pub(crate) fn remove(path: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.remove(path));
    fs::remove_file(path)
}

pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.copy(from, to));
    fs::copy(from, to).map(drop)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    or_simulated!(machine => machine.sync_folder(folder));
    fs::File::open(folder)?.sync_all()
}
