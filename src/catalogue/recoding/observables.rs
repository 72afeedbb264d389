//! What is measured of a granule layer, and of the Purkinje cell behind it.

use crate::experiment::{Better, Observable, OwnDimension};
use crate::models::recoding::LAGS;

pub(super) static OBSERVABLES: [Observable; 14] = [
    Observable::scalar("capacity")
        .symbol("α")
        .sentence("patterns per granule cell in the longest prefix that the Purkinje cell can store")
        .better(Better::More)
        .optional()
        .with_theory(),
    Observable::scalar("capacity_per_mossy_fibre")
        .label("capacity per mossy fibre")
        .sentence("patterns per mossy fibre in the longest prefix that the Purkinje cell can store")
        .better(Better::More)
        .optional()
        .with_theory(),
    Observable::scalar("silent_fraction")
        .label("silent fraction")
        .sentence("fraction of weights that are exactly zero at capacity")
        .optional()
        .with_theory(),
    Observable::scalar("active_fraction")
        .symbol("f")
        .label("active fraction")
        .sentence("mean fraction of granule cells that a context activates")
        .with_theory(),
    Observable::scalar("active_cells")
        .label("active cells")
        .sentence("mean number of granule cells that a context activates")
        .with_theory(),
    Observable::scalar("active_cells_deviation")
        .label("deviation of active cells")
        .sentence("standard deviation of the number of active cells over independent contexts of one wiring")
        .with_theory(),
    Observable::scalar("shared_cells")
        .label("shared cells")
        .sentence("mean number of cells that are active in both of two independent contexts")
        .with_theory(),
    Observable::scalar("shared_cells_noisy")
        .label("noisy shared cells")
        .sentence("mean number of cells that are active in a context and in its noisy copy")
        .with_theory(),
    Observable::scalar("granule_overlap")
        .symbol("ρ_g")
        .label("granule overlap")
        .sentence("correlation of a granule cell between a context and its noisy copy")
        .optional()
        .with_theory(),
    Observable::array("granule_correlation", &[LAG])
        .symbol("R")
        .label("granule correlation")
        .sentence("correlation of a granule cell over successive contexts")
        .optional()
        .with_theory(),
    Observable::scalar("dimension")
        .sentence("dimension of the activity, (Tr C)² / Tr C² of the covariance C of the granule cells")
        .better(Better::More)
        .optional()
        .with_theory(),
    Observable::scalar("figure_of_merit")
        .label("figure of merit")
        .sentence("granule overlap squared times dimension: signal over noise of one-trial learning, times P - 1")
        .better(Better::More)
        .optional()
        .with_theory(),
    Observable::scalar("one_trial_error")
        .label("one-trial error")
        .sentence("share of patterns answered wrongly from noisy copies after one trial with each")
        .better(Better::Less)
        .with_theory(),
    Observable::scalar("empty_contexts")
        .label("empty contexts")
        .sentence("share of contexts that activate no granule cell")
        .with_theory(),
];

const LAG: OwnDimension = OwnDimension::new("lag", LAGS, |lag| lag as f64 + 1.0).sentence("contexts between the two");
