//! Ranks over MPI. Only the thread that connected may use it (MPI's "funneled" level).

use mpi::Threading;
use mpi::environment::Universe;
use mpi::point_to_point::{Destination, MatchedReceiveVec, Source};
use mpi::topology::{Communicator, SimpleCommunicator};

use super::{Message, Transport};

pub(super) struct Mpi {
    world: SimpleCommunicator,
    // Dropped last: finalises MPI.
    _universe: Universe,
}

impl Mpi {
    /// Joins the ranks that were launched together; `None` if MPI cannot start or has been started before.
    pub(super) fn connect() -> Option<Self> {
        let (universe, _level) = mpi::initialize_with_threading(Threading::Funneled)?;
        Some(Self { world: universe.world(), _universe: universe })
    }

    /// The name and version of the MPI library.
    pub(super) fn library() -> String {
        let text = mpi::environment::library_version().unwrap_or_default();
        // Open MPI counts the final NUL.
        let line = text.lines().next().unwrap_or_default().trim_matches('\0').replace("Version:", " ");
        line.split_whitespace().collect::<Vec<_>>().join(" ")
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
        match serde_json::to_vec(message) {
            Ok(bytes) => self.world.process_at_rank(to as i32).send(&bytes[..]),
            Err(error) => {
                tracing::error!("a message to rank {to} cannot be encoded: {error}");
                self.abort(1)
            }
        }
    }

    fn receive(&self) -> Option<(usize, Message)> {
        let arrived = self.world.any_process().immediate_matched_probe()?;
        let (bytes, status) = arrived.matched_receive_vec::<u8>();
        let from = status.source_rank() as usize;
        match serde_json::from_slice(&bytes) {
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
