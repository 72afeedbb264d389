//! How simulated processes end by themselves, and what they leave behind.

use super::Here;
use crate::machine::files::File;
use crate::machine::last_words::Name;

impl Here {
    /// What handles a signal by which a process ends itself.
    pub(crate) fn on_crash(&self, handler: fn(i32) -> bool) {
        self.world.state.borrow_mut().processes[self.process].on_crash = Some(handler);
    }

    /// This thread ends its process by a signal.
    pub(crate) fn crash(&self, signal: i32) -> ! {
        let handler = self.world.state.borrow().processes[self.process].on_crash;
        let _ = handler.map(|handler| handler(signal));
        self.world.state.borrow_mut().reach("a task ended its process");
        self.killed()
    }

    pub(crate) fn memory_kills(&self) -> u64 {
        let state = self.world.state.borrow();
        state.memory_kills.get(&state.node_of(self.process)).copied().unwrap_or(0)
    }

    pub(crate) fn take_all_memory(&self) -> ! {
        {
            let mut state = self.world.state.borrow_mut();
            let node = state.node_of(self.process);
            *state.memory_kills.entry(node).or_default() += 1;
            state.reach("a task took all memory");
        }
        self.killed()
    }

    /// Ends all processes that were launched with this one.
    pub(crate) fn abort(&self, code: i32) -> ! {
        self.world.abort(self.process, code);
        self.never_continue()
    }

    fn killed(&self) -> ! {
        self.world.state.borrow_mut().kill(self.process);
        self.never_continue()
    }

    fn never_continue(&self) -> ! {
        loop {
            self.world.way(self.fibre).give();
        }
    }

    /// What this thread computes.
    pub(crate) fn set_name(&self, name: Option<Name>) {
        self.world.state.borrow_mut().waiting[self.fibre].computes = name;
    }

    pub(crate) fn take_name(&self) -> Option<Name> {
        self.world.state.borrow_mut().waiting[self.fibre].computes.take()
    }

    pub(crate) fn send_last_words_to(&self, file: Option<&File>) {
        self.world.state.borrow_mut().processes[self.process].last_words = file.and_then(File::simulated);
    }

    /// A handler of a signal waits for nothing.
    pub(crate) fn write_last_words(&self, words: &[u8]) -> bool {
        let mut state = self.world.state.borrow_mut();
        let Some(number) = state.processes[self.process].last_words else { return false };
        let Ok(end) = state.disk.file(number).map(|file| file.bytes.len()) else { return false };
        state.write(number, end, words).is_ok()
    }
}
