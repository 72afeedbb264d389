//! A simulated machine, or many that share a disk: one seed, one history.
//!
//! The program itself runs here, each of its threads as a coroutine of one real thread. Whatever it asks of clocks,
//! files, threads, processes or other ranks is an event that happens at a time drawn from the seed, and may fail.

mod calls;
mod cut;
mod disk;
mod ends;
mod fault;
mod fibre;
mod file;
mod folder;
mod open_file;
mod scratch;
mod state;
#[cfg(test)]
mod tests;
mod world;

use std::cell::RefCell;
use std::rc::Rc;

pub(crate) use calls::Thread;
pub(crate) use fault::{Fault, Rates};
pub(crate) use open_file::OpenFile;
pub(crate) use scratch::Scratch;
pub(crate) use state::{Ambush, KILLED};
pub(crate) use world::World;

thread_local! {
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
}

/// The simulated thread that asks.
#[derive(Clone)]
pub(crate) struct Here {
    world: Rc<World>,
    process: usize,
    fibre: usize,
}

/// The simulated thread that runs now, if one does.
pub(crate) fn here() -> Option<Here> {
    HERE.with_borrow(Clone::clone)
}
