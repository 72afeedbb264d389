//! The threads that read, merge and look up records: rayon's global pool, which would panic if it could not start.

use std::fmt::Display;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use rayon::{ThreadBuilder, ThreadPoolBuilder};

use super::{Exit, Failure, machine};

/// What helps where a thread cannot be started.
pub(super) const REMEDY: &str =
    "raise the limit on processes (`ulimit -u`) or on memory (`ulimit -v`), or end other processes";

/// A thread that waits to be told what to do.
struct Seat {
    errand: SyncSender<ThreadBuilder>,
    thread: JoinHandle<()>,
}

/// Starts as many threads as this process may use processors; if they are not available, this thread does everything.
///
/// # Errors
/// The pool has been started before.
pub(super) fn start() -> Result<(), Failure> {
    // All of them before the pool: it can be started once, and a failure is its end.
    let pool = match seats(wanted()) {
        Some(mut seats) => {
            let count = seats.len();
            let take = move |errand| {
                let taken = seats.pop().and_then(|seat| seat.errand.send(errand).ok());
                taken.ok_or(io::ErrorKind::WouldBlock.into())
            };
            ThreadPoolBuilder::new().num_threads(count).spawn_handler(take).build_global()
        }
        None => ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global(),
    };
    pool.map_err(|error| cannot_start("the threads that read records", error))
}

/// The failure that names what could not be started.
pub(super) fn cannot_start(what: &str, error: impl Display) -> Failure {
    Failure::new(Exit::Environment, format!("cannot start {what}: {error}; {REMEDY}"))
}

/// The processors of this process, or fewer if rayon's variable asks for it.
fn wanted() -> usize {
    let available = machine::available();
    let told = std::env::var("RAYON_NUM_THREADS").ok().and_then(|count| count.parse().ok());
    told.filter(|count| (1..available).contains(count)).unwrap_or(available)
}

/// This many threads, or none; a single one would be useless.
fn seats(count: usize) -> Option<Vec<Seat>> {
    let mut seats = Vec::new();
    while count > 1 && seats.len() < count {
        match Seat::new(seats.len()) {
            Ok(seat) => seats.push(seat),
            Err(_) => {
                seats.into_iter().for_each(Seat::leave);
                return None;
            }
        }
    }
    (!seats.is_empty()).then_some(seats)
}

impl Seat {
    fn new(index: usize) -> io::Result<Self> {
        let (errand, told) = sync_channel::<ThreadBuilder>(1);
        let work = move || told.into_iter().for_each(ThreadBuilder::run);
        Ok(Self { errand, thread: Builder::new().name(format!("read-{index}")).spawn(work)? })
    }

    /// What a run starts next may need its place.
    fn leave(self) {
        drop(self.errand);
        // It has done nothing that could have panicked.
        let _ = self.thread.join();
    }
}
