//! Coroutines.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

/// HDF5 and unwinding need some.
const STACK_BYTES: usize = 1 << 20;

/// What unwinds a coroutine whose process has ended.
pub(super) struct Ended;

/// How a coroutine gives way.
#[derive(Clone, Default)]
pub(super) struct Way(Rc<Cell<Option<*const Yielder<(), ()>>>>);

impl Way {
    /// Gives way until the coroutine is resumed. It returns at once if the coroutine has not begun.
    pub(super) fn give(&self) {
        if let Some(yielder) = self.0.get() {
            // SAFETY: the yielder lives as long as the coroutine's body, which is what calls this.
            unsafe { (*yielder).suspend(()) };
        }
    }
}

pub(super) struct Fibre(Coroutine<(), (), (), DefaultStack>);

/// Stacks that can be used again.
#[derive(Default)]
pub(super) struct Stacks(Vec<DefaultStack>);

impl Fibre {
    pub(super) fn new(stacks: &mut Stacks, body: Box<dyn FnOnce()>) -> (Self, Way) {
        let way = Way::default();
        let own = way.clone();
        let stack = stacks.0.pop().unwrap_or_else(|| DefaultStack::new(STACK_BYTES).expect("memory for a stack"));
        let coroutine = Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| {
            own.0.set(Some(std::ptr::from_ref(yielder)));
            if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(body))
                && !panic.is::<Ended>()
            {
                panic::resume_unwind(panic);
            }
            own.0.set(None);
        });
        (Self(coroutine), way)
    }

    /// Runs it until it gives way; whether it has ended.
    pub(super) fn resume(&mut self) -> bool {
        matches!(self.0.resume(()), CoroutineResult::Return(()))
    }

    /// Ends it where it is.
    pub(super) fn end(mut self, stacks: &mut Stacks) {
        self.0.force_unwind();
        stacks.0.push(self.0.into_stack());
    }
}
