//! Threads, and what they wait for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::or_simulated;

/// Lets this thread sleep.
pub(crate) fn sleep(time: Duration) {
    or_simulated!(machine => machine.sleep(time));
    thread::sleep(time);
}

/// A thread that has been started.
pub(crate) enum Thread {
    Real(JoinHandle<()>),
    #[cfg(test)]
    Simulated(super::simulated::Thread),
}

/// Starts a thread.
///
/// # Errors
/// The system has no more.
pub(crate) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<Thread> {
    or_simulated!(machine => Ok(Thread::Simulated(machine.start(Box::new(work)))));
    thread::Builder::new().name(name.into()).spawn(work).map(Thread::Real)
}

impl Thread {
    /// Waits for its end.
    pub(crate) fn join(self) {
        match self {
            // What it had to say it has said otherwise.
            Self::Real(thread) => drop(thread.join()),
            #[cfg(test)]
            Self::Simulated(thread) => thread.join(),
        }
    }
}

/// Does `work` on a thread of its own, and `meanwhile` every so often until that is done.
pub(crate) fn beside<T: Send>(work: impl FnOnce() -> T + Send, interval: Duration, mut meanwhile: impl FnMut()) -> T {
    or_simulated!(machine => machine.beside(work, interval, &mut meanwhile));
    thread::scope(|scope| {
        let worker = scope.spawn(work);
        while !worker.is_finished() {
            meanwhile();
            thread::sleep(interval);
        }
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// What threads wait for that share a value.
#[derive(Default)]
pub(crate) struct News(Condvar);

impl News {
    /// Wakes every thread that waits.
    pub(crate) fn tell(&self) {
        or_simulated!(machine => machine.tell(self));
        self.0.notify_all();
    }

    /// Waits for news, at most so long if there is a limit. There may be none.
    pub(crate) fn wait<'a, T>(
        &self,
        value: &'a Mutex<T>,
        locked: MutexGuard<'a, T>,
        patience: Option<Duration>,
    ) -> MutexGuard<'a, T> {
        or_simulated!(machine => {
            drop(locked);
            machine.wait(self, patience);
            lock(value)
        });
        let _ = value;
        match patience {
            None => self.0.wait(locked).unwrap_or_else(PoisonError::into_inner),
            Some(patience) => self.0.wait_timeout(locked, patience).unwrap_or_else(PoisonError::into_inner).0,
        }
    }
}

/// Locks a value, also if a thread has panicked with it.
pub(crate) fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    or_simulated!(machine => machine.lock(value));
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
