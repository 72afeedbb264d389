//! Ranks over MPI. Only the thread that connected may use it (MPI's "funneled" level).

use std::cell::RefCell;

use mpi::Threading;
use mpi::environment::Universe;
use mpi::point_to_point::{Destination, MatchedReceiveVec, Source};
use mpi::request::{Request, StaticScope};
use mpi::topology::{Communicator, SimpleCommunicator};

use super::{Message, Transport};

pub(super) struct Mpi {
    world: SimpleCommunicator,
    /// What MPI has not handed over yet: a rank that stands still takes nothing, and must not hold up this one.
    under_way: RefCell<Vec<Request<'static, [u8]>>>,
    // Dropped last: finalises MPI.
    _universe: Universe,
}

impl Mpi {
    /// Joins the ranks that were launched together; `None` if MPI cannot start or has been started before.
    pub(super) fn connect() -> Option<Self> {
        let (universe, _level) = mpi::initialize_with_threading(Threading::Funneled)?;
        Some(Self { world: universe.world(), under_way: RefCell::default(), _universe: universe })
    }

    /// The name and version of the MPI library.
    pub(super) fn library() -> String {
        let text = mpi::environment::library_version().unwrap_or_default();
        // Open MPI counts the final NUL.
        let line = text.lines().next().unwrap_or_default().trim_matches('\0').replace("Version:", " ");
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Forgets the messages that have been handed over.
    fn tidy(&self) {
        let mut under_way = self.under_way.borrow_mut();
        let left = std::mem::take(&mut *under_way).into_iter().filter_map(|request| match request.test_with_data() {
            Ok((_, bytes)) => {
                free(bytes);
                None
            }
            Err(request) => Some(request),
        });
        *under_way = left.collect();
    }
}

/// Frees the bytes of a message that MPI has done with.
fn free(bytes: &'static [u8]) {
    // SAFETY: they come from `Box::leak` in `send`, and the request that used them is complete and consumed.
    drop(unsafe { Box::from_raw(std::ptr::from_ref(bytes).cast_mut()) });
}

impl Drop for Mpi {
    fn drop(&mut self) {
        for request in self.under_way.take() {
            free(request.wait_for_data());
        }
    }
}

impl Transport for Mpi {
    fn rank(&self) -> usize {
        self.world.rank() as usize
    }

    fn size(&self) -> usize {
        self.world.size() as usize
    }

    fn send(&self, to: usize, message: &Message) {
        let bytes = match postcard::to_allocvec(message) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!("a message to rank {to} cannot be encoded: {error}");
                self.abort(1)
            }
        };
        self.tidy();
        let bytes: &'static [u8] = Box::leak(bytes.into_boxed_slice());
        let request = self.world.process_at_rank(to as i32).immediate_send(StaticScope, bytes);
        match request.test_with_data() {
            Ok((_, bytes)) => free(bytes),
            Err(request) => self.under_way.borrow_mut().push(request),
        }
    }

    fn receive(&self) -> Option<(usize, Message)> {
        let probe = || self.world.any_process().immediate_matched_probe();
        // MPICH sees a message that has arrived only when it is asked once more.
        let arrived = probe().or_else(probe);
        let Some(arrived) = arrived else {
            self.tidy();
            return None;
        };
        let (bytes, status) = arrived.matched_receive_vec::<u8>();
        let from = status.source_rank() as usize;
        match postcard::from_bytes(&bytes) {
            Ok(message) => Some((from, message)),
            Err(error) => {
                tracing::error!("a message from rank {from} cannot be decoded: {error}");
                self.abort(1)
            }
        }
    }

    fn abort(&self, code: i32) -> ! {
        self.world.abort(code)
    }
}
