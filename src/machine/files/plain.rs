//! Opens files that anybody may have put in their places: regular files only, without waiting, and not without limit.
//!
//! To open a FIFO waits for its other end, and a device never ends. A symbolic link may lead anywhere: a file is read
//! through one, because people move large files and link them, but nothing is ever written through one.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::access::Access;

/// Opens a regular file; nothing of it is changed.
///
/// # Errors
/// It cannot be opened, is not a regular file, or is a link where none may be.
pub(super) fn open(path: &Path, access: Access) -> io::Result<File> {
    let follows = access == Access::Read;
    let writes = !matches!(access, Access::Read | Access::ReadUnlinked);
    let opened = |flags: OFlags| {
        let flags = if follows { flags } else { flags | OFlags::NOFOLLOW };
        let mut options = OpenOptions::new();
        options.read(true).write(writes).append(access == Access::NewToAppend).truncate(false);
        options.create(access == Access::ReadAndWriteOrNew);
        options.create_new(matches!(access, Access::New | Access::NewToAppend));
        options.custom_flags(flags.bits().cast_signed()).open(path)
    };
    let file = match opened(OFlags::NONBLOCK) {
        // Another program has a lease on the file, for which one has to wait; a FIFO gives another error.
        Err(error) if error.kind() == ErrorKind::WouldBlock && is_file(path) => opened(OFlags::empty()),
        opened => opened,
    };
    let file = file.map_err(|error| explained(path, error, follows))?;
    match what_else(&file.metadata()?) {
        None => Ok(file),
        Some(what) if follows && is_given_by_a_shell(path) => blocking(file, what),
        Some(what) => Err(not_a_file(what)),
    }
}

fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Why a file could not be opened, where the system's own words do not say it.
fn explained(path: &Path, error: io::Error, follows: bool) -> io::Error {
    if error.kind() == ErrorKind::AlreadyExists {
        return error;
    }
    let metadata = if follows { path.metadata() } else { path.symlink_metadata() };
    match metadata {
        Ok(found) if found.is_symlink() => is_a_link(path),
        // The write end of a FIFO, and a socket.
        Ok(found) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
            what_else(&found).map_or(error, not_a_file)
        }
        _ => error,
    }
}

/// The error about a link where only a file may be.
fn is_a_link(path: &Path) -> io::Error {
    let target = path.read_link().map_or_else(|_| String::new(), |target| format!(" to {}", target.display()));
    io::Error::other(format!("it is a symbolic link{target}, which is not followed here; remove the link"))
}

/// The error about a link where a folder is wanted.
pub(crate) fn leads_to_no_folder(path: &Path) -> io::Error {
    let target = path.read_link().map_or_else(|_| String::new(), |target| format!(" ({})", target.display()));
    io::Error::other(format!(
        "it is a symbolic link that leads to no folder{target}; make that folder or remove the link"
    ))
}

fn not_a_file(what: &str) -> io::Error {
    match what {
        // Other messages know this kind.
        "directory" => Errno::ISDIR.into(),
        what => io::Error::other(format!("it is a {what}, not a file; move it away")),
    }
}

fn what_else(metadata: &Metadata) -> Option<&'static str> {
    match metadata.file_type() {
        kind if kind.is_file() => None,
        kind if kind.is_dir() => Some("directory"),
        kind if kind.is_fifo() => Some("FIFO"),
        kind if kind.is_socket() => Some("socket"),
        _ => Some("device"),
    }
}

/// Whether a path is that of a pipe that a shell has opened, as in `run <(sed … sweep.toml)`: who reads it waits on
/// purpose.
fn is_given_by_a_shell(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

fn blocking(file: File, what: &'static str) -> io::Result<File> {
    if what != "FIFO" {
        return Err(not_a_file(what));
    }
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::Instant;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    const ALL: [Access; 4] = [Access::Read, Access::ReadUnlinked, Access::ReadAndWrite, Access::ReadAndWriteOrNew];

    #[test]
    fn what_is_no_file_is_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let began = Instant::now();
        for access in ALL {
            let said = |path: &Path| open(path, access).unwrap_err().to_string();
            assert!(said(&fifo).contains("it is a FIFO, not a file"), "{access:?}: {}", said(&fifo));
            assert!(said(&socket).contains("it is a socket, not a file"), "{access:?}: {}", said(&socket));
            assert_eq!(open(folder.path(), access).unwrap_err().kind(), ErrorKind::IsADirectory, "{access:?}");
            assert!(said(Path::new("/dev/zero")).contains("it is a device"), "{access:?}");
        }
        assert!(began.elapsed().as_secs() < 5);
    }

    #[test]
    fn a_link_is_followed_for_reading_only_and_nothing_is_created_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("target"), "whole").unwrap();
        symlink(at("target"), at("link")).unwrap();
        symlink(at("nothing"), at("dangling")).unwrap();
        let read = |name: &str| open(&at(name), Access::Read).and_then(io::read_to_string);
        assert_eq!(read("link").unwrap(), "whole");
        assert_eq!(read("dangling").unwrap_err().kind(), ErrorKind::NotFound);
        for access in [Access::New, Access::NewToAppend] {
            let kind = |name: &str| open(&at(name), access).unwrap_err().kind();
            assert_eq!((kind("link"), kind("dangling")), (ErrorKind::AlreadyExists, ErrorKind::AlreadyExists));
        }
        for access in [Access::ReadUnlinked, Access::ReadAndWrite, Access::ReadAndWriteOrNew] {
            for name in ["link", "dangling"] {
                let said = open(&at(name), access).unwrap_err().to_string();
                assert!(said.contains("it is a symbolic link to /"), "{access:?}: {said}");
            }
        }
        assert_eq!(std::fs::read(at("target")).unwrap(), b"whole");
        assert!(!at("nothing").exists());
    }
}
