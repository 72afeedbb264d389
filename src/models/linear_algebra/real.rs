//! Single and double precision, for kernels that run in either.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Sub, SubAssign};

/// A floating-point number of 32 or 64 bits.
pub(crate) trait Real:
    Copy
    + Debug
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
{
    const ZERO: Self;
    const ONE: Self;
    /// Pivots that are not greater than this are replaced by a huge one, which sets that unknown to 0.
    const SMALLEST_PIVOT: Self;
    const HUGE_PIVOT: Self;
    /// Lanes of two 256-bit registers.
    const WIDTH: usize;

    /// The nearest number of this precision.
    fn nearest(value: f64) -> Self;
    fn to_double(self) -> f64;
    fn root(self) -> Self;
    /// The number itself, or 0.
    fn kept_if(self, is_kept: bool) -> Self;
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const SMALLEST_PIVOT: Self = 1e-30;
    const HUGE_PIVOT: Self = 1e30;
    const WIDTH: usize = 16;

    #[inline(always)]
    fn nearest(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn to_double(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn kept_if(self, is_kept: bool) -> Self {
        f32::from_bits(self.to_bits() & u32::from(is_kept).wrapping_neg())
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const SMALLEST_PIVOT: Self = 1e-290;
    const HUGE_PIVOT: Self = 1e128;
    const WIDTH: usize = 8;

    #[inline(always)]
    fn nearest(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn to_double(self) -> f64 {
        self
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn kept_if(self, is_kept: bool) -> Self {
        f64::from_bits(self.to_bits() & u64::from(is_kept).wrapping_neg())
    }
}
