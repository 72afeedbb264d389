//! Nitric oxide in the cerebellar cortex.
//!
//! The model of Schweighofer & Ferriol 2000 (PNAS 97:10661): a discharge of an inferior-olive cell makes its Purkinje
//! cell's surroundings release nitric oxide (NO), which diffuses over the synapses of neighbouring cells and decays.
//! [`Sheet`] computes its concentration.
//!
//! ```
//! use microzone::models::nitric_oxide::{
//!     Arrangement, Plan, ReleaseSite, STEP, Sheet, SheetParameters,
//! };
//!
//! let plan = Plan { microzones: 1, arrangement: Arrangement::Joined };
//! let release = ReleaseSite::Dendrite;
//! let parameters = SheetParameters { diffusion: 3300.0, decay: 0.3, plan, release, accuracy: 1e-3 };
//! let mut sheet = Sheet::new(parameters)?;
//! // One cell discharges for a step; then its nitric oxide spreads for a second, and nothing but decay takes any away.
//! let mut rates = vec![0.0; plan.cells()];
//! rates[13] = 1.0;
//! sheet.step(&rates);
//! let total = |sheet: &Sheet| sheet.field().iter().sum::<f64>();
//! let released = total(&sheet);
//! for _ in 0..200 {
//!     sheet.step(&vec![0.0; plan.cells()]);
//! }
//! assert!((total(&sheet) / released / (-0.3 * 200.0 * STEP).exp() - 1.0).abs() < 1e-4);
//! # Ok::<(), microzone::models::nitric_oxide::SheetError>(())
//! ```
//!
//! Everything is a pure function of its arguments, with the same bits on every x86-64.

pub mod information;
mod microzones;
mod movement;
mod olive;
mod response;
mod sheet;
mod stimulus;
mod transfer;
mod transmission;

pub use microzones::{MICROZONES, MicrozoneOrder, Role};
pub use movement::{MovementRates, Snapshot, Start, expected_mean, movement_snapshot};
pub use olive::Olive;
pub use response::{Discharge, SynapticResponse};
pub use sheet::convolution::FieldRows;
pub use sheet::geometry::{
    Arrangement, CELLS_PER_MICROZONE, DOMAIN_SIDE, Domain, MICROZONE_LENGTH, MICROZONE_WIDTH, Plan, Rectangle,
    ReleaseSite,
};
pub use sheet::parameters::{STEP, SheetError, SheetParameters};
pub use sheet::{FINEST_CONVOLUTION, Sheet};
pub use transfer::{BandSignal, Transfer};
pub use transmission::{PaperEstimates, StationaryEstimates, Transmission, TransmissionError, TransmissionParameters};
