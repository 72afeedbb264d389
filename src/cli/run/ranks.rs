//! What rank 0 agrees with the others before tasks are computed, and after.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::claim::Claimed;
use super::work::Worker;
use super::{Arguments, Setup};
use crate::cli::{Exit, Failure, machine};
use crate::machine::clock::Moment;
use crate::schedule::{Message, Transport, Usage, ask, attended, passed_on_to};

/// A rank that says nothing for so long takes no part in what follows.
const PATIENCE: Duration = Duration::from_secs(60);
/// After this time rank 0 tells a rank itself how the run is set up, in case whoever should have passed it on is gone.
const PASSED_ON: Duration = Duration::from_secs(20);
/// At the end every rank only has to give signs of life while it makes its outcomes durable.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(20);
/// A journal that cannot be folded in this time stays as it is, for the next run.
const TIME_TO_CLOSE: Duration = Duration::from_secs(300);

/// Where a rank computes. Ranks at the same location share its processors.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Location {
    host: String,
    /// As the kernel lists them.
    processors: String,
}

/// The ranks of a run, and which of them no longer answer.
pub(super) struct Ranks<'a> {
    pub(super) transport: &'a dyn Transport,
    /// Where each rank computes; none for one that does not answer.
    locations: Vec<Option<Location>>,
}

impl<'a> Ranks<'a> {
    /// Waits for every rank to introduce itself.
    pub(super) fn introduced(transport: &'a dyn Transport) -> Self {
        let others = 1..transport.size();
        let mut locations = ask(transport, others, PATIENCE, PATIENCE, |message| match message {
            Message::Hello { host, processors } => Some(Location { host, processors }),
            _ => None,
        });
        locations[0] = Some(Location { host: machine::host(), processors: machine::processors() });
        let ranks = Self { transport, locations };
        ranks.report_lost((0..transport.size()).filter(|rank| ranks.locations[*rank].is_none()));
        ranks
    }

    /// The host of every rank.
    pub(super) fn hosts(&self) -> Vec<String> {
        (0..self.locations.len()).map(|rank| self.host(rank).to_string()).collect()
    }

    fn host(&self, rank: usize) -> &str {
        self.locations[rank].as_ref().map_or("an unknown host", |location| &location.host)
    }

    fn others(&self) -> impl Iterator<Item = usize> {
        (1..self.locations.len()).filter(|rank| self.locations[*rank].is_some())
    }

    /// Whether some ranks no longer answer.
    pub(super) fn are_incomplete(&self) -> bool {
        self.locations.iter().any(Option::is_none)
    }

    /// Speaks to these ranks no more.
    pub(super) fn lose(&mut self, lost: &[usize]) {
        self.report_lost(lost.iter().copied().filter(|rank| self.locations[*rank].is_some()));
        lost.iter().for_each(|rank| self.locations[*rank] = None);
    }

    fn report_lost(&self, lost: impl Iterator<Item = usize>) {
        for rank in lost {
            news!("rank {rank} on {} no longer answers; the run goes on without it", self.host(rank));
        }
    }

    fn tell_all(&self, message: &Message) {
        self.transport.send_to_all_others(message);
    }

    /// Starts every rank's threads; their numbers, by rank.
    ///
    /// # Errors
    /// A rank cannot open its journal or start its threads.
    pub(super) fn set_up(
        &mut self,
        arguments: &Arguments,
        claimed: &Claimed,
        deadline: Option<Moment>,
    ) -> Result<(Worker, Vec<u64>), Failure> {
        let setup = self.setup(arguments, claimed, deadline);
        let text = serde_json::to_string(&setup).map_err(|error| Failure::new(Exit::Internal, error.to_string()))?;
        let message = Message::Setup(text);
        let transport = self.transport;
        passed_on_to(0, transport.size()).for_each(|next| transport.send(next, &message));
        let worker = attended(transport, || Worker::start(arguments, &setup, &claimed.sweep, 0));
        let worker = worker.map_err(|reason| self.cannot(0, &reason));
        let ready = |message| match message {
            Message::Ready(ready) => Some(ready),
            _ => None,
        };
        let mut answers = ask(transport, self.others(), PASSED_ON, PASSED_ON, ready);
        let late: Vec<usize> = self.others().filter(|rank| answers[*rank].is_none()).collect();
        late.iter().for_each(|rank| transport.send(*rank, &message));
        let later = ask(transport, late.into_iter(), PATIENCE, PATIENCE, ready);
        answers.iter_mut().zip(later).for_each(|(answer, later)| *answer = answer.take().or(later));
        let lost: Vec<usize> = self.others().filter(|rank| answers[*rank].is_none()).collect();
        self.lose(&lost);
        let mut threads = vec![0; transport.size()];
        let worker = worker?;
        threads[0] = worker.pool.threads();
        for (rank, answer) in answers.into_iter().enumerate() {
            match answer {
                Some(Ok(count)) => threads[rank] = count,
                Some(Err(reason)) => return Err(self.cannot(rank, &reason)),
                None => {}
            }
        }
        Ok((worker, threads))
    }

    fn setup(&self, arguments: &Arguments, claimed: &Claimed, deadline: Option<Moment>) -> Setup {
        let mut sharers: HashMap<&Location, usize> = HashMap::new();
        self.locations.iter().flatten().for_each(|location| *sharers.entry(location).or_default() += 1);
        Setup {
            sweep_path: arguments.sweep.clone().into(),
            sweep_text: claimed.sweep.text.clone(),
            root: claimed.directory.root().into(),
            run: claimed.run,
            sharers: self
                .locations
                .iter()
                .map(|location| location.as_ref().map_or(1, |known| sharers[known]))
                .collect(),
            seconds_left: deadline.map(|deadline| deadline.since(Moment::now()).as_secs_f64()),
        }
    }

    fn cannot(&self, rank: usize, reason: &str) -> Failure {
        Failure::new(Exit::Environment, format!("rank {rank} on {}: {reason}", self.host(rank)))
    }

    /// Lets every rank ask for work.
    pub(super) fn begin(&self) {
        self.tell_all(&Message::Begin);
    }

    /// Makes the outcomes of every rank durable; what the ranks that have done so have used, and the first error. The
    /// journals of ranks that no longer answer stay as they are.
    pub(super) fn close(&mut self, worker: &Worker) -> (BTreeMap<usize, Usage>, Result<(), String>) {
        self.tell_all(&Message::Close);
        let mut outcome = attended(self.transport, || worker.close()).map_err(|error| error.to_string());
        let mut usages: BTreeMap<usize, Usage> = outcome.iter().map(|()| (0, machine::usage())).collect();
        let closed = ask(self.transport, self.others(), PATIENCE_AT_THE_END, TIME_TO_CLOSE, |message| match message {
            Message::Closed(closed) => Some(closed),
            _ => None,
        });
        let lost: Vec<usize> = self.others().filter(|rank| closed[*rank].is_none()).collect();
        self.lose(&lost);
        for (rank, closed) in closed.into_iter().enumerate() {
            match closed {
                Some(Ok(usage)) => drop(usages.insert(rank, usage)),
                Some(Err(reason)) => outcome = outcome.and(Err(format!("rank {rank}: {reason}"))),
                None => {}
            }
        }
        (usages, outcome)
    }

    /// Lets every rank leave.
    pub(super) fn dismiss(&self) {
        self.tell_all(&Message::Goodbye);
    }
}
