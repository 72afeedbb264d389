//! The sources of the models, in full. `CITATION.cff` has those that are reproduced figure by figure.

pub(super) const CLOPATH_2012: &str = "\
    Clopath C, Nadal J-P, Brunel N (2012) Storage of correlated patterns in standard and bistable Purkinje cell \
    models. PLoS Computational Biology 8(4): e1002448.";
pub(super) const SCHWEIGHOFER_2000: &str = "\
    Schweighofer N, Ferriol G (2000) Diffusion of nitric oxide can facilitate cerebellar learning: a simulation \
    study. Proceedings of the National Academy of Sciences of the USA 97(19): 10661-10665.";
pub(super) const MARR_1969: &str =
    "Marr D (1969) A theory of cerebellar cortex. Journal of Physiology 202(2): 437-470.";
pub(super) const ALBUS_1971: &str = "\
    Albus JS (1971) A theory of cerebellar function. Mathematical Biosciences 10(1-2): 25-61.";
pub(super) const BULLOCK_1994: &str = "\
    Bullock D, Fiala JC, Grossberg S (1994) A neural model of timed response learning in the cerebellum. Neural \
    Networks 7(6-7): 1101-1114.";
pub(super) const KENYON_1998: &str = "\
    Kenyon GT, Medina JF, Mauk MD (1998) A mathematical model of the cerebellar-olivary system I: self-regulating \
    equilibrium of climbing fiber activity. Journal of Computational Neuroscience 5(1): 17-33.";
pub(super) const MIALL_1993: &str = "\
    Miall RC, Weir DJ, Wolpert DM, Stein JF (1993) Is the cerebellum a Smith predictor? Journal of Motor Behavior \
    25(3): 203-216.";
pub(super) const SMITH_2000: &str = "\
    Smith GD, Cox CL, Sherman SM, Rinzel J (2000) Fourier analysis of sinusoidally driven thalamocortical relay \
    neurons and a minimal integrate-and-fire-or-burst model. Journal of Neurophysiology 83(1): 588-610.";
