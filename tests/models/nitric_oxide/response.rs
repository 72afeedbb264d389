//! The sheet as a filter: superposition, reciprocity, transfer functions.

use std::f64::consts::TAU;

use microzone::models::nitric_oxide::{
    Arrangement, BandSignal, Discharge, Olive, STEP, SheetParameters, SynapticResponse, Transfer,
};

use crate::nitric_oxide::common::{domain, parameters, sheet, stream};

use Arrangement::{Joined, Separated};

#[test]
fn superposition_is_the_sheet() {
    for (arrangement, accuracy, tolerance) in [(Joined, 1e-3, 1e-5), (Separated, 1e-3, 1e-5), (Joined, 0.0, 1e-12)] {
        let parameters = parameters(3300.0, 2, arrangement, accuracy);
        let synapse = parameters.plan.middle(30);
        let response = SynapticResponse::new(parameters, synapse, 150).unwrap();
        let (mut sheet, mut olive) = (sheet(parameters), Olive::new(vec![stream(1), stream(2)]));
        let (mut discharges, mut seen) = (Vec::new(), Vec::new());
        for step in 0..150 {
            for (cell, &count) in olive.step(&[6.0, 3.0]).iter().enumerate().filter(|(_, count)| **count > 0) {
                discharges.push(Discharge { cell, step, count });
            }
            sheet.step(olive.release());
            seen.push(sheet.concentration(synapse));
        }
        assert!(discharges.len() > 50);
        let largest = seen.iter().copied().fold(0.0, f64::max);
        // From the beginning, and from a later step on.
        for first in [0, 70] {
            let superposed = response.superpose(&discharges, first, 150 - first);
            for (found, expected) in superposed.iter().zip(&seen[first..]) {
                assert!(
                    (found - expected).abs() < tolerance * largest,
                    "{arrangement:?}, {accuracy}: {found} {expected}"
                );
            }
        }
    }
}

#[test]
fn what_is_put_in_one_place_and_seen_in_another_can_change_places() {
    for accuracy in [0.0, 1e-3] {
        let seen = |from, to| {
            let mut sheet = sheet(parameters(3300.0, 1, Joined, accuracy));
            sheet.deposit(from, 1.0);
            (0..30).for_each(|_| sheet.step(&[0.0; 27]));
            sheet.concentration(to)
        };
        let (one, other) = (domain(2, 5), domain(9, 16));
        assert!((seen(one, other) / seen(other, one) - 1.0).abs() < 1e-5);
    }
}

#[test]
fn transfer_is_the_transform_of_the_response() {
    // Nitric oxide that decays fast, so that the response ends.
    let parameters = SheetParameters { decay: 10.0, ..parameters(3300.0, 2, Joined, 0.0) };
    let synapse = parameters.plan.middle(13);
    let response = SynapticResponse::new(parameters, synapse, 1000).unwrap();
    let transfer = Transfer::new(&parameters, synapse).unwrap();
    for frequency in [0.0, 0.7, 5.0, 60.0] {
        let closed = transfer.at(frequency);
        let largest = closed.iter().map(|value| value.0.hypot(value.1)).fold(0.0, f64::max);
        for (cell, value) in closed.iter().enumerate() {
            let wave = |step: usize| TAU * frequency * STEP * step as f64;
            let terms = || response.of_cell(cell).iter().enumerate();
            let real: f64 = terms().map(|(step, value)| value * wave(step).cos()).sum();
            let imaginary: f64 = terms().map(|(step, value)| -value * wave(step).sin()).sum();
            let off = (real - value.0).hypot(imaginary - value.1);
            assert!(off < 1e-10 * largest, "{frequency} Hz, cell {cell}: {off:.1e}");
        }
    }
}

#[test]
fn effective_cells_have_their_limits() {
    let cells = |parameters: SheetParameters, frequency| {
        let transfer = Transfer::new(&parameters, parameters.plan.middle(13)).unwrap();
        transfer.effective_cells(frequency, 0, 0.0)
    };
    // Without diffusion a synapse hears its own cell, at any frequency.
    assert!((cells(parameters(0.0, 1, Joined, 0.0), 1.0) - 1.0).abs() < 1e-9);
    assert!((cells(parameters(0.0, 1, Separated, 0.0), 30.0) - 1.0).abs() < 1e-9);
    // With very fast diffusion it hears all cells alike, if they are slow.
    let mixed = cells(parameters(1e6, 1, Joined, 0.0), 0.01);
    assert!((26.5..27.0 + 1e-9).contains(&mixed), "{mixed}");
    // Another microzone that fires as often adds noise: as many cells again, of which half carry no signal.
    let two = parameters(1e6, 2, Joined, 0.0);
    let transfer = Transfer::new(&two, two.plan.middle(13)).unwrap();
    let noisy = transfer.effective_cells(0.001, 0, 1.0);
    assert!((12.5..14.5).contains(&noisy), "{noisy}");
}

/// Computed by a program in Python that shares no code with this one: impulse responses by cosine modes, transformed.
#[test]
#[allow(clippy::approx_constant, reason = "3.142 cells, not π")]
fn effective_cells_agree_with_an_independent_program() {
    let parameters = parameters(3300.0, 1, Joined, 0.0);
    let transfer = Transfer::new(&parameters, domain(27, 66)).unwrap();
    for (frequency, expected) in [(0.25, 5.028), (0.5, 3.142), (1.0, 2.152), (2.0, 1.553), (4.0, 1.173), (10.0, 0.928)]
    {
        let found = transfer.effective_cells(frequency, 0, 0.0);
        assert!((found - expected).abs() < 2e-3, "{frequency} Hz: {found}, not {expected}");
    }
}

#[test]
fn places_of_a_microzone_hear_between_one_cell_and_all_and_the_middle_more_than_most() {
    let heard = |diffusion: f64, arrangement, frequency| {
        let parameters = parameters(diffusion, 1, arrangement, 0.0);
        let transfer = Transfer::new(&parameters, parameters.plan.middle(13)).unwrap();
        (transfer.effective_cells(frequency, 0, 0.0), transfer.effective_cells_over(frequency, 0, 0.0))
    };
    let mean = |cells: &[f64]| cells.iter().sum::<f64>() / cells.len() as f64;
    // On a sheet that is wrapped around, cells differ only in the place along the cell; without diffusion in nothing.
    let (_, alone) = heard(0.0, Joined, 1.0);
    assert!(alone.len() == 81 && alone.iter().all(|cells| (cells - 1.0).abs() < 1e-9));
    let (middle, wrapped) = heard(3300.0, Separated, 0.25);
    for (place, cells) in wrapped.iter().enumerate() {
        assert!((cells / wrapped[place % 3] - 1.0).abs() < 1e-9, "{place}: {cells}");
    }
    assert!((wrapped[1] / middle - 1.0).abs() < 1e-9);
    // Where the sheet ends, less is heard; an independent program found 2.36 to 5.50, 4.37 on average.
    let (_, cells) = heard(3300.0, Joined, 0.25);
    let (least, greatest) = (cells.iter().copied().fold(27.0, f64::min), cells.iter().copied().fold(0.0, f64::max));
    assert!((mean(&cells) - 4.37).abs() < 0.05, "{least} {} {greatest}", mean(&cells));
    assert!((least - 2.36).abs() < 0.05 && (greatest - 5.5).abs() < 0.05, "{least} {greatest}");
}

/// What docs/schweighofer2000.md says of wider microzones: at rest and if all cells fire alike, others release the part
/// (λ / W) (1 - e^(-W/λ)) of the nitric oxide in a microzone of width W, with λ = √(D / k).
#[test]
fn the_part_that_other_microzones_release_falls_with_the_width() {
    const MICROZONES: usize = 5;
    // In units of a microzone's width: a wider one is one that diffusion crosses more slowly.
    for diffusion in [3300.0, 3300.0 * (315.0 / 500.0) * (315.0 / 500.0)] {
        let parameters = parameters(diffusion, MICROZONES, Joined, 0.0);
        let (cells, width) = (27, 54);
        let parts: Vec<f64> = (1..width)
            .step_by(3)
            .map(|column| {
                let transfer = Transfer::new(&parameters, domain(2 * width + column, 40)).unwrap().at(0.0);
                let of = |wanted: &dyn Fn(usize) -> bool| -> f64 {
                    transfer.iter().enumerate().filter(|(cell, _)| wanted(cell / cells)).map(|(_, value)| value.0).sum()
                };
                of(&|microzone| microzone != 2) / of(&|_| true)
            })
            .collect();
        let mean = parts.iter().sum::<f64>() / parts.len() as f64;
        let length = (diffusion / 0.3f64).sqrt() / 315.0;
        let expected = length * -(-1.0 / length).exp_m1();
        assert!((mean / expected - 1.0).abs() < 0.01, "{diffusion}: {mean} {expected}");
    }
}

#[test]
fn the_rate_of_information_has_its_limits() {
    let parameters = parameters(0.0, 1, Joined, 0.0);
    let transfer = Transfer::new(&parameters, parameters.plan.middle(13)).unwrap();
    let rate = |rate: f64, variance: f64, band: (f64, f64)| {
        transfer.information_rate(&BandSignal { rate, variance, band, microzone: 0, surrounding_rate: 0.0 })
    };
    // One cell, no filter: B log2(1 + r σ² / 2B).
    let exact = 0.7 * (1.0f64 + 4.0 * 0.1 / 1.4).log2();
    assert!((rate(4.0, 0.1, (0.7, 1.4)) / exact - 1.0).abs() < 1e-9);
    // A weak signal: r σ² / (2 ln 2), whatever the band.
    let weak = 1e-4 * 0.1 / (2.0 * std::f64::consts::LN_2);
    assert!((rate(1e-4, 0.1, (3.0, 9.0)) / weak - 1.0).abs() < 1e-4);
    assert!((rate(1e-4, 0.1, (0.5, 1.5)) / weak - 1.0).abs() < 1e-4);
}
