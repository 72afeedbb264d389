//! Reads whole files, which nobody can make endless.

use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::access::Access;
use super::file::File;
use crate::machine::or_simulated;

/// The longest text that is read at once: sweeps, records of runs and jobs, checksums, profiles.
pub(crate) const LONGEST_TEXT: u64 = 64 << 20;

/// Reads a text of at most [`LONGEST_TEXT`] bytes.
///
/// # Errors
/// It cannot be opened or read, is not a regular file, or is longer.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    or_simulated!(machine => machine.read(path));
    read_at_most(File::open(path, Access::Read)?, LONGEST_TEXT)
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
fn read_at_most(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Whatever length the file says it has, and however it grows meanwhile.
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 <= most {
        return Ok(bytes);
    }
    let limit = if most < 1 << 20 { format!("{most} bytes") } else { format!("{} MiB", most >> 20) };
    Err(io::Error::other(format!("it is longer than {limit}, which no file of this kind is; move it away")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_grows_without_end_is_not_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains("it is longer than 64 MiB"), "{said}");
        assert_eq!(
            read_at_most(File::Real(fs::File::open("/dev/zero").unwrap()), 8).unwrap_err().kind(),
            ErrorKind::Other
        );
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
