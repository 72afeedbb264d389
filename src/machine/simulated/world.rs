//! Who runs when.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::disk::Disk;
use super::fault::{Fault, Rates};
use super::fibre::{Fibre, Stacks, Way};
use super::{HERE, Here};
use crate::random::RandomStream;

/// How a process ends that is killed.
pub(crate) const KILLED: i32 = 137;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Resume { fibre: usize, token: u64 },
    Fault(Fault),
}

/// What waits for what.
#[derive(Default)]
struct Waiting {
    process: usize,
    /// Whoever resumes a fibre has to know of the wait that this ends.
    token: u64,
    /// It waits for news of this place.
    news: Option<usize>,
    /// It waits for the end of this fibre.
    end_of: Option<usize>,
    has_ended: bool,
    way: Way,
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
    ambush: Option<Ambush>,
    pub(super) interrupted: Arc<AtomicBool>,
    /// Fibres that would have run while it was frozen.
    deferred: Vec<(usize, u64)>,
    fibres: Vec<usize>,
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
    /// Whether all are killed when one is.
    pub(crate) die_together: bool,
    /// What the launcher returns, once it does.
    pub(crate) exit: Option<i32>,
}

pub(super) struct State {
    pub(super) now: Duration,
    events: BinaryHeap<Reverse<(Duration, u64, Event)>>,
    pub(super) count: u64,
    pub(super) random: RandomStream,
    pub(super) processes: Vec<Process>,
    waiting: Vec<Waiting>,
    pub(super) launches: Vec<Launch>,
    pub(super) disk: Disk,
    pub(super) rates: Rates,
    /// Faults that happen at writes with these numbers.
    at_writes: BTreeMap<u64, Fault>,
    writes: u64,
    pub(super) boot: u64,
    /// How many processes the kernel of each host has killed for lack of memory.
    pub(super) memory_kills: BTreeMap<usize, u64>,
    /// How often something rare has happened.
    pub(super) reached: BTreeMap<&'static str, u64>,
    /// What happened, for whoever looks at a failed history.
    pub(super) log: Option<Vec<String>>,
}

/// Simulated machines with one disk.
pub(crate) struct World {
    pub(super) state: RefCell<State>,
    fibres: RefCell<Vec<Option<Fibre>>>,
    stacks: RefCell<Stacks>,
}

impl World {
    pub(crate) fn new(random: RandomStream, has_locks: bool) -> Rc<Self> {
        let state = State {
            now: Duration::from_secs(1000),
            events: BinaryHeap::new(),
            count: 0,
            random,
            processes: Vec::new(),
            waiting: Vec::new(),
            launches: Vec::new(),
            disk: Disk::new(has_locks),
            rates: Rates::none(),
            at_writes: BTreeMap::new(),
            writes: 0,
            boot: 0,
            memory_kills: BTreeMap::new(),
            reached: BTreeMap::new(),
            log: None,
        };
        Rc::new(Self { state: RefCell::new(state), fibres: RefCell::default(), stacks: RefCell::default() })
    }

    pub(crate) fn now(&self) -> Duration {
        self.state.borrow().now
    }

    /// The bytes of a file, as programs see them.
    pub(crate) fn file(&self, path: &Path) -> Option<Vec<u8>> {
        let mut state = self.state.borrow_mut();
        let number = state.disk.find(path).ok()?;
        state.disk.file(number).ok().map(|file| file.bytes.clone())
    }

    pub(crate) fn set_rates(&self, rates: Rates) {
        self.state.borrow_mut().rates = rates;
    }

    pub(crate) fn log_everything(&self) {
        self.state.borrow_mut().log.get_or_insert_default();
    }

    pub(crate) fn logged(&self) -> Vec<String> {
        self.state.borrow_mut().log.take().unwrap_or_default()
    }

    pub(crate) fn reached(&self) -> BTreeMap<&'static str, u64> {
        self.state.borrow().reached.clone()
    }

    /// Has a process stand still where it is most dangerous.
    pub(crate) fn lay(&self, process: usize, ambush: Ambush) {
        self.state.borrow_mut().processes[process].ambush = Some(ambush);
    }

    /// Has a fault happen after some time.
    pub(crate) fn plan(&self, after: Duration, fault: Fault) {
        let mut state = self.state.borrow_mut();
        let time = state.now + after;
        state.add(time, Event::Fault(fault));
    }

    /// Has a fault happen just after the n-th write from now on: in between most processes only sleep.
    pub(crate) fn plan_at_write(&self, ahead: usize, fault: Fault) {
        let mut state = self.state.borrow_mut();
        let write = state.writes + ahead as u64;
        state.at_writes.insert(write, fault);
    }

    /// Starts processes on the first nodes; `part` is what each rank does, and returns its exit code.
    pub(crate) fn launch(
        self: &Rc<Self>,
        ranks: usize,
        die_together: bool,
        part: impl Fn(usize) -> i32 + Clone + 'static,
    ) -> usize {
        self.launch_on(0, ranks, die_together, part)
    }

    /// The same, from this node on.
    pub(crate) fn launch_on(
        self: &Rc<Self>,
        first_node: usize,
        ranks: usize,
        die_together: bool,
        part: impl Fn(usize) -> i32 + Clone + 'static,
    ) -> usize {
        let launch = {
            let mut state = self.state.borrow_mut();
            let first = state.processes.len();
            let launch = state.launches.len();
            let processes = (first..first + ranks).collect();
            state.launches.push(Launch { processes, first_node, die_together, exit: None });
            state.processes.extend((0..ranks).map(|rank| Process::new(launch, rank)));
            launch
        };
        for rank in 0..ranks {
            let process = self.state.borrow().launches[launch].processes[rank];
            let (world, part) = (Rc::downgrade(self), part.clone());
            let body = move || {
                let code = part(rank);
                if let Some(world) = world.upgrade() {
                    world.note_exit(process, code);
                }
            };
            self.start(process, Box::new(body));
        }
        launch
    }

    /// The exit code of a launch, once all its processes have ended.
    pub(crate) fn exit(&self, launch: usize) -> Option<i32> {
        let state = self.state.borrow();
        let is_over = state.launches[launch].processes.iter().all(|process| !state.processes[*process].is_alive);
        is_over.then(|| state.launches[launch].exit.unwrap_or(KILLED))
    }

    pub(crate) fn is_frozen(&self, process: usize) -> bool {
        self.state.borrow().processes[process].is_frozen
    }

    /// The living processes of a launch.
    pub(crate) fn living(&self, launch: usize) -> Vec<usize> {
        let state = self.state.borrow();
        let processes = state.launches[launch].processes.iter().copied();
        processes.filter(|process| state.processes[*process].is_alive).collect()
    }

    /// Lets time pass until all processes of a launch have ended; false if that takes longer than the limit.
    pub(crate) fn run(self: &Rc<Self>, launch: usize, limit: Duration) -> bool {
        let end = self.now() + limit;
        while self.exit(launch).is_none() {
            if !self.step(end) {
                return false;
            }
        }
        true
    }

    /// Lets time pass.
    pub(crate) fn pass(self: &Rc<Self>, time: Duration) {
        let end = self.now() + time;
        while self.step(end) {}
        self.state.borrow_mut().now = end;
    }

    /// Lets the next event happen, unless it is too late.
    fn step(self: &Rc<Self>, end: Duration) -> bool {
        let event = {
            let mut state = self.state.borrow_mut();
            match state.events.peek() {
                Some(Reverse((time, ..))) if *time <= end => {}
                _ => return false,
            }
            let Some(Reverse((time, _, event))) = state.events.pop() else { return false };
            state.now = state.now.max(time);
            event
        };
        match event {
            Event::Resume { fibre, token } => self.resume(fibre, token),
            Event::Fault(fault) => self.strike(fault),
        }
        true
    }

    fn resume(self: &Rc<Self>, fibre: usize, token: u64) {
        let process = {
            let mut state = self.state.borrow_mut();
            let waiting = &mut state.waiting[fibre];
            if waiting.token != token || waiting.has_ended {
                return;
            }
            let process = waiting.process;
            if state.processes[process].is_frozen {
                state.processes[process].deferred.push((fibre, token));
                return;
            }
            let waiting = &mut state.waiting[fibre];
            waiting.token += 1;
            (waiting.news, waiting.end_of) = (None, None);
            process
        };
        let Some(mut coroutine) = self.fibres.borrow_mut()[fibre].take() else { return };
        HERE.set(Some(Here { world: Rc::clone(self), process, fibre }));
        let has_ended = coroutine.resume();
        HERE.set(None);
        if has_ended {
            coroutine.end(&mut self.stacks.borrow_mut());
            self.note_end(fibre);
        } else {
            self.fibres.borrow_mut()[fibre] = Some(coroutine);
        }
        self.bury();
    }

    /// A fibre has ended: whoever waits for that continues.
    fn note_end(&self, fibre: usize) {
        let mut state = self.state.borrow_mut();
        state.waiting[fibre].has_ended = true;
        let now = state.now;
        let waits = |waiting: &Waiting| waiting.end_of == Some(fibre);
        let woken: Vec<(usize, u64)> = state
            .waiting
            .iter()
            .enumerate()
            .filter(|(_, waiting)| waits(waiting))
            .map(|(number, waiting)| (number, waiting.token))
            .collect();
        woken.into_iter().for_each(|(fibre, token)| state.add(now, Event::Resume { fibre, token }));
    }

    /// Starts a fibre of a process.
    pub(super) fn start(&self, process: usize, body: Box<dyn FnOnce()>) -> usize {
        let (coroutine, way) = Fibre::new(&mut self.stacks.borrow_mut(), body);
        let mut fibres = self.fibres.borrow_mut();
        fibres.push(Some(coroutine));
        let fibre = fibres.len() - 1;
        let mut state = self.state.borrow_mut();
        state.waiting.push(Waiting { process, way, ..Waiting::default() });
        state.processes[process].fibres.push(fibre);
        let now = state.now;
        state.add(now, Event::Resume { fibre, token: 0 });
        fibre
    }

    fn note_exit(&self, process: usize, code: i32) {
        let mut state = self.state.borrow_mut();
        let Process { launch, rank, .. } = state.processes[process];
        if rank == 0 || code != 0 {
            state.launches[launch].exit.get_or_insert(code);
        }
        state.end(process);
    }

    /// Ends the fibres of processes that have ended.
    fn bury(self: &Rc<Self>) {
        loop {
            let found = {
                let mut state = self.state.borrow_mut();
                let dead = state
                    .processes
                    .iter_mut()
                    .enumerate()
                    .find(|(_, process)| !process.is_alive && !process.fibres.is_empty());
                // Children first: they may use what is their parents'.
                dead.and_then(|(number, process)| Some((number, process.fibres.pop()?)))
            };
            let Some((process, fibre)) = found else { return };
            let coroutine = self.fibres.borrow_mut()[fibre].take();
            if let Some(coroutine) = coroutine {
                HERE.set(Some(Here { world: Rc::clone(self), process, fibre }));
                coroutine.end(&mut self.stacks.borrow_mut());
                HERE.set(None);
            }
            self.state.borrow_mut().waiting[fibre].has_ended = true;
        }
    }

    pub(crate) fn strike(self: &Rc<Self>, fault: Fault) {
        {
            let mut state = self.state.borrow_mut();
            let is_alive =
                |state: &State, process: usize| state.processes.get(process).is_some_and(|process| process.is_alive);
            match fault {
                Fault::Kill(process) if is_alive(&state, process) => state.kill(process),
                Fault::Freeze(process) if is_alive(&state, process) => state.processes[process].is_frozen = true,
                Fault::Thaw(process) => state.thaw(process),
                Fault::PowerCut => state.cut(),
                Fault::Interrupt(process) if is_alive(&state, process) => {
                    state.processes[process].interrupted.store(true, Ordering::SeqCst);
                }
                Fault::Kill(_) | Fault::Freeze(_) | Fault::Interrupt(_) => {}
            }
            state.note(|| format!("{fault:?}"));
        }
        self.bury();
    }

    /// All processes that were launched with this one end at once.
    pub(super) fn abort(&self, process: usize, code: i32) {
        let mut state = self.state.borrow_mut();
        let launch = state.processes[process].launch;
        state.launches[launch].exit.get_or_insert(code);
        for process in state.launches[launch].processes.clone() {
            state.end(process);
        }
    }

    pub(super) fn has_ended(&self, fibre: usize) -> bool {
        self.state.borrow().waiting[fibre].has_ended
    }

    pub(super) fn way(&self, fibre: usize) -> Way {
        self.state.borrow().waiting[fibre].way.clone()
    }
}

impl Process {
    fn new(launch: usize, rank: usize) -> Self {
        Self {
            launch,
            rank,
            is_alive: true,
            is_frozen: false,
            ambush: None,
            interrupted: Arc::default(),
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
    fn add(&mut self, time: Duration, event: Event) {
        self.count += 1;
        self.events.push(Reverse((time, self.count, event)));
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

    /// A process has ended; its locks are gone.
    fn end(&mut self, process: usize) {
        self.processes[process].is_alive = false;
        self.processes[process].is_frozen = false;
        self.disk.unlock_all(process);
    }

    pub(super) fn kill(&mut self, process: usize) {
        let launch = self.processes[process].launch;
        let Launch { processes, die_together, .. } = self.launches[launch].clone();
        let all = if die_together { processes } else { vec![process] };
        if die_together || self.processes[process].rank == 0 {
            self.launches[launch].exit.get_or_insert(KILLED);
        }
        all.into_iter().for_each(|process| self.end(process));
    }

    fn thaw(&mut self, process: usize) {
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

    fn cut(&mut self) {
        (0..self.processes.len()).for_each(|process| self.end(process));
        self.disk = self.disk.after_cut(&mut self.random, self.rates.bad_sectors);
        self.boot += 1;
        self.memory_kills.clear();
    }
}
