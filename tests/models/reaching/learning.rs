//! The learning rule against a plain program, and on a plant so simple that what is learned is known.

use microzone::models::nitric_oxide::{Arrangement, FieldRows, Plan, ReleaseSite, Sheet, SheetParameters};
use microzone::models::reaching::{AverageScope, GRANULE_CELLS, LearningRule, ParallelFibres, Synapses, nuclear_means};
use microzone::random::RandomStream;

use crate::reaching::plain_synapses::PlainSynapses;

fn sheet(diffusion: f64, decay: f64, arrangement: Arrangement) -> Sheet {
    let plan = Plan { microzones: 4, arrangement };
    Sheet::new(SheetParameters { diffusion, decay, plan, release: ReleaseSite::Dendrite, accuracy: 1e-3 }).unwrap()
}

fn rows(sheet: &Sheet) -> Vec<FieldRows<'_>> {
    (0..sheet.plan().patches()).map(|patch| sheet.rows(patch).unwrap()).collect()
}

fn rule(scope: AverageScope, least_weight: f64) -> LearningRule {
    LearningRule { rate: 0.1, renewal: 0.02, scope, least_weight }
}

/// Runs both programs side by side and compares what they say and know.
fn compare(arrangement: Arrangement, rule: LearningRule, own_maximum: bool) {
    let mut sheet = sheet(3300.0, 0.3, arrangement);
    let plan = sheet.plan();
    let (mut synapses, mut plain) = (Synapses::new(plan, rule), PlainSynapses::new(plan, rule));
    let mut fibres = ParallelFibres::new(0.05);
    let mut stream = RandomStream::from_seed([6; 32]);
    // The trace, in double precision.
    let (mut first, mut trace) = (vec![0.0; GRANULE_CELLS], vec![0.0; GRANULE_CELLS]);
    let renewal = 1.0 - libm::exp(-0.1);
    let mut bounded = 0;
    for step in 0..160 {
        let release: Vec<f32> = (0..108).map(|_| if stream.bernoulli(0.03) { 1.0 } else { 0.0 }).collect();
        // Some cells never release: without diffusion their synapses would not learn.
        sheet.step(&release);
        let activities: Vec<f32> = (0..GRANULE_CELLS).map(|_| (stream.uniform() * 8.0 - 6.0).max(0.0) as f32).collect();
        let inputs = activities.clone();
        let activities: Vec<f64> = activities.into_iter().map(f64::from).collect();
        for cell in 0..GRANULE_CELLS {
            first[cell] += renewal * (activities[cell] - first[cell]);
            trace[cell] += renewal * (first[cell] - trace[cell]);
        }
        if step < 40 {
            fibres.step(&inputs);
            synapses.notice(&rows(&sheet));
            plain.notice(&sheet);
            continue;
        }
        if step == 40 {
            synapses.begin_learning(own_maximum);
        }
        fibres.show(&inputs);
        let answer = synapses.respond(&fibres);
        let found = synapses.learn(&mut fibres, &inputs, &rows(&sheet));
        assert_eq!(answer, found, "learning only begins after the answer");
        let expected = plain.learn(&activities, &trace, &sheet, own_maximum);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 2e-4, "step {step}: {found} {expected}");
        }
    }
    for (microzone, column, row, weight) in plain.weights() {
        let found = synapses.weight(microzone, column, row);
        assert!((found - weight).abs() < 2e-3, "{microzone} {column} {row}: {found} {weight}");
        bounded += usize::from(weight == rule.least_weight);
    }
    assert_eq!(bounded > 100, rule.least_weight == 0.0, "{bounded}");
}

#[test]
fn synapses_learn_as_the_plain_program_does() {
    use AverageScope::{Microzone, Synapse};
    compare(Arrangement::Joined, rule(Synapse, 0.0), true);
    compare(Arrangement::Separated, rule(Synapse, f64::NEG_INFINITY), true);
    compare(Arrangement::Joined, rule(Microzone, 0.0), false);
}

#[test]
fn synapses_without_nitric_oxide_do_not_learn_and_others_keep_their_sum() {
    let mut sheet = sheet(0.0, 0.3, Arrangement::Joined);
    let mut synapses = Synapses::new(sheet.plan(), rule(AverageScope::Synapse, f64::NEG_INFINITY));
    let mut fibres = ParallelFibres::new(0.0);
    let mut stream = RandomStream::from_seed([7; 32]);
    // Every second cell releases, and nothing spreads.
    let release: Vec<f32> = (0..108).map(|cell: u8| f32::from(cell % 2)).collect();
    sheet.step(&release);
    synapses.notice(&rows(&sheet));
    assert_eq!(synapses.largest().iter().filter(|&&largest| largest == 0.0).count(), 54 * 216);
    synapses.begin_learning(true);
    for _ in 0..50 {
        let activities: Vec<f32> = (0..GRANULE_CELLS).map(|_| stream.uniform() as f32).collect();
        sheet.step(&release);
        synapses.learn(&mut fibres, &activities, &rows(&sheet));
    }
    let plan = sheet.plan();
    for cell in 0..108 {
        let dendrite = plan.dendrite(cell);
        let weights = dendrite.rows().flat_map(|row| dendrite.columns.clone().map(move |column| (column, row)));
        let weights: Vec<f64> = weights.map(|(column, row)| synapses.weight(cell / 27, column % 54, row)).collect();
        assert!((weights.iter().sum::<f64>() / 216.0 - 1.0).abs() < 1e-4);
        assert_eq!(weights.iter().all(|&weight| weight == 1.0), cell % 2 == 0, "cell {cell}");
    }
}

/// A plant without dynamics: what it does is the torque that it gets, and its error is what is missing.
///
/// Four patterns of fibres come in turns, each on a quarter of them; each wants a value. The sum over a cell's weights
/// stays, so that what is learned is the value less the mean of all four, and where it is learned the error no longer
/// depends on the pattern.
#[test]
fn on_a_plant_without_dynamics_the_known_fixed_point_is_learned() {
    const WANTED: [f64; 4] = [0.8, -0.3, 0.1, -1.0];
    let mut sheet = sheet(0.0, 100.0, Arrangement::Joined);
    let rule =
        LearningRule { rate: 0.002, renewal: 0.002, scope: AverageScope::Synapse, least_weight: f64::NEG_INFINITY };
    let mut synapses = Synapses::new(sheet.plan(), rule);
    let mut fibres = ParallelFibres::new(0.0);
    // Every sixth column, shifted: each cell has as many fibres of each pattern.
    let pattern = |number: usize| -> Vec<f32> {
        (0..GRANULE_CELLS).map(|cell| if (cell / 54 + cell) % 4 == number { 4.0 } else { 0.0 }).collect()
    };
    let patterns: Vec<Vec<f32>> = (0..4).map(pattern).collect();
    let mut answers = [0.0; 4];
    for step in 0..40_000 {
        let number = step / 20 % 4;
        fibres.show(&patterns[number]);
        let nuclear = nuclear_means(&synapses.respond(&fibres));
        answers[number] = nuclear[0] - nuclear[1];
        let error = WANTED[number] - answers[number];
        // Climbing fibres without noise: each cell of flexor and extensor releases as much as there is error.
        let release: Vec<f32> = (0..108)
            .map(|cell| match cell / 27 {
                0 => error.max(0.0) as f32,
                1 => (-error).max(0.0) as f32,
                _ => 0.0,
            })
            .collect();
        sheet.step(&release);
        if step < 80 {
            synapses.notice(&rows(&sheet));
        } else {
            if step == 80 {
                synapses.begin_learning(true);
            }
            synapses.learn(&mut fibres, &patterns[number], &rows(&sheet));
        }
    }
    let mean = WANTED.iter().sum::<f64>() / 4.0;
    for (answer, wanted) in answers.iter().zip(WANTED) {
        assert!((answer - (wanted - mean)).abs() < 0.03, "{answers:?}");
    }
}
