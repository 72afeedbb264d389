//! The sheet: conservation, closed forms, symmetries, and agreement of the schemes with each other and with a plain
//! one.

use std::f64::consts::PI;

use microzone::models::nitric_oxide::{
    Arrangement, DOMAIN_SIDE, Domain, FieldRows, ReleaseSite, STEP, SheetError, SheetParameters,
};

use crate::nitric_oxide::common::{domain, parameters, relative_error, releases, sheet, total};
use crate::nitric_oxide::plain_sheet::PlainSheet;

use Arrangement::{Joined, Separated};

/// Of the concentrations that the convolution computes in single precision, over some hundred steps.
const SINGLE: f64 = 1e-5;

/// Accuracies of both schemes, and how far they are from exact in a quantity that convolution keeps, too.
const KEPT: [(f64, f64); 2] = [(0.0, 1e-11), (1e-3, SINGLE)];

#[test]
fn the_amount_obeys_its_balance() {
    for (accuracy, tolerance) in KEPT {
        for (arrangement, diffusion) in [(Joined, 3300.0), (Separated, 3300.0), (Joined, 60_000.0), (Joined, 0.0)] {
            let parameters = SheetParameters { decay: 2.0, ..parameters(diffusion, 2, arrangement, accuracy) };
            let mut sheet = sheet(parameters);
            let mut expected = 0.0;
            for release in releases(54, 300, 0.02, 1) {
                sheet.step(&release);
                // dM/dt = -k M + S, with S = 216 domains a releasing cell.
                let amount = 216.0 * f64::from(release.iter().sum::<f32>());
                expected = expected * (-2.0 * STEP).exp() + amount * (1.0 - (-2.0 * STEP).exp()) / 2.0;
            }
            let off = (total(&sheet) / expected - 1.0).abs();
            assert!(off < tolerance, "{parameters:?}: {off:.1e}");
        }
    }
}

#[test]
fn the_soma_releases_the_same_amount_from_a_smaller_place() {
    let dendrite = parameters(0.0, 1, Joined, 1e-3);
    let (mut wide, mut narrow) = (sheet(dendrite), sheet(SheetParameters { release: ReleaseSite::Soma, ..dendrite }));
    let release = releases(27, 1, 0.5, 3).remove(0);
    wide.step(&release);
    narrow.step(&release);
    assert!((total(&wide) / total(&narrow) - 1.0).abs() < 1e-6);
    let (wide, narrow) = (wide.field(), narrow.field());
    let covered = |field: &[f64]| field.iter().filter(|&&value| value > 0.0).count();
    assert_eq!(covered(&wide), 6 * covered(&narrow));
    assert!(wide.iter().zip(&narrow).all(|(wide, narrow)| *narrow == 0.0 || *wide > 0.0));
}

#[test]
fn a_mode_decays_at_its_rate() {
    // cos(π a (x + 1/2) / 54) cos(π b (y + 1/2) / 108): the eigenvalue is that of the five-point Laplacian.
    let (a, b) = (3.0, 8.0);
    let wave =
        |x: usize, y: usize| (PI * a * (x as f64 + 0.5) / 54.0).cos() * (PI * b * (y as f64 + 0.5) / 108.0).cos();
    let eigenvalue = 4.0 * ((PI * a / 108.0).sin().powi(2) + (PI * b / 216.0).sin().powi(2));
    for (accuracy, tolerance) in KEPT {
        let mut sheet = sheet(parameters(3300.0, 1, Joined, accuracy));
        for y in 0..108 {
            (0..54).for_each(|x| sheet.deposit(domain(x, y), wave(x, y)));
        }
        let steps = 40;
        (0..steps).for_each(|_| sheet.step(&[0.0; 27]));
        let rate = 0.3 + 3300.0 * eigenvalue / (DOMAIN_SIDE * DOMAIN_SIDE);
        let factor = (-rate * STEP * f64::from(steps)).exp();
        for (x, y) in [(0, 0), (20, 33), (53, 107)] {
            let found = sheet.concentration(domain(x, y)) / wave(x, y);
            // The kernel's own error at this wavelength comes on top of rounding.
            assert!((found / factor - 1.0).abs() < tolerance.max(0.2 * accuracy), "{accuracy}: {found} {factor}");
        }
    }
}

#[test]
fn a_point_spreads_as_diffusion_does() {
    for (accuracy, tolerance) in KEPT {
        let mut sheet = sheet(parameters(1000.0, 1, Separated, accuracy));
        sheet.deposit(domain(27, 54), 1.0);
        (0..40).for_each(|_| sheet.step(&[0.0; 27]));
        let field = sheet.field();
        let moment = |distance: &dyn Fn(usize) -> f64| -> f64 {
            let squares = field.iter().enumerate().map(|(place, value)| value * distance(place).powi(2));
            squares.sum::<f64>() / field.iter().sum::<f64>() * DOMAIN_SIDE * DOMAIN_SIDE
        };
        let across = moment(&|place| (place % 54) as f64 - 27.0);
        let along = moment(&|place| (place / 54) as f64 - 54.0);
        // ⟨x²⟩ = 2 D t in each direction (so the root mean square distance is √(4 D t)).
        let expected = 2.0 * 1000.0 * 40.0 * STEP;
        for found in [across, along] {
            assert!((found / expected - 1.0).abs() < tolerance.max(1e-8), "{accuracy}: {found}, not {expected}");
        }
    }
}

#[test]
fn a_steady_line_falls_off_with_its_length() {
    // All three cells of the first column release without end: a line source along y at a closed rim.
    let decay = 3.0;
    for accuracy in [0.0, 1e-3] {
        let mut sheet = sheet(SheetParameters { decay, ..parameters(3300.0, 2, Joined, accuracy) });
        let mut release = [0.0; 54];
        release[..3].fill(1.0);
        (0..1500).for_each(|_| sheet.step(&release));
        let length = (3300.0f64 / decay).sqrt();
        let width = 108.0 * DOMAIN_SIDE;
        let middle = |column: usize| (column as f64 + 0.5) * DOMAIN_SIDE;
        // Beyond the source C is proportional to cosh((width - x) / λ); the five-point Laplacian has (side / λ)² / 24 =
        // 0.13 % of error in λ.
        let at = |column: usize| sheet.concentration(domain(column, 40));
        for (near, far) in [(10, 20), (20, 40), (12, 60)] {
            let found = (at(near) / at(far)).ln();
            let expected = (((width - middle(near)) / length).cosh() / ((width - middle(far)) / length).cosh()).ln();
            assert!((found / expected - 1.0).abs() < 3e-3, "{accuracy}, {near} to {far}: {found}, not {expected}");
        }
    }
}

#[test]
fn mirror_images_stay_mirror_images() {
    // To the last bit: the kernel adds the two sides before it multiplies.
    let mut left = sheet(parameters(3300.0, 1, Joined, 1e-3));
    let mut right = left.clone();
    left.deposit(domain(11, 30), 1.0);
    right.deposit(domain(53 - 11, 107 - 30), 1.0);
    for _ in 0..50 {
        left.step(&[0.0; 27]);
        right.step(&[0.0; 27]);
    }
    let mut mirrored = right.field();
    mirrored.reverse();
    assert!(left.field() == mirrored);
}

#[test]
fn a_periodic_sheet_is_the_same_everywhere() {
    // Three columns of cells on, the columns are shifted alike. A move changes no value, only where it is.
    let mut here = sheet(parameters(3300.0, 1, Separated, 1e-3));
    let mut there = here.clone();
    for release in releases(27, 60, 0.03, 5) {
        here.step(&release);
        let mut moved = release.clone();
        moved.rotate_right(9);
        there.step(&moved);
    }
    let (here, there) = (here.field(), there.field());
    let moved = |place: usize| there[place / 54 * 54 + (place % 54 + 18) % 54];
    let largest = here.iter().copied().fold(0.0, f64::max);
    assert!((0..here.len()).all(|place| (here[place] - moved(place)).abs() < 1e-6 * largest));
}

#[test]
fn separated_microzones_exchange_nothing() {
    for accuracy in [0.0, 1e-3] {
        let mut all = sheet(parameters(20_000.0, 3, Separated, accuracy));
        let mut alone = sheet(parameters(20_000.0, 1, Separated, accuracy));
        for release in releases(27, 100, 0.03, 6) {
            let mut middle = vec![0.0; 81];
            middle[27..54].copy_from_slice(&release);
            all.step(&middle);
            alone.step(&release);
        }
        assert!(all.patch(0).iter().chain(&all.patch(2)).all(|&value| value == 0.0));
        assert!(all.patch(1) == alone.patch(0));
        // Joined, they do.
        let mut joined = sheet(parameters(20_000.0, 3, Joined, accuracy));
        let mut middle = vec![0.0; 81];
        middle[27..54].fill(1.0);
        (0..100).for_each(|_| joined.step(&middle));
        let field = joined.field();
        let outside: f64 = field.iter().enumerate().filter(|(place, _)| place % 162 / 54 != 1).map(|(_, c)| c).sum();
        assert!(outside > 0.1 * field.iter().sum::<f64>());
    }
}

#[test]
fn convolution_is_as_accurate_as_it_says() {
    let worst = |parameters: SheetParameters, probability: f64| {
        let exact = SheetParameters { accuracy: 0.0, ..parameters };
        let (mut found, mut exact) = (sheet(parameters), sheet(exact));
        let mut worst: f64 = 0.0;
        for (step, release) in releases(parameters.plan.cells(), 160, probability, 9).iter().enumerate() {
            found.step(release);
            exact.step(release);
            if step % 10 < 3 && total(&exact) > 0.0 {
                worst = worst.max(relative_error(&found.field(), &exact.field()));
            }
        }
        worst
    };
    for diffusion in [0.0, 33.0, 330.0, 1000.0, 2000.0, 3300.0, 6000.0, 20_000.0, 60_000.0, 1e6] {
        for (arrangement, microzones) in [(Joined, 1), (Joined, 2), (Separated, 2)] {
            for release in [ReleaseSite::Dendrite, ReleaseSite::Soma] {
                for accuracy in [1e-2, 1e-3, 1e-4] {
                    // Rare discharges are the hard case: fronts are sharp, and nothing else is there.
                    let parameters =
                        SheetParameters { release, ..parameters(diffusion, microzones, arrangement, accuracy) };
                    let error = worst(parameters, 0.002);
                    assert!(error <= accuracy, "{parameters:?}: {error:.1e}");
                }
            }
        }
    }
    // And coarser where it may be: accuracy is used, not ignored.
    let at = |accuracy| worst(parameters(3300.0, 1, Joined, accuracy), 0.01);
    assert!(at(1e-2) > 3.0 * at(1e-4), "{:.1e} {:.1e}", at(1e-2), at(1e-4));
}

#[test]
fn neither_slow_diffusion_nor_rounding_piles_up() {
    for (diffusion, decay) in [(0.03, 0.3), (1.0, 0.3), (3.0, 0.3), (0.0, 0.01), (200.0, 0.01), (3300.0, 0.0)] {
        for accuracy in [1e-2, 1e-3, 1e-4] {
            let parameters =
                SheetParameters { decay, release: ReleaseSite::Soma, ..parameters(diffusion, 1, Joined, accuracy) };
            let (mut found, mut exact) = (sheet(parameters), sheet(SheetParameters { accuracy: 0.0, ..parameters }));
            let mut release = [0.0; 27];
            release[13] = 1.0;
            for step in 0..2000 {
                found.step(&release);
                exact.step(&release);
                release.fill(0.0);
                if step % 200 == 199 {
                    let error = relative_error(&found.field(), &exact.field());
                    assert!(error <= accuracy, "{parameters:?}, step {step}: {error:.1e}");
                }
            }
            let amount = total(&found) / total(&exact) - 1.0;
            assert!(amount.abs() < 1e-5, "{parameters:?}: {amount:.1e}");
        }
    }
}

#[test]
fn exact_steps_are_the_limit_of_small_steps() {
    for (arrangement, release) in [(Joined, ReleaseSite::Dendrite), (Separated, ReleaseSite::Soma)] {
        let parameters = SheetParameters { release, ..parameters(3300.0, 2, arrangement, 0.0) };
        let error = |substeps: usize| {
            let (mut exact, mut plain) = (sheet(parameters), PlainSheet::new(parameters));
            for release in releases(54, 12, 0.05, 12) {
                exact.step(&release);
                plain.step(&release, substeps);
            }
            relative_error(&plain.field, &exact.field())
        };
        let errors = [16, 32, 64].map(error);
        // Euler is of first order: half the step, half the error.
        for pair in errors.windows(2) {
            assert!((pair[0] / pair[1] - 2.0).abs() < 0.1, "{errors:?}");
        }
        assert!(errors[2] < 3e-3, "{errors:?}");
    }
}

#[test]
fn the_field_joins_its_patches() {
    let mut sheet = sheet(parameters(100.0, 2, Separated, 1e-3));
    sheet.deposit(Domain { patch: 1, column: 4, row: 7 }, 2.0);
    let field = sheet.field();
    assert_eq!(field.len(), 108 * 108);
    assert_eq!(field[7 * 108 + 54 + 4], 2.0);
    assert_eq!(sheet.patch(1)[7 * 54 + 4], 2.0);
}

#[test]
fn bad_parameters_are_refused() {
    let good = parameters(3300.0, 1, Joined, 1e-3);
    let refused = |parameters| microzone::models::nitric_oxide::Sheet::new(parameters).map(|_| ()).unwrap_err();
    for (parameters, name) in [
        (SheetParameters { diffusion: -1.0, ..good }, "diffusion"),
        (SheetParameters { diffusion: f64::NAN, ..good }, "diffusion"),
        (SheetParameters { decay: 1e4, ..good }, "decay"),
        (SheetParameters { accuracy: 0.5, ..good }, "accuracy"),
    ] {
        assert!(refused(parameters).to_string().starts_with(name));
    }
    let mut none = good;
    none.plan.microzones = 0;
    assert_eq!(refused(none), SheetError::Microzones(0));
}

/// The bits of a field, which must be the same on every processor. Changing them changes results: raise the versions of
/// the experiments.
#[test]
fn bits_are_pinned() {
    for (accuracy, expected) in [(1e-3, "182883bb3d11dc13"), (0.0, "870965c702eaf286")] {
        let mut sheet = sheet(parameters(3300.0, 4, Joined, accuracy));
        releases(108, 50, 0.02, 21).iter().for_each(|release| sheet.step(release));
        let mut hasher = blake3::Hasher::new();
        sheet.field().iter().for_each(|value| {
            hasher.update(&value.to_le_bytes());
        });
        assert_eq!(hasher.finalize().to_hex()[..16], *expected, "accuracy {accuracy}");
    }
}

#[test]
fn rows_are_the_field_where_it_lies() {
    for arrangement in [Arrangement::Joined, Arrangement::Separated] {
        let mut sheet = sheet(parameters(3300.0, 3, arrangement, 1e-3));
        for release in releases(81, 20, 0.1, 3) {
            sheet.step(&release);
        }
        let plan = sheet.plan();
        let field = sheet.field();
        for microzone in 0..3 {
            let first = plan.first_domain(microzone);
            let rows = sheet.rows(first.patch).unwrap();
            for row in 0..108 {
                let beyond = rows.values(first.column, row, 54 + FieldRows::BEYOND);
                assert!(beyond.iter().all(|value| value.is_finite()));
                let found: Vec<f64> = beyond[..54].iter().map(|&value| f64::from(value)).collect();
                assert_eq!(found, field[row * 162 + 54 * microzone..][..54], "microzone {microzone}, row {row}");
            }
        }
    }
    assert!(sheet(parameters(3300.0, 3, Arrangement::Joined, 0.0)).rows(0).is_none(), "exact steps have no field");
}

#[test]
fn a_deposit_in_a_row_is_as_many_deposits() {
    for accuracy in [1e-3, 0.0] {
        let mut sheets = [0, 1].map(|_| sheet(parameters(3300.0, 2, Arrangement::Joined, accuracy)));
        let amounts: Vec<f32> = (0..10u8).map(f32::from).collect();
        sheets[0].deposit_row(domain(50, 70), &amounts, 0.5);
        for (column, &amount) in amounts.iter().enumerate() {
            sheets[1].deposit(domain(50 + column, 70), 0.5 * f64::from(amount));
        }
        let [one, other] = sheets.map(|sheet| sheet.field());
        assert!(relative_error(&one, &other) < 1e-6);
        assert!((one.iter().sum::<f64>() - 22.5).abs() < 1e-4);
    }
}
