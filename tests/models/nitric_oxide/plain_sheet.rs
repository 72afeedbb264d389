//! The sheet written down a second time, as plainly as it can be: explicit Euler steps on the map of who exchanges with
//! whom.

use microzone::models::nitric_oxide::{
    Arrangement, MICROZONE_LENGTH, MICROZONE_WIDTH, ReleaseSite, STEP, SheetParameters,
};

pub(crate) struct PlainSheet {
    parameters: SheetParameters,
    width: usize,
    /// The cell that each domain belongs to, and the density at which it releases there.
    cell: Vec<usize>,
    density: Vec<f64>,
    /// The domains that each domain exchanges with.
    neighbours: Vec<Vec<usize>>,
    pub(crate) field: Vec<f64>,
}

impl PlainSheet {
    pub(crate) fn new(parameters: SheetParameters) -> Self {
        let width = parameters.plan.microzones * MICROZONE_WIDTH;
        let places = || (0..MICROZONE_LENGTH).flat_map(|y| (0..width).map(move |x| (x, y)));
        // Cells are 6 × 36 domains; each column of cells begins a third of a cell lower than the one before.
        let height = |x: usize, y: usize| (y + MICROZONE_LENGTH - x / 6 % 3 * 12) % MICROZONE_LENGTH;
        let cell = |(x, y)| x / 6 * 3 + height(x, y) / 36;
        let density = |(x, y)| match parameters.release {
            ReleaseSite::Dendrite => 1.0,
            ReleaseSite::Soma => f64::from(u8::from((15..21).contains(&(height(x, y) % 36)))) * 6.0,
        };
        Self {
            width,
            cell: places().map(cell).collect(),
            density: places().map(density).collect(),
            neighbours: places().map(|(x, y)| neighbours(&parameters, width, x, y)).collect(),
            field: vec![0.0; width * MICROZONE_LENGTH],
            parameters,
        }
    }

    /// One step of 5 ms in this many Euler steps.
    pub(crate) fn step(&mut self, release: &[f32], substeps: usize) {
        let side: f64 = 35.0 / 6.0;
        let (diffusion, decay) = (self.parameters.diffusion / (side * side), self.parameters.decay);
        for _ in 0..substeps {
            let slope = |domain: usize| {
                let here = self.field[domain];
                let exchanged: f64 = self.neighbours[domain].iter().map(|&other| self.field[other] - here).sum();
                let source = self.density[domain] * f64::from(release[self.cell[domain]]);
                diffusion * exchanged - decay * here + source
            };
            let next = (0..self.field.len()).map(|domain| self.field[domain] + STEP / substeps as f64 * slope(domain));
            self.field = next.collect();
        }
    }

    pub(crate) fn at(&self, column: usize, row: usize) -> f64 {
        self.field[row * self.width + column]
    }
}

fn neighbours(parameters: &SheetParameters, width: usize, x: usize, y: usize) -> Vec<usize> {
    let place = |x: usize, y: usize| y * width + x;
    let mut found = Vec::new();
    if parameters.plan.arrangement == Arrangement::Joined {
        found.extend((x > 0).then(|| place(x - 1, y)));
        found.extend((x + 1 < width).then(|| place(x + 1, y)));
        found.extend((y > 0).then(|| place(x, y - 1)));
        found.extend((y + 1 < MICROZONE_LENGTH).then(|| place(x, y + 1)));
    } else {
        let left = x / MICROZONE_WIDTH * MICROZONE_WIDTH;
        let around = |step: usize| left + (x - left + step) % MICROZONE_WIDTH;
        found.extend([place(around(1), y), place(around(MICROZONE_WIDTH - 1), y)]);
        found.extend([place(x, (y + 1) % MICROZONE_LENGTH), place(x, (y + MICROZONE_LENGTH - 1) % MICROZONE_LENGTH)]);
    }
    found
}
