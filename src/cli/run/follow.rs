//! The part of every rank but 0.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::work::Worker;
use super::{Arguments, Setup};
use crate::cli::{Exit, Failure, machine};
use crate::schedule::{self, Message, Transport};
use crate::sweep::Sweep;

/// Introduces itself, computes what rank 0 gives, and leaves when rank 0 does.
///
/// The exit code is always 0: launchers add up the codes of all ranks, and rank 0 speaks for the run.
///
/// # Errors
/// None of its own: what goes wrong is told to rank 0, which ends the run.
pub(super) fn run(
    arguments: &Arguments,
    transport: &dyn Transport,
    interrupted: &Arc<AtomicBool>,
) -> Result<Exit, Failure> {
    transport.send(0, &Message::Hello { host: machine::host(), processors: machine::processors() });
    let mut ready = None;
    loop {
        match (transport.wait().1, &ready) {
            (Message::Setup(text), _) => match prepare(arguments, transport.rank(), &text) {
                Ok(worker) => {
                    transport.send(0, &Message::Ready(Ok(worker.pool.threads())));
                    ready = Some(worker);
                }
                Err(reason) => transport.send(0, &Message::Ready(Err(reason))),
            },
            (Message::Begin, Some(worker)) => {
                schedule::follow(transport, &worker.pool, &arguments.limits(interrupted));
            }
            (Message::Close, Some(worker)) => {
                let closed = worker.close().map(|()| machine::usage()).map_err(|error| error.to_string());
                transport.send(0, &Message::Closed(closed));
            }
            (Message::Goodbye, worker) => {
                // Rank 0 has spoken for the run already.
                let _ = worker.as_ref().map(Worker::stop);
                return Ok(Exit::Complete);
            }
            // `NoMore` or `Drain`, sent before this rank's last account arrived.
            _ => {}
        }
    }
}

fn prepare(arguments: &Arguments, rank: usize, setup: &str) -> Result<Worker, String> {
    let setup: Setup = serde_json::from_str(setup).map_err(|error| error.to_string())?;
    let sweep =
        Sweep::parse(Path::new(&setup.sweep_path), setup.sweep_text.clone()).map_err(|error| error.to_string())?;
    Worker::start(arguments, &setup, &Arc::new(sweep), rank)
}
