//! Opens files that anybody may have put in their places: regular files only, without waiting, and not without limit.
//!
//! To open a FIFO waits for its other end, and a device never ends. A symbolic link may lead anywhere: a file is read
//! through one, because people move large files and link them, but nothing is ever written through one.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::wording::counted;

/// The longest text that is read at once: sweeps, records of runs and jobs, checksums, profiles.
pub(crate) const LONGEST_TEXT: u64 = 64 << 20;

/// What is to be done with a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Also through a link.
    Read,
    /// What only this program writes, and never as a link.
    ReadUnlinked,
    Write,
    /// The same, and the file is made if it is not there.
    WriteOrCreate,
}

/// Opens a regular file; nothing of it is changed.
///
/// # Errors
/// It cannot be opened, is not a regular file, or is a link where none may be.
pub(crate) fn open(path: &Path, access: Access) -> io::Result<File> {
    let follows = access == Access::Read;
    let writes = matches!(access, Access::Write | Access::WriteOrCreate);
    let opened = |flags: OFlags| {
        let flags = if follows { flags } else { flags | OFlags::NOFOLLOW };
        let mut options = OpenOptions::new();
        options.read(true).write(writes).create(access == Access::WriteOrCreate).truncate(false);
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

/// Reads a text of at most [`LONGEST_TEXT`] bytes.
///
/// # Errors
/// As [`open`], or it cannot be read, or is longer.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(open(path, Access::Read)?, LONGEST_TEXT)
}

/// The same, which must be UTF-8.
///
/// # Errors
/// As [`read`]; [`ErrorKind::InvalidData`] for other bytes.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

/// All of a file that is open at its start, if it has at most so many bytes.
///
/// # Errors
/// It cannot be read, or is longer.
pub(crate) fn read_at_most(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Whatever length the file says it has, and however it grows meanwhile.
    file.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        false => Ok(bytes),
        true => {
            let limit = if most < 1 << 20 { counted(most, "byte") } else { format!("{} MiB", most >> 20) };
            Err(io::Error::other(format!("it is longer than {limit}, which no file of this kind is; move it away")))
        }
    }
}

fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Why a file could not be opened, where the system's own words do not say it.
fn explained(path: &Path, error: io::Error, follows: bool) -> io::Error {
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

    const ALL: [Access; 4] = [Access::Read, Access::ReadUnlinked, Access::Write, Access::WriteOrCreate];

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
        assert_eq!(read(&at("link")).unwrap(), b"whole");
        assert_eq!(read(&at("dangling")).unwrap_err().kind(), ErrorKind::NotFound);
        for access in [Access::ReadUnlinked, Access::Write, Access::WriteOrCreate] {
            for name in ["link", "dangling"] {
                let said = open(&at(name), access).unwrap_err().to_string();
                assert!(said.contains("it is a symbolic link to /"), "{access:?}: {said}");
            }
        }
        assert_eq!(std::fs::read(at("target")).unwrap(), b"whole");
        assert!(!at("nothing").exists());
    }

    #[test]
    fn a_file_that_grows_without_end_is_not_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains("it is longer than 64 MiB"), "{said}");
        assert_eq!(read_at_most(File::open("/dev/zero").unwrap(), 8).unwrap_err().kind(), ErrorKind::Other);
    }

    #[test]
    fn a_pipe_of_a_shell_is_read_to_its_end() {
        let (reader, mut writer) = io::pipe().unwrap();
        let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        let thread = std::thread::spawn(move || read(Path::new(&path)));
        std::thread::sleep(std::time::Duration::from_millis(50));
        io::Write::write_all(&mut writer, b"late").unwrap();
        drop(writer);
        assert_eq!(thread.join().unwrap().unwrap(), b"late");
    }
}
