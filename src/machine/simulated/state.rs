//! Processes, the disk they share, and what will happen to them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::cut::Cut;
use super::disk::Disk;
use super::fault::{Fault, Rates};
use super::fibre::Way;
use crate::machine::last_words::Name;
use crate::random::RandomStream;

/// How a process ends that is killed.
pub(crate) const KILLED: i32 = 137;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    Resume { fibre: usize, token: u64 },
    Fault(Fault),
}

/// What waits for what.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) process: usize,
    /// Whoever resumes a fibre has to know of the wait that this ends.
    pub(super) token: u64,
    /// It waits for news of this place.
    pub(super) news: Option<usize>,
    /// It waits for the end of this fibre.
    pub(super) end_of: Option<usize>,
    pub(super) has_ended: bool,
    /// What the fibre computes.
    pub(super) computes: Option<Name>,
    pub(super) way: Way,
}

/// Where a process will stand still, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ambush {
    /// When it is about to rename a file for the first time: what it renames may be old by then.
    AtRename(Duration),
    /// At its n-th call.
    AtCall(usize, Duration),
}

pub(super) struct Process {
    pub(super) launch: usize,
    pub(super) rank: usize,
    pub(super) is_alive: bool,
    pub(super) is_frozen: bool,
    pub(super) ambush: Option<Ambush>,
    pub(super) interrupted: Arc<AtomicBool>,
    /// Handles a signal by which it ends itself.
    pub(super) on_crash: Option<fn(i32) -> bool>,
    /// The file that its last words go to.
    pub(super) last_words: Option<usize>,
    /// Its own exit code, which the launcher may not pass on.
    pub(super) exit: Option<i32>,
    /// Fibres that would have run while it was frozen.
    pub(super) deferred: Vec<(usize, u64)>,
    pub(super) fibres: Vec<usize>,
    /// Messages with the times of their arrival, from a rank.
    pub(super) inbox: BTreeMap<(Duration, u64), (usize, Vec<u8>)>,
    /// When the last message from each rank arrives.
    pub(super) last_arrival: BTreeMap<usize, Duration>,
}

/// Processes that were started together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Launch {
    /// Their numbers, by rank.
    pub(crate) processes: Vec<usize>,
    /// Where rank 0 is; the others are on the nodes that follow.
    pub(crate) first_node: usize,
    /// The version of their program.
    pub(crate) program: &'static str,
    /// Whether all are killed when one is.
    pub(crate) die_together: bool,
    /// What the launcher returns, once it does.
    pub(crate) exit: Option<i32>,
}

pub(super) struct State {
    pub(super) now: Duration,
    pub(super) events: BinaryHeap<Reverse<(Duration, u64, Event)>>,
    pub(super) count: u64,
    pub(super) random: RandomStream,
    pub(super) processes: Vec<Process>,
    pub(super) waiting: Vec<Waiting>,
    pub(super) launches: Vec<Launch>,
    /// The version of the program that is installed.
    pub(super) program: &'static str,
    pub(super) disk: Disk,
    pub(super) rates: Rates,
    /// Faults that happen at writes with these numbers.
    pub(super) at_writes: BTreeMap<u64, Fault>,
    pub(super) writes: u64,
    pub(super) boot: u64,
    /// How many processes the kernel of each host has killed for lack of memory.
    pub(super) memory_kills: BTreeMap<usize, u64>,
    /// How often something rare has happened.
    pub(super) reached: BTreeMap<&'static str, u64>,
    /// What happened, for whoever looks at a failed history.
    pub(super) log: Option<Vec<String>>,
}

impl Process {
    pub(super) fn new(launch: usize, rank: usize) -> Self {
        Self {
            launch,
            rank,
            is_alive: true,
            is_frozen: false,
            ambush: None,
            interrupted: Arc::default(),
            on_crash: None,
            last_words: None,
            exit: None,
            deferred: Vec::new(),
            fibres: Vec::new(),
            inbox: BTreeMap::new(),
            last_arrival: BTreeMap::new(),
        }
    }
}

impl Process {
    /// For how long it stands still at this call.
    pub(super) fn ambush(&mut self, is_rename: bool) -> Option<Duration> {
        match &mut self.ambush {
            Some(Ambush::AtRename(time)) if is_rename => Some(*time),
            Some(Ambush::AtCall(0, time)) => Some(*time),
            Some(Ambush::AtCall(left, _)) => {
                *left -= 1;
                return None;
            }
            _ => return None,
        }
        .inspect(|_| self.ambush = None)
    }
}

impl State {
    pub(super) fn new(random: RandomStream, has_locks: bool) -> Self {
        Self {
            now: Duration::from_secs(1000),
            events: BinaryHeap::new(),
            count: 0,
            random,
            processes: Vec::new(),
            waiting: Vec::new(),
            launches: Vec::new(),
            program: env!("CARGO_PKG_VERSION"),
            disk: Disk::new(has_locks),
            rates: Rates::none(),
            at_writes: BTreeMap::new(),
            writes: 0,
            boot: 0,
            memory_kills: BTreeMap::new(),
            reached: BTreeMap::new(),
            log: None,
        }
    }

    pub(super) fn add(&mut self, time: Duration, event: Event) {
        self.count += 1;
        self.events.push(Reverse((time, self.count, event)));
    }

    pub(super) fn lift_faults(&mut self) {
        self.rates = Rates::none();
        self.at_writes.clear();
        self.events.retain(|Reverse((_, _, event))| !matches!(event, Event::Fault(_)));
    }

    /// Counts a write, at which something may be planned to happen.
    pub(super) fn count_write(&mut self) {
        if let Some(fault) = self.at_writes.remove(&self.writes) {
            self.add(self.now, Event::Fault(fault));
        }
        self.writes += 1;
    }

    pub(super) fn note(&mut self, text: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(log) = &mut self.log {
            log.push(format!("{:12.6} {}", now.as_secs_f64(), text()));
        }
    }

    pub(super) fn reach(&mut self, what: &'static str) {
        *self.reached.entry(what).or_default() += 1;
    }

    /// A fibre is to continue at this time, or before if one of the others happens.
    pub(super) fn wait(&mut self, fibre: usize, until: Option<Duration>, news: Option<usize>, end_of: Option<usize>) {
        let waiting = &mut self.waiting[fibre];
        (waiting.news, waiting.end_of) = (news, end_of);
        let token = waiting.token;
        let is_there = end_of.is_some_and(|other| self.waiting[other].has_ended);
        if let Some(until) = if is_there { Some(self.now) } else { until } {
            self.add(until.max(self.now), Event::Resume { fibre, token });
        }
    }

    /// Wakes whoever waits for news of a place.
    pub(super) fn tell(&mut self, process: usize, place: usize) {
        let is_meant = |waiting: &Waiting| waiting.process == process && waiting.news == Some(place);
        let woken: Vec<(usize, u64)> = self.processes[process]
            .fibres
            .iter()
            .filter(|fibre| is_meant(&self.waiting[**fibre]))
            .map(|fibre| (*fibre, self.waiting[*fibre].token))
            .collect();
        let now = self.now;
        woken.into_iter().for_each(|(fibre, token)| self.add(now, Event::Resume { fibre, token }));
    }

    /// The machine that a process runs on.
    pub(super) fn node_of(&self, process: usize) -> usize {
        let Process { launch, rank, .. } = self.processes[process];
        self.launches[launch].first_node + rank
    }

    /// A process ends with this code; its locks are gone.
    pub(super) fn end(&mut self, process: usize, code: i32) {
        let ended = &mut self.processes[process];
        ended.exit.get_or_insert(code);
        ended.is_alive = false;
        ended.is_frozen = false;
        self.disk.unlock_all(process);
    }

    pub(super) fn kill(&mut self, process: usize) {
        let launch = self.processes[process].launch;
        let Launch { processes, die_together, .. } = self.launches[launch].clone();
        let all = if die_together { processes } else { vec![process] };
        if die_together || self.processes[process].rank == 0 {
            self.launches[launch].exit.get_or_insert(KILLED);
        }
        all.into_iter().for_each(|process| self.end(process, KILLED));
    }

    pub(super) fn thaw(&mut self, process: usize) {
        let Some(found) = self.processes.get_mut(process) else { return };
        found.is_frozen = false;
        let now = self.now;
        for (fibre, token) in std::mem::take(&mut found.deferred) {
            self.add(now, Event::Resume { fibre, token });
        }
    }

    /// A process stands still for some time.
    pub(super) fn stand_still(&mut self, process: usize, time: Duration) {
        self.processes[process].is_frozen = true;
        self.add(self.now + time, Event::Fault(Fault::Thaw(process)));
        self.reach("a process stood still in the middle of something");
    }

    pub(super) fn cut(&mut self) {
        (0..self.processes.len()).for_each(|process| self.end(process, KILLED));
        self.reach("the power was cut");
        let Self { disk, random, rates, reached, .. } = self;
        let mut reach = |what| *reached.entry(what).or_default() += 1;
        *disk = disk.after_cut(&mut Cut { random, bad_sectors: rates.bad_sectors, reach: &mut reach });
        self.boot += 1;
        self.memory_kills.clear();
    }
}
