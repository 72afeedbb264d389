//! What this process computes, so that a task that ends it can be named.
//!
//! A handler of signals asks for it, so nothing here takes a lock or asks for memory.

use std::cell::Cell;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use super::files::File;
use super::or_simulated;

/// The kind and the digest of a task or a theory cell, as a journal encodes them.
pub(crate) type Name = [u8; 33];

const NO_FILE: RawFd = -1;

thread_local! {
    /// A cell without destructor needs no lock in a handler.
    static HERE: Cell<Option<Name>> = const { Cell::new(None) };
}

/// Threads of this process that compute something.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Where last words go.
static FILE: AtomicI32 = AtomicI32::new(NO_FILE);

/// This thread begins to compute something.
pub(crate) fn begin(name: Name) {
    or_simulated!(machine => machine.set_name(Some(name)));
    COUNT.fetch_add(1, Ordering::SeqCst);
    HERE.set(Some(name));
}

/// This thread computes nothing any more.
pub(crate) fn end() {
    or_simulated!(machine => machine.set_name(None));
    HERE.set(None);
    COUNT.fetch_sub(1, Ordering::SeqCst);
}

/// Whether this thread computes something.
pub(crate) fn is_computing() -> bool {
    HERE.get().is_some()
}

/// Threads of this process that compute something.
pub(crate) fn computing() -> usize {
    COUNT.load(Ordering::SeqCst)
}

/// What this thread computes; it is given only once, since the process ends for one reason.
pub(crate) fn take() -> Option<Name> {
    or_simulated!(machine => machine.take_name());
    HERE.take()
}

/// From now on last words go to the end of this file, if there is one. It must outlive that, and append.
pub(crate) fn go_to(file: Option<&File>) {
    or_simulated!(machine => machine.send_last_words_to(file));
    FILE.store(file.and_then(File::real).map_or(NO_FILE, AsRawFd::as_raw_fd), Ordering::SeqCst);
}

/// Writes last words; whether all of them have been written.
pub(crate) fn write(words: &[u8]) -> bool {
    or_simulated!(machine => machine.write_last_words(words));
    let file = FILE.load(Ordering::SeqCst);
    // SAFETY: the bytes are there; a file that is closed or missing is an error of the call, and nothing else.
    let written = unsafe { libc::write(file, words.as_ptr().cast(), words.len()) };
    usize::try_from(written).is_ok_and(|written| written == words.len())
}
