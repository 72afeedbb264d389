//! Nitric oxide in the cerebellar cortex.
//!
//! The model of Schweighofer & Ferriol 2000 (PNAS 97:10661): a discharge of an inferior-olive cell makes its Purkinje
//! cell's surroundings release nitric oxide (NO), which diffuses over the synapses of neighbouring cells and decays.
//! [`Sheet`] computes its concentration.
//!
//! Everything is a pure function of its arguments, with the same bits on every x86-64.

pub mod information;
mod movement;
mod olive;
mod response;
mod sheet;
mod stimulus;
mod transfer;
mod transmission;

pub use movement::{MOVEMENT_MICROZONES, MovementRates, Snapshot, expected_mean, movement_snapshot};
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
