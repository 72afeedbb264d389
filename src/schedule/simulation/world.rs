//! The course of a simulated run.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::events::{Event, Events};
use super::machine::{Machine, VirtualTask, looked};
use super::rank::VirtualRank;
use crate::schedule::leader::{Leader, Rules, Tasks};
use crate::schedule::{Message, Pending};

/// Bytes of a message beside those of its tasks.
const MESSAGE_BYTES: usize = 40;
const TASK_BYTES: usize = 3;

/// How a simulated run went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated {
    /// From the beginning until every rank has stopped.
    pub seconds: f64,
    /// The least time that any scheduler needs, an even share or the longest task, over the time that this one took.
    pub efficiency: f64,
    /// The same if tasks were dealt out to the threads in turn, in their order, before the run.
    pub static_efficiency: f64,
    /// The part of the time that rank 0 spends on messages.
    pub leader_load: f64,
    /// From when the first thread had nothing to do any more until the end.
    pub tail_seconds: f64,
}

/// Runs tasks on a virtual machine.
pub fn simulate(machine: &Machine, tasks: &[VirtualTask]) -> Simulated {
    let numbered = (0..).zip(tasks);
    let all = numbered.map(|(task, VirtualTask { expected, .. })| Pending { seconds: *expected, task }).collect();
    let threads = vec![machine.threads as u64; machine.ranks];
    let mut more = |_, _| Tasks::default();
    let rules = Rules { grace: Duration::ZERO, maximum_failures: None, deadline: None, is_open_ended: false };
    let tasks_of_run = Tasks { all, suspects: BTreeMap::new() };
    let leader = Leader::new(Duration::ZERO, rules, &threads, tasks_of_run, &mut more);
    let mut world = World::new(machine, tasks, leader);
    world.run();
    world.outcome()
}

struct World<'a> {
    machine: &'a Machine,
    tasks: &'a [VirtualTask],
    events: Events,
    leader: Leader<'a>,
    /// What has arrived at rank 0, with its sender.
    inbox: VecDeque<(usize, Message)>,
    /// When rank 0 will have done what it does, or has.
    leader_free: Duration,
    leader_busy: Duration,
    leader_is_called: bool,
    ranks: Vec<VirtualRank>,
    now: Duration,
}

impl<'a> World<'a> {
    fn new(machine: &'a Machine, tasks: &'a [VirtualTask], mut leader: Leader<'a>) -> Self {
        leader.note_message_cost(machine.message_cost.as_secs_f64());
        let ranks = (0..machine.ranks).map(|rank| VirtualRank::new(rank, machine)).collect();
        let mut world = Self {
            machine,
            tasks,
            events: Events::default(),
            leader,
            inbox: VecDeque::new(),
            leader_free: Duration::ZERO,
            leader_busy: Duration::ZERO,
            leader_is_called: false,
            ranks,
            now: Duration::ZERO,
        };
        for rank in 0..machine.ranks {
            world.call(rank, Duration::ZERO);
        }
        // There may be nothing to do at all.
        world.events.add(Duration::ZERO, Event::LeaderLooks);
        world
    }

    fn run(&mut self) {
        while !self.leader.is_over(self.now) {
            let Some((now, event)) = self.events.next() else { return };
            self.now = now;
            match event {
                Event::Ends { rank, seat } => {
                    self.ranks[rank].end(now, seat);
                    self.start(rank, seat);
                    self.call_when_due(rank);
                }
                Event::Looks { rank } if self.ranks[rank].looks_at(now) => self.look(rank),
                // It has looked since, for another reason.
                Event::Looks { .. } => {}
                Event::Arrives { rank, message } => {
                    self.ranks[rank].inbox.push_back(message);
                    self.call(rank, now);
                }
                Event::ArrivesAtLeader { from, message } => {
                    self.inbox.push_back((from, message));
                    self.call_leader();
                }
                Event::LeaderLooks => self.leader_looks(),
            }
        }
    }

    /// Starts the next task of a seat, if there is one.
    fn start(&mut self, rank: usize, seat: usize) {
        if let Some(task) = self.ranks[rank].next(self.now, seat) {
            let seconds = Duration::try_from_secs_f32(self.tasks[task as usize].seconds).unwrap_or_default();
            self.events.add(self.now + seconds, Event::Ends { rank, seat });
        }
    }

    /// A rank's thread that talks looks at what there is.
    fn look(&mut self, rank: usize) {
        if self.ranks[rank].hear(self.now, self.tasks) {
            (0..self.machine.threads).for_each(|seat| self.start(rank, seat));
        }
        if let Some(message) = self.ranks[rank].say(self.now) {
            let arrival = self.now + self.travel(rank, &message);
            self.events.add(arrival, Event::ArrivesAtLeader { from: rank, message });
        }
        self.call_when_due(rank);
    }

    fn travel(&self, rank: usize, message: &Message) -> Duration {
        let tasks = match message {
            Message::Tasks { tasks, .. } => tasks.len(),
            Message::Account(account) => account.running.len(),
            _ => 0,
        };
        let bytes = MESSAGE_BYTES + TASK_BYTES * tasks;
        match rank {
            0 => Duration::ZERO,
            _ => self.machine.latency + Duration::from_secs_f64(bytes as f64 / self.machine.bandwidth),
        }
    }

    fn call_when_due(&mut self, rank: usize) {
        if let Some(due) = self.ranks[rank].due(self.now) {
            self.call(rank, due);
        }
    }

    /// Lets a rank look, at the first of its looks from then on.
    fn call(&mut self, rank: usize, due: Duration) {
        if let Some(time) = self.ranks[rank].next_look(due.max(self.now)) {
            self.events.add(time, Event::Looks { rank });
        }
    }

    /// Rank 0 has something to hear.
    fn call_leader(&mut self) {
        if !self.leader_is_called {
            self.leader_is_called = true;
            let time = looked(self.leader_free, self.leader_free, self.now);
            self.events.add(time, Event::LeaderLooks);
        }
    }

    fn leader_looks(&mut self) {
        self.leader_is_called = false;
        let mut clock = self.now;
        while let Some((from, message)) = self.inbox.pop_front() {
            clock += self.machine.message_cost;
            self.leader.hear(clock, from, message);
        }
        for (rank, message) in self.leader.look(clock, false) {
            clock += self.machine.message_cost;
            let arrival = clock + self.travel(rank, &message);
            self.events.add(arrival, Event::Arrives { rank, message });
        }
        self.leader_busy += clock - self.now;
        self.leader_free = clock;
    }

    fn outcome(&self) -> Simulated {
        let Machine { ranks, threads, .. } = *self.machine;
        let seconds = self.now.as_secs_f64();
        let of_least = |longest: f64| if longest > 0.0 { self.least_seconds() / longest } else { 1.0 };
        let first_idle = self.ranks.iter().map(VirtualRank::first_idle).min().unwrap_or_default();
        Simulated {
            seconds,
            efficiency: of_least(seconds),
            static_efficiency: of_least(dealt_out(self.tasks, ranks * threads)),
            leader_load: if seconds > 0.0 { self.leader_busy.as_secs_f64() / seconds } else { 0.0 },
            tail_seconds: self.now.saturating_sub(first_idle).as_secs_f64(),
        }
    }

    /// An even share of all tasks, or the longest one.
    fn least_seconds(&self) -> f64 {
        let seconds = || self.tasks.iter().map(|task| f64::from(task.seconds));
        let share = seconds().sum::<f64>() / (self.machine.ranks * self.machine.threads) as f64;
        seconds().fold(share, f64::max)
    }
}

/// Seconds that tasks take if they are dealt out to threads in turn.
fn dealt_out(tasks: &[VirtualTask], threads: usize) -> f64 {
    let mut loads = vec![0.0; threads.max(1)];
    for (index, task) in tasks.iter().enumerate() {
        loads[index % threads.max(1)] += f64::from(task.seconds);
    }
    loads.into_iter().fold(0.0, f64::max)
}
