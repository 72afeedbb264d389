//! The inhibitory conductance: constant, or the sum over spikes of Purkinje cells.

use super::parameters::{ReboundCell, STEP};
use crate::random::RandomStream;

/// Spikes that a Purkinje cell fires alone: a wait, then the number of the cell.
const OWN_SPIKES: u64 = 0;

/// Spikes that all Purkinje cells fire together: waits.
const COMMON_SPIKES: u64 = 1;

/// g_I, step by step.
///
/// Every Purkinje cell is a Poisson process, of which a share is common to all. Spikes are at points in time, not at
/// steps, and decay exactly from there, so that mean and variance are those of the process in continuous time. g_I
/// begins at its mean.
pub(super) struct Inhibition<'a> {
    cell: &'a ReboundCell,
    own: Process,
    common: Process,
    /// Steps so far.
    step: usize,
    value: f64,
    jump: f64,
    left_after_step: f64,
}

/// A Poisson process.
struct Process {
    stream: RandomStream,
    /// In 1/ms.
    rate: f64,
    /// In ms.
    next: f64,
}

impl Process {
    fn new(stream: RandomStream, rate: f64) -> Self {
        let mut process = Self { stream, rate, next: 0.0 };
        process.advance();
        process
    }

    /// To the next spike; without a rate there is none.
    fn advance(&mut self) {
        let wait = -libm::log(1.0 - self.stream.uniform());
        self.next += if self.rate > 0.0 { wait / self.rate } else { f64::INFINITY };
    }
}

impl<'a> Inhibition<'a> {
    pub(super) fn new(cell: &'a ReboundCell, stream: &RandomStream) -> Self {
        let p = cell.parameters();
        let common = p.purkinje_rate * 1e-3 * p.synchrony;
        let own = p.purkinje_cells as f64 * p.purkinje_rate * 1e-3 * (1.0 - p.synchrony);
        let has_cells = p.purkinje_cells > 0;
        Self {
            cell,
            own: Process::new(stream.substream(OWN_SPIKES), own),
            common: Process::new(stream.substream(COMMON_SPIKES), if has_cells { common } else { 0.0 }),
            step: 0,
            value: p.inhibition,
            jump: cell.jump(),
            left_after_step: libm::exp(-STEP / p.inhibition_decay),
        }
    }

    /// g_I at the beginning of the next step, in mS/cm².
    pub(super) fn next(&mut self) -> f64 {
        let p = self.cell.parameters();
        if p.purkinje_cells == 0 {
            let is_pause = self.step >= self.cell.steps_before();
            self.step += 1;
            return if is_pause { p.inhibition * (1.0 - p.paused_share) } else { p.inhibition };
        }
        let now = self.value;
        self.step += 1;
        let end = self.step as f64 * STEP;
        self.value = now * self.left_after_step;
        let jump = |time: f64| libm::exp((time - end) / p.inhibition_decay) * self.jump;
        let paused = self.cell.paused_cells();
        let silent = |time: f64| if time >= self.cell.steps_before() as f64 * STEP { paused } else { 0 };
        while self.own.next < end {
            let time = self.own.next;
            let cell = (self.own.stream.uniform() * p.purkinje_cells as f64) as usize;
            if cell >= silent(time) {
                self.value += jump(time);
            }
            self.own.advance();
        }
        while self.common.next < end {
            let time = self.common.next;
            self.value += jump(time) * (p.purkinje_cells - silent(time)) as f64;
            self.common.advance();
        }
        now
    }
}
