//! A task that ends its process leaves a mark first: handlers of the crash signals write it into the journal.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

use super::{Exit, Failure};
use crate::store::journal::death;

/// The signals by which a process ends itself.
const CRASHES: [i32; 5] = [libc::SIGSEGV, libc::SIGABRT, libc::SIGBUS, libc::SIGILL, libc::SIGFPE];

/// Room for a handler whose thread has no stack left.
const STACK_BYTES: usize = 1 << 16;

const SENTENCE: &str =
    "microzone: a task has ended this process; it is recorded as failed, and the same command resumes\n";

/// What handled the signals before, in the order of [`CRASHES`]: Rust's own handler explains a stack overflow.
static EARLIER: OnceLock<[libc::sigaction; CRASHES.len()]> = OnceLock::new();

/// Installs the handlers, in front of those that are there.
///
/// # Errors
/// The system refuses them.
pub(super) fn install() -> Result<(), Failure> {
    let mut earlier = [MaybeUninit::<libc::sigaction>::zeroed(); CRASHES.len()];
    for (signal, earlier) in CRASHES.into_iter().zip(&mut earlier) {
        // SAFETY: both actions are whole; the earlier one is only read.
        if unsafe { libc::sigaction(signal, ptr::null(), earlier.as_mut_ptr()) } != 0 {
            return Err(cannot_handle());
        }
    }
    // SAFETY: all of them have been written; zeros are an action, too.
    EARLIER.get_or_init(|| earlier.map(|earlier| unsafe { earlier.assume_init() }));
    for signal in CRASHES {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the action is zeroed, and whole once its mask is empty; the handler calls only what a handler may.
        let outcome = unsafe {
            let action = action.assume_init_mut();
            action.sa_sigaction = on_crash as extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            libc::sigaction(signal, action, ptr::null_mut())
        };
        if outcome != 0 {
            return Err(cannot_handle());
        }
    }
    Ok(())
}

fn cannot_handle() -> Failure {
    Failure::new(Exit::Environment, format!("cannot handle signals: {}", std::io::Error::last_os_error()))
}

/// Gives this thread, once, a separate stack for the handlers. It is never freed: a thread may need it until its very
/// end.
pub(super) fn prepare_thread() {
    thread_local! {
        static PREPARED: Cell<bool> = const { Cell::new(false) };
    }
    if PREPARED.replace(true) {
        return;
    }
    let room = Box::leak(vec![0_u8; STACK_BYTES].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: room.as_mut_ptr().cast(), ss_flags: 0, ss_size: STACK_BYTES };
    // SAFETY: the room is never freed or used otherwise. Without it the handler runs where Rust's would.
    unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) };
}

/// Records what this thread was computing, and leaves the rest to the previous handler of the signal.
extern "C" fn on_crash(signal: i32, information: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: the kernel hands over what it says.
    let (code, sender) = unsafe { ((*information).si_code, (*information).si_pid()) };
    // A positive code is the kernel's: the fault happened here. SI_TKILL is how `abort` sends a signal.
    // SAFETY: getpid does nothing else.
    let is_own = code > 0 || (code == libc::SI_TKILL && sender == unsafe { libc::getpid() });
    if is_own && death::note(signal) {
        // SAFETY: the text is there; it changes nothing that it is never read.
        unsafe { libc::write(libc::STDERR_FILENO, SENTENCE.as_ptr().cast(), SENTENCE.len()) };
    }
    let earlier = EARLIER.get().and_then(|all| all.get(CRASHES.iter().position(|crash| *crash == signal)?));
    // SAFETY: the action was in place before; sending a signal to this thread does nothing else. A fault happens again
    // on return; a signal that was sent has to be sent again.
    unsafe {
        match earlier {
            Some(earlier) => libc::sigaction(signal, earlier, ptr::null_mut()),
            None => libc::sigaction(signal, &MaybeUninit::zeroed().assume_init(), ptr::null_mut()),
        };
        if code <= 0 {
            libc::raise(signal);
        }
    }
}
