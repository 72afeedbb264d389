//! Standard output and standard error.
//!
//! What could not be written to standard output is missing in a file that looks good: no verb succeeds then. What
//! goes to standard error stands above the bar, if one is drawn there.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;

use super::{Exit, Failure};
use crate::machine::or_simulated;

/// Whether news is suppressed.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on [`news!`] prints nothing.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether news is suppressed.
pub(super) fn is_quiet() -> bool {
    or_simulated!(machine => !machine.is_logged());
    QUIET.load(Ordering::Relaxed)
}

/// What is drawn at the end of standard error.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// From now on what is printed on standard error stands above this bar.
pub(super) fn write_above(bar: &ProgressBar) {
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
}

/// The bar is no longer drawn.
pub(super) fn leave_bar() {
    BAR.lock().unwrap_or_else(PoisonError::into_inner).take();
}

fn bar() -> Option<ProgressBar> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Prints a line on standard error: see [`tell!`].
pub(super) fn tell(line: fmt::Arguments) {
    or_simulated!(machine => machine.tell_user(line));
    // One piece, so that lines of several ranks do not mix.
    let text = format!("{line}\n");
    let _ = Errors.write_all(text.as_bytes());
}

/// Standard error, above the bar.
#[derive(Clone, Copy)]
pub(super) struct Errors;

impl Write for Errors {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let write = || io::stderr().write_all(bytes);
        bar().map_or_else(write, |bar| bar.suspend(write))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Removes the bar and prints a last line, unless standard error does not take it at once: the process ends anyway.
pub(super) fn tell_before_exit(line: &'static str) {
    const PATIENCE: Duration = Duration::from_millis(200);
    let (done, is_done) = std::sync::mpsc::channel();
    let tell = move || {
        if let Some(bar) = bar() {
            leave_bar();
            bar.finish_and_clear();
        }
        news!("{line}");
        let _ = done.send(());
    };
    if std::thread::Builder::new().spawn(tell).is_ok() {
        let _ = is_done.recv_timeout(PATIENCE);
    }
}

/// The first thing that went wrong.
static ERROR: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line: see [`say!`].
pub(super) fn line(line: fmt::Arguments) {
    or_simulated!(machine => machine.tell_user(line));
    attempt(|| writeln!(io::stdout(), "{line}"));
}

/// Writes to standard output, unless that has failed before: nothing may follow a gap.
pub(super) fn attempt(write: impl FnOnce() -> io::Result<()>) {
    let mut error = ERROR.lock().unwrap_or_else(PoisonError::into_inner);
    if error.is_none() {
        *error = write().err();
    }
}

/// Whether something could not be written to standard output: a reader may have left.
pub(super) fn has_failed() -> bool {
    ERROR.lock().unwrap_or_else(PoisonError::into_inner).is_some()
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
