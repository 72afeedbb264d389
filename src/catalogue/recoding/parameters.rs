//! What can be chosen of a granule layer.

use crate::catalogue::capacity::{CORRELATION, OUTPUT_CODING, OUTPUT_CORRELATION};
use crate::experiment::{Parameter, Range};
use crate::models::recoding::MOST_DENDRITES;

pub(super) const SHARED: &str = "shared";
pub(super) const PRIVATE: &str = "private";
pub(super) const EXACT: &str = "exact";
pub(super) const NONE: &str = "none";

pub(super) static PARAMETERS: [Parameter; 14] = [
    Parameter::whole("granule_cells", 1, 1_048_576, 1000)
        .symbol("N")
        .label("granule cells")
        .sentence("granule cells, all of which excite the Purkinje cell"),
    Parameter::whole("mossy_fibres", 1, 1_048_576, 250)
        .symbol("M")
        .label("mossy fibres")
        .sentence("mossy fibres from which each cell draws its inputs; private wiring has N K fibres and ignores this"),
    Parameter::whole("dendrites", 1, MOST_DENDRITES as i64, 4)
        .symbol("K")
        .sentence("mossy fibres of one granule cell, all of them different"),
    Parameter::whole("granule_threshold", 1, MOST_DENDRITES as i64, 3)
        .symbol("k")
        .label("granule threshold")
        .sentence("active fibres that make a granule cell active; at most dendrites"),
    Parameter::number("mossy_coding", Range::open(0.0, 1.0), 0.3)
        .symbol("p")
        .label("mossy coding")
        .sentence("probability that a mossy fibre is active"),
    Parameter::number("mossy_correlation", CORRELATION, 0.0)
        .symbol("c")
        .label("mossy correlation")
        .sentence("correlation of a mossy fibre in successive contexts"),
    Parameter::choice("wiring", &[SHARED, PRIVATE])
        .sentence("whether granule cells share mossy fibres, or have their own: the limit of many fibres"),
    Parameter::number("golgi_gain", Range::closed(0.0, 1.0), 0.0)
        .symbol("g")
        .label("Golgi gain")
        .sentence("how closely Golgi inhibition keeps the number of active cells: 0 not at all, 1 exactly"),
    Parameter::number("interneuron_inhibition", Range::NOT_NEGATIVE, 0.0)
        .symbol("q'")
        .label("interneuron inhibition")
        .sentence("feed-forward inhibition of the Purkinje cell per active cell, in units of θ / (f N)"),
    OUTPUT_CODING,
    OUTPUT_CORRELATION,
    Parameter::number("noise", Range::closed(0.0, 1.0), 0.1)
        .sentence("probability that a mossy fibre is redrawn in the noisy copy of a context"),
    Parameter::number("load", Range::positive(1e3), 0.1)
        .sentence("patterns per granule cell in the test of learning in one trial"),
    Parameter::choice("learner", &[EXACT, NONE]).sentence(
        "exact decision with certificates, or none; without it the capacity and what follows from it have no value",
    ),
];
