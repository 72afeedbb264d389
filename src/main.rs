//! Parses the command line and does what it says: see [`microzone::cli`].

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::process::ExitCode;

use microzone::cli::Exit;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// The system's allocator. Where it has no memory, the program ends with a sentence and the exit code for it; Rust
/// alone would abort, which looks like a defect.
struct Allocator;

// SAFETY: every call goes to the system's allocator as it is; what it returns is passed on unless it is null.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what the caller promises.
        or_end(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: what the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what the caller promises.
        or_end(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: what the caller promises.
        or_end(unsafe { System.realloc(memory, layout, size) }, size)
    }
}

/// A hot path: it is one comparison.
#[inline]
fn or_end(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() {
        end(size);
    }
    memory
}

/// Says what is missing, without memory, and ends the process as it is; a run resumes from that as from a kill.
#[cold]
fn end(size: usize) -> ! {
    const LENGTH: usize = 200;
    let mut text = [0_u8; LENGTH];
    let mut rest = &mut text[..];
    // The sentence fits: the number has at most 20 digits.
    let _ = writeln!(
        rest,
        "microzone: no memory for {size} bytes; fewer threads or ranks on a host need less, or raise the limit \
         on memory (`ulimit -v`, or the limit of the job)"
    );
    let length = LENGTH - rest.len();
    microzone::cli::note_out_of_memory();
    // SAFETY: the text is as long as said. Ending runs no code of this process, which might want memory.
    unsafe {
        libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), length);
        libc::_exit(Exit::Environment as i32)
    }
}

fn main() -> ExitCode {
    microzone::cli::main()
}
