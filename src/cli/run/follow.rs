//! The part of every rank but 0.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::work::Worker;
use super::{Arguments, Setup};
use crate::cli::{Exit, Failure, machine};
use crate::machine::coverage::reached;
use crate::machine::threads;
use crate::schedule::{self, Message, ORPHANED, Orphaned, Transport, attended, passed_on_to};
use crate::sweep::Sweep;

/// The other ranks find out at about the same time that rank 0 is gone, and need a moment to make their outcomes
/// durable.
const FOR_THE_OTHERS: Duration = Duration::from_secs(3);

/// Introduces itself, computes what rank 0 gives, and leaves when rank 0 does.
///
/// The exit code is always 0: launchers add up the codes of all ranks, and rank 0 speaks for the run. If rank 0 no
/// longer answers, this rank makes its outcomes durable and ends all processes with the exit code of a run that can be
/// resumed.
///
/// # Errors
/// None of its own: what goes wrong is told to rank 0, which ends the run.
pub(super) fn run(
    arguments: &Arguments,
    transport: &dyn Transport,
    interrupted: &Arc<AtomicBool>,
) -> Result<Exit, Failure> {
    transport.send(0, &Message::Hello { host: machine::host(), processors: machine::processors() });
    let rank = transport.rank();
    let mut ready = None;
    // Each of these is said once; whatever arrives again is a copy.
    let (mut has_begun, mut has_closed) = (false, false);
    loop {
        let Some((_, message)) = transport.wait(ORPHANED) else { leave_alone(transport, ready.as_ref()) };
        match (message, &ready) {
            (Message::Setup(text), None) => {
                let setup = Message::Setup(text.clone());
                passed_on_to(rank, transport.size()).for_each(|next| transport.send(next, &setup));
                match attended(transport, || prepare(arguments, rank, &text)) {
                    Ok(worker) => {
                        transport.send(0, &Message::Ready(Ok(worker.pool.threads())));
                        ready = Some(worker);
                    }
                    Err(reason) => transport.send(0, &Message::Ready(Err(reason))),
                }
            }
            (Message::Begin, Some(worker)) if !std::mem::replace(&mut has_begun, true) => {
                let knows_dead = || worker.knows_dead(0);
                let ended = schedule::follow(transport, &worker.pool, &arguments.limits(interrupted), &knows_dead);
                ended.unwrap_or_else(|Orphaned| leave_alone(transport, Some(worker)));
            }
            (Message::Close, Some(worker)) if !std::mem::replace(&mut has_closed, true) => {
                let closed = attended(transport, || worker.close());
                let closed = closed.map(|()| machine::usage()).map_err(|error| error.to_string());
                transport.send(0, &Message::Closed(closed));
            }
            (Message::Goodbye, worker) => {
                // Rank 0 has spoken for the run already.
                let _ = worker.as_ref().map(Worker::stop);
                return Ok(Exit::Complete);
            }
            // `Stop` or `Here`, sent before this rank's last account arrived.
            _ => {}
        }
    }
}

/// Ends all ranks because rank 0 no longer answers. Another run may have the directory before long, so that nothing is
/// written from here on.
fn leave_alone(transport: &dyn Transport, worker: Option<&Worker>) -> ! {
    reached("ranks left a silent rank 0");
    let saved = worker.map_or(Ok(()), Worker::stop);
    let rank = transport.rank();
    match saved {
        Ok(()) => tell!("rank {rank}: rank 0 no longer answers; what is done is safe, and the same command resumes"),
        Err(error) => tell!("rank {rank}: rank 0 no longer answers, and {error}; the same command resumes"),
    }
    threads::sleep(FOR_THE_OTHERS);
    transport.abort(Exit::Stopped as i32)
}

fn prepare(arguments: &Arguments, rank: usize, setup: &str) -> Result<Worker, String> {
    let setup: Setup = serde_json::from_str(setup).map_err(|error| error.to_string())?;
    let sweep =
        Sweep::parse(Path::new(&setup.sweep_path), setup.sweep_text.clone()).map_err(|error| error.to_string())?;
    Worker::start(arguments, &setup, &Arc::new(sweep), rank)
}
