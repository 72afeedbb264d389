//! SIGINT, SIGTERM and SIGUSR1 ask a run to stop; a second SIGINT ends it at once. SIGXFSZ is no signal but an error.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use super::{Exit, Failure, output, threads};

/// Those that ask a run to stop.
const STOPPING: [i32; 3] = [SIGINT, SIGTERM, SIGUSR1];

/// Whether a stopping signal came from the keyboard.
static FROM_KEYBOARD: AtomicBool = AtomicBool::new(false);

/// Whether a person at the keyboard has asked the run to stop, who may do so again.
pub(super) fn is_from_keyboard() -> bool {
    FROM_KEYBOARD.load(Ordering::SeqCst)
}

/// Whether the tasks have ended, so that nothing answers a signal but this module.
static MERGING: AtomicBool = AtomicBool::new(false);

/// From now on a run only writes its results, which a first signal does not end.
pub(super) fn note_merging() {
    MERGING.store(true, Ordering::SeqCst);
}

/// One Ctrl-C may arrive twice, from the terminal and from the launcher; a person's second one comes later.
const SAME_KEYSTROKE: Duration = Duration::from_millis(300);

/// Makes a file beyond `ulimit -f` an error of the write, which names the file, instead of the end of the process.
pub(super) fn ignore_file_size_limit() {
    // SAFETY: no handler of this program is replaced; ignoring a signal runs no code.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
}

/// Blocks the stopping signals until [`release`], so that none kills a run before its handlers are installed.
///
/// A thread started in between holds them for ever, which leaves them to this one.
pub(super) fn hold() {
    mask(libc::SIG_BLOCK);
}

/// Lets the stopping signals through, those too that have come meanwhile.
pub(super) fn release() {
    mask(libc::SIG_UNBLOCK);
}

fn mask(how: i32) {
    let mut stopping = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` initialises the set before anything reads it, and the numbers are signals.
    unsafe {
        libc::sigemptyset(stopping.as_mut_ptr());
        for signal in STOPPING {
            libc::sigaddset(stopping.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(how, stopping.as_ptr(), ptr::null_mut());
    }
}

/// Handles the stopping signals and [`release`]s them: a flag that the first one sets.
///
/// # Errors
/// The system refuses the handlers.
pub(super) fn install() -> Result<Arc<AtomicBool>, Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    let mut signals = Signals::new(STOPPING)
        .map_err(|error| Failure::new(Exit::Environment, format!("cannot handle signals: {error}; {OPEN_FILES}")))?;
    let listen = move || {
        let mut first_interrupt: Option<Instant> = None;
        for signal in signals.forever() {
            if signal == SIGINT {
                FROM_KEYBOARD.store(true, Ordering::SeqCst);
            }
            let is_first = !flag.swap(true, Ordering::SeqCst);
            if is_first && MERGING.load(Ordering::SeqCst) {
                let again = if signal == SIGINT { "; Ctrl-C again stops at once" } else { "" };
                news!("the tasks have ended, and the results are being written{again}");
            }
            if signal == SIGINT && first_interrupt.get_or_insert_with(Instant::now).elapsed() > SAME_KEYSTROKE {
                output::tell_before_exit("stopped at once, without the tasks in hand; the same command resumes");
                std::process::exit(Exit::Stopped as i32);
            }
        }
    };
    let started = std::thread::Builder::new().name("signals".into()).spawn(listen);
    started.map_err(|error| threads::cannot_start("the thread that waits for signals", error))?;
    release();
    Ok(interrupted)
}

/// Handlers write to a pipe.
const OPEN_FILES: &str = "raise the limit on open files (`ulimit -n`)";

/// Does what may put other handlers in the place of ours, as MPI does in some libraries, and takes the place back.
pub(super) fn kept<T>(doing: impl FnOnce() -> T) -> T {
    let ours = STOPPING.map(|signal| {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the action is written to, nothing changes; all zeros are an action too, should the call fail.
        unsafe {
            libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
            action.assume_init()
        }
    });
    let done = doing();
    for (signal, action) in STOPPING.into_iter().zip(&ours) {
        // SAFETY: the action is one that was in place before.
        unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
    }
    done
}
