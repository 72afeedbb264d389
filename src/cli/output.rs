//! Standard output. What could not be written there is missing in a file that looks good: no verb succeeds then.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Exit, Failure};

/// Whether news is suppressed.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on [`news!`] prints nothing.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether news is suppressed.
pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// The first thing that went wrong.
static ERROR: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line: see [`say!`].
pub(super) fn line(line: fmt::Arguments) {
    attempt(|| writeln!(io::stdout(), "{line}"));
}

/// Writes to standard output, unless that has failed before: nothing may follow a gap.
pub(super) fn attempt(write: impl FnOnce() -> io::Result<()>) {
    let mut error = ERROR.lock().unwrap_or_else(PoisonError::into_inner);
    if error.is_none() {
        *error = write().err();
    }
}

/// Closes standard output.
///
/// # Errors
/// Something could not be written, and not because a reader such as `head` has left early.
pub(super) fn close() -> Result<(), Failure> {
    attempt(|| io::stdout().flush());
    attempt(close_descriptor);
    match ERROR.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            let message =
                format!("standard output: {error}; the output is cut off; send it to a place with enough room");
            Err(Failure::new(Exit::Environment, message))
        }
        _ => Ok(()),
    }
}

/// Network file systems report a full disk when a file is closed.
fn close_descriptor() -> io::Result<()> {
    // SAFETY: nothing prints after this, and the descriptor belongs to no value that would close it again.
    if unsafe { libc::close(libc::STDOUT_FILENO) } == 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    // A user who starts a program without a standard output does not want any.
    if error.raw_os_error() == Some(libc::EBADF) { Ok(()) } else { Err(error) }
}
