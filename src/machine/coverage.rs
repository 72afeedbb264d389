//! Rare branches, which simulated histories must have taken.

use super::or_simulated;

/// Notes that a rare branch has been taken. Does nothing outside tests.
#[inline(always)]
pub(crate) fn reached(branch: &'static str) {
    or_simulated!(machine => machine.reached(branch));
    let _ = branch;
}
