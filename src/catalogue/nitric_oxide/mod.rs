//! The experiments on nitric oxide alone, and the parameters of the sheet, which learning to reach has too.

pub(super) mod information;
pub(super) mod movement;
pub(super) mod sheet;
