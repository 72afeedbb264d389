//! Prints a run of the sheet of nitric oxide, and how long microzone takes for a step, for `benches/sheet_peers.py`.
//!
//! `cargo run --release --example sheet -- DIFFUSION ACCURACY STEPS`
//!
//! The sheet is four joined microzones whose cells release over their dendrites; decay is 0.3 /s, and every olive
//! cell discharges once a second on average. The first line is `SECONDS_A_STEP SECONDS_A_FIELD RELEASES`: medians on
//! one thread, the second for writing out all concentrations after a step, and the number of lines that follow, one
//! per release: `STEP CELL RATE`, with steps and cells counted from 0. Then the concentrations after the last step, one
//! line per row of domains.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use microzone::models::nitric_oxide::{Arrangement, Olive, Plan, ReleaseSite, Sheet, SheetParameters};
use microzone::random::RandomStream;

const PLAN: Plan = Plan { microzones: 4, arrangement: Arrangement::Joined };
const DECAY: f64 = 0.3;

/// Discharges of an olive cell in a second.
const OLIVE_RATE: f64 = 1.0;

/// Steps that are timed together: the clock costs nothing, and a disturbance spoils a few stretches only.
const STRETCH: usize = 25;

/// How many times all concentrations are written out, to time it.
const FIELDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [diffusion, accuracy, steps] = arguments.as_slice() else {
        return Err("usage: sheet DIFFUSION ACCURACY STEPS".into());
    };
    let mut sheet = Sheet::new(SheetParameters {
        diffusion: diffusion.parse()?,
        decay: DECAY,
        plan: PLAN,
        release: ReleaseSite::Dendrite,
        accuracy: accuracy.parse()?,
    })?;
    let steps: usize = steps.parse()?;
    if steps < STRETCH {
        return Err(format!("STEPS must be at least {STRETCH}").into());
    }
    let releases = releases(steps);
    let seconds_a_step = median(releases.chunks_exact(STRETCH).map(|stretch| {
        let start = Instant::now();
        stretch.iter().for_each(|release| sheet.step(release));
        start.elapsed().as_secs_f64() / STRETCH as f64
    }));
    releases.chunks_exact(STRETCH).remainder().iter().for_each(|release| sheet.step(release));
    let seconds_a_field = median((0..FIELDS).map(|_| {
        let start = Instant::now();
        black_box(sheet.field());
        start.elapsed().as_secs_f64()
    }));
    print_run(seconds_a_step, seconds_a_field, &releases, &sheet.field())
}

/// The rates of release of all cells, step by step.
fn releases(steps: usize) -> Vec<Vec<f32>> {
    let stream = RandomStream::from_seed([4; 32]);
    let mut olive = Olive::new((0..PLAN.microzones as u64).map(|microzone| stream.substream(microzone)).collect());
    let rates = vec![OLIVE_RATE; PLAN.microzones];
    let mut step = || {
        olive.step(&rates);
        olive.release().to_vec()
    };
    (0..steps).map(|_| step()).collect()
}

fn print_run(
    seconds_a_step: f64,
    seconds_a_field: f64,
    releases: &[Vec<f32>],
    field: &[f64],
) -> Result<(), Box<dyn Error>> {
    let mut lines = Vec::new();
    for (step, rates) in releases.iter().enumerate() {
        let cells = rates.iter().enumerate().filter(|(_, rate)| **rate != 0.0);
        lines.extend(cells.map(|(cell, rate)| format!("{step} {cell} {rate}")));
    }
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(output, "{seconds_a_step} {seconds_a_field} {}", lines.len())?;
    for line in lines {
        writeln!(output, "{line}")?;
    }
    for row in field.chunks_exact(PLAN.patch_width()) {
        // As many digits as it takes to read the very same number.
        let row: Vec<String> = row.iter().map(|concentration| format!("{concentration:e}")).collect();
        writeln!(output, "{}", row.join(" "))?;
    }
    Ok(output.flush()?)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
