//! One nuclear cell under the inhibition of Purkinje cells that pause: disinhibition, and rebound by T channels.
//!
//! Units are ms, mV, mS/cm² and µA/cm². The cell integrates and fires or bursts (Smith, Cox, Sherman & Rinzel 2000, J
//! Neurophysiol 83:588):
//!
//! C V' = I - g_L (V - V_L) - g_T h \[V ≥ V_h\] (V - V_T) - g_I(t) (V - V_I),
//!
//! h' = (1 - h)/τ₊ while V < V_h and -h/τ₋ otherwise, with a spike at -35 mV and a reset to -50 mV. C = 2, g_L = 0.035,
//! V_L = -65, V_T = 120, V_h = -60. V(0) = V_L and h(0) = 0; the inhibition g_I begins at t = 0. [`ReboundCell`] holds
//! checked parameters; [`simulate`] is one run; [`critical_inhibition`], [`firing_inhibition`],
//! [`inhibition_variance`] and [`ConstantInhibition`] are the theory, which is ours.
//!
//! A cell that fires under a constant inhibition never falls below V_h, where T channels recover from inactivation; one
//! whose T channels are ready was silent. In this cell disinhibition of tonic firing and rebound exclude each other,
//! which is the controversy about rebound in the cerebellar nuclei (Alviña et al. 2008, J Neurophysiol 99:2523).
//!
//! ```
//! use microzone::models::rebound::{ConstantInhibition, ReboundCell, ReboundParameters, critical_inhibition, simulate};
//! use microzone::random::RandomStream;
//!
//! let constant = ReboundParameters { purkinje_cells: 0, ..Default::default() };
//! let cell = ReboundCell::new(constant)?;
//! assert!(constant.inhibition > critical_inhibition(&cell));
//! let course = simulate(&cell, &RandomStream::from_seed([1; 32]));
//! assert_eq!((course.burst_spikes, course.burst_without_t_current), (6, 0));
//! let theory = ConstantInhibition::of(&cell).ok_or("inhibition is constant")?;
//! assert!((course.latency.ok_or("no burst")? - theory.latency.ok_or("no crossing")?).abs() < 1e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod inhibition;
mod parameters;
mod run;
mod theory;

pub use parameters::{ReboundCell, ReboundError, ReboundParameters, STEP};
pub use run::{Course, simulate};
pub use theory::{ConstantInhibition, critical_inhibition, firing_inhibition, inhibition_variance};
