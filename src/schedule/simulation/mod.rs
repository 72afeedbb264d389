//! The scheduler on a virtual machine: the same leader, followers and crews as in a real run, with virtual time.
//!
//! What a real run leaves to MPI, threads and clocks is modelled here: a message takes a latency and the time for its
//! bytes; whoever talks sleeps between looks, as in a real run; a message costs rank 0 some time, during which it hears
//! no other. Computing threads do not disturb each other or the thread that talks. Nothing fails.

mod conversation;
mod events;
mod machine;
mod rank;
#[cfg(test)]
mod tests;
mod world;

pub use conversation::converse;
pub use machine::{Machine, VirtualTask};
pub use world::{Simulated, simulate};
