//! Tonic firing under inhibition and bursts by T channels.

use microzone::models::rebound::{Course, ReboundParameters, simulate};

use crate::rebound::{cell, constant, stream};

fn run(parameters: ReboundParameters, number: u64) -> Course {
    simulate(&cell(parameters), &stream(number))
}

/// A burst by T channels: more spikes than without them, by more than the phase of a regular train can make.
fn bursts(course: &Course) -> bool {
    course.burst_spikes > course.burst_without_t_current + 1
}

#[test]
fn under_constant_inhibition_they_exclude_each_other() {
    let (mut tonic, mut bursting, mut neither) = (0, 0, 0);
    for step in 0..20 {
        for applied_current in [0.5, 1.2, 2.0, 4.0, 8.0] {
            let inhibition = 0.04 * step as f64;
            let course = run(ReboundParameters { inhibition, applied_current, ..constant() }, 1);
            let (fires, bursts) = (course.tonic_rate > 0.0, bursts(&course));
            assert!(!(fires && bursts), "{inhibition} {applied_current}: {course:?}");
            assert!(!fires || course.availability < 1e-3, "{inhibition} {applied_current}: {course:?}");
            match (fires, bursts) {
                (true, _) => tonic += 1,
                (_, true) => bursting += 1,
                _ => neither += 1,
            }
        }
    }
    assert!(tonic >= 8 && bursting >= 20 && neither >= 5, "{tonic} {bursting} {neither}");
}

/// What constant inhibition forbids, volleys allow: between them the cell fires, in them its channels recover.
#[test]
fn volleys_of_purkinje_cells_allow_both() {
    let both = |synchrony: f64| {
        let parameters = ReboundParameters { synchrony, ..Default::default() };
        (0..40).map(|number| run(parameters, number)).filter(|course| course.tonic_rate > 0.0 && bursts(course)).count()
    };
    assert_eq!(both(0.0), 0);
    assert!(both(0.3) >= 8, "{}", both(0.3));
}

/// The same spikes of Purkinje cells whatever the cell: what changes its channels changes nothing else.
#[test]
fn streams_are_paired() {
    let base = ReboundParameters::default();
    let other = ReboundParameters { t_conductance: 0.0, applied_current: 3.0, pause: 100.0, ..base };
    let (base, other) = (run(base, 7), run(other, 7));
    let moments = |course: &Course| (course.inhibition_mean, course.inhibition_variance);
    assert_eq!(moments(&base), moments(&other));
    assert_ne!(base.burst_spikes, other.burst_spikes);
}

#[test]
fn without_t_channels_there_is_no_rebound() {
    let course = run(ReboundParameters { t_conductance: 0.0, ..Default::default() }, 2);
    assert_eq!((course.burst_spikes, course.burst_without_t_current), (0, 0));
}
