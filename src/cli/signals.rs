//! SIGINT, SIGTERM and SIGUSR1 ask a run to stop; a second SIGINT ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;

use super::{Exit, Failure};

/// One Ctrl-C may arrive twice, from the terminal and from the launcher; a person's second one comes later.
const SAME_KEYSTROKE: Duration = Duration::from_millis(300);

/// A flag that the first signal sets.
///
/// # Errors
/// The system refuses the handlers.
pub(super) fn install() -> Result<Arc<AtomicBool>, Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    let cannot = |error: std::io::Error| Failure::new(Exit::Environment, format!("cannot handle signals: {error}"));
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGUSR1]).map_err(cannot)?;
    let listen = move || {
        let mut first_interrupt: Option<Instant> = None;
        for signal in signals.forever() {
            flag.store(true, Ordering::SeqCst);
            if signal == SIGINT && first_interrupt.get_or_insert_with(Instant::now).elapsed() > SAME_KEYSTROKE {
                std::process::exit(Exit::Stopped as i32);
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(listen).map_err(cannot)?;
    Ok(interrupted)
}
