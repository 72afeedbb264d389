//! What is needed to decide what a disk has when the power is gone.

use crate::random::RandomStream;

pub(super) struct Cut<'a> {
    pub(super) random: &'a mut RandomStream,
    /// The chance of a page that was being written to have a bad sector.
    pub(super) bad_sectors: f64,
    /// Notes that something rare has happened.
    pub(super) reach: &'a mut dyn FnMut(&'static str),
}
