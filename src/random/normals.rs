//! Normal variates.

use super::RandomStream;

/// Standard normal values by the polar method (Marsaglia & Bray 1964), which yields them in pairs.
#[derive(Clone, Debug)]
pub struct Normals {
    stream: RandomStream,
    spare: Option<f64>,
}

impl Normals {
    /// The values that a stream gives.
    pub fn new(stream: RandomStream) -> Self {
        Self { stream, spare: None }
    }

    /// The next value.
    pub fn draw(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.stream.uniform() - 1.0, 2.0 * self.stream.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * libm::log(square) / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_the_moments_of_the_normal_distribution() {
        let mut normals = Normals::new(RandomStream::from_seed([5; 32]));
        let values: Vec<f64> = (0..200_000).map(|_| normals.draw()).collect();
        let moment = |power: i32| values.iter().map(|z| z.powi(power)).sum::<f64>() / values.len() as f64;
        for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0_f64)] {
            assert!((moment(power) - expected).abs() < 4.0 * (variance / values.len() as f64).sqrt(), "{power}");
        }
    }
}
