//! Who runs when.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::fault::{Fault, Rates};
use super::fibre::{Fibre, Stacks, Way};
use super::state::{Ambush, Event, KILLED, Launch, Process, State, Waiting};
use super::{HERE, Here};
use crate::random::RandomStream;

/// Simulated machines with one disk.
pub(crate) struct World {
    pub(super) state: RefCell<State>,
    fibres: RefCell<Vec<Option<Fibre>>>,
    stacks: RefCell<Stacks>,
}

impl World {
    pub(crate) fn new(random: RandomStream, has_locks: bool) -> Rc<Self> {
        Rc::new(Self {
            state: RefCell::new(State::new(random, has_locks)),
            fibres: RefCell::default(),
            stacks: RefCell::default(),
        })
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

    /// From now on nothing goes wrong, not even what has been planned.
    pub(crate) fn lift_faults(&self) {
        self.state.borrow_mut().lift_faults();
    }

    /// What is random from now on follows from another stream.
    pub(crate) fn reseed(&self, random: RandomStream) {
        self.state.borrow_mut().random = random;
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
            let program = state.program;
            state.launches.push(Launch { processes, first_node, program, die_together, exit: None });
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

    /// The version of the program that will be launched.
    pub(crate) fn program(&self) -> &'static str {
        self.state.borrow().program
    }

    /// Installs another version of the program; what is running keeps its own.
    pub(crate) fn install(&self, program: &'static str) {
        let mut state = self.state.borrow_mut();
        if state.program != program {
            state.program = program;
            state.reach("the program was upgraded");
        }
    }

    /// The exit code of a launch, once all its processes have ended.
    pub(crate) fn exit(&self, launch: usize) -> Option<i32> {
        let state = self.state.borrow();
        let is_over = state.launches[launch].processes.iter().all(|process| !state.processes[*process].is_alive);
        is_over.then(|| state.launches[launch].exit.unwrap_or(KILLED))
    }

    /// The exit code of a process of its own.
    pub(crate) fn exit_of(&self, process: usize) -> Option<i32> {
        self.state.borrow().processes[process].exit
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
        state.end(process, code);
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
                Fault::Kill(process) if is_alive(&state, process) => {
                    state.reach("a process was killed");
                    state.kill(process);
                }
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
            state.end(process, code);
        }
    }

    pub(super) fn has_ended(&self, fibre: usize) -> bool {
        self.state.borrow().waiting[fibre].has_ended
    }

    pub(super) fn way(&self, fibre: usize) -> Way {
        self.state.borrow().waiting[fibre].way.clone()
    }
}
