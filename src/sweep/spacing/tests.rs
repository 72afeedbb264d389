//! Values of ranges against exact fractions and powers, and as parts of larger ranges.

use std::collections::HashSet;

use num_bigint::{BigInt, BigUint};

use super::decimal::power_of_ten;
use super::*;
use crate::experiment::Literal;
use crate::random::RandomStream;

const NUMBERS: Rounding = Rounding { digits: 12, is_whole: false };
const WHOLE: Rounding = Rounding { digits: 12, is_whole: true };

type Spaced = fn(Decimal, Decimal, u64, Rounding) -> Vec<Decimal>;

fn decimal(number: f64) -> Decimal {
    Decimal::of(&Literal::Number(number)).unwrap()
}

fn number(decimal: &Decimal) -> f64 {
    match decimal.literal() {
        Literal::Number(number) => number,
        Literal::Integer(integer) => integer as f64,
        Literal::Text(text) => panic!("{text}"),
    }
}

fn values(spaced: Spaced, start: f64, stop: f64, steps: u64, rounding: Rounding) -> Vec<f64> {
    spaced(decimal(start), decimal(stop), steps, rounding).iter().map(number).collect()
}

#[test]
fn evenly_spaced_values_are_the_decimals_that_people_write() {
    let spaced = |start, stop, steps| values(linear, start, stop, steps, NUMBERS);
    assert_eq!(spaced(0.0, 0.9, 10), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    assert_eq!(spaced(-0.3, 0.3, 7), [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]);
    assert!(spaced(-0.3, 0.3, 7)[3].is_sign_positive());
    assert_eq!(spaced(3300.0, 0.0, 4), [3300.0, 2200.0, 1100.0, 0.0]);
    assert_eq!(spaced(1e-7, 5e-7, 5), [1e-7, 2e-7, 3e-7, 4e-7, 5e-7]);
    assert_eq!(spaced(0.0, 1.0, 4), [0.0, 0.333333333333, 0.666666666667, 1.0]);
    assert_eq!(spaced(-0.0, 0.0, 1), [0.0]);
    assert_eq!(spaced(5.0, 5.0, 0), [0.0; 0]);
    assert_eq!(spaced(-1e300, 1e300, 5), [-1e300, -5e299, 0.0, 5e299, 1e300]);
    assert_eq!(spaced(0.0, 2e-320, 3), [0.0, 1e-320, 2e-320]);
    assert_eq!(spaced(0.1, 1e12, 2), [0.1, 1e12]);
    // 12 digits of each value, not of the largest one.
    assert_eq!(spaced(1e-300, 1e300, 4), [1e-300, 3.33333333333e299, 6.66666666667e299, 1e300]);
    assert_eq!(values(linear, 0.0, 1.0, 4, Rounding { digits: 3, ..NUMBERS }), [0.0, 0.333, 0.667, 1.0]);
    // Halves away from zero, and what rounds up to one more digit.
    assert_eq!(values(linear, -0.5, 0.5, 3, WHOLE), [-1.0, 0.0, 1.0]);
    assert_eq!(values(linear, 9.0, 10.0, 3, Rounding { digits: 1, ..NUMBERS }), [9.0, 10.0, 10.0]);
}

#[test]
fn a_constant_ratio_lands_on_short_decimals() {
    let spaced = |start, stop, steps| values(geometric, start, stop, steps, NUMBERS);
    assert_eq!(spaced(0.001, 1000.0, 7), [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]);
    assert_eq!(spaced(1000.0, 0.001, 7), [1000.0, 100.0, 10.0, 1.0, 0.1, 0.01, 0.001]);
    assert_eq!(spaced(0.01, 1.0, 5), [0.01, 0.0316227766017, 0.1, 0.316227766017, 1.0]);
    assert_eq!(spaced(7.0, 7.0, 3), [7.0; 3]);
    assert_eq!((spaced(7.0, 7.0, 1), spaced(7.0, 7.0, 0)), (vec![7.0], vec![]));
    assert_eq!(spaced(5e-324, 1.79e308, 2), [5e-324, 1.79e308]);
    assert_eq!(spaced(1e-300, 1e300, 5), [1e-300, 1e-150, 1.0, 1e150, 1e300]);
    let decades: Vec<f64> = (-15..=15).map(|decade| format!("1e{decade}").parse().unwrap()).collect();
    assert_eq!(spaced(1e-15, 1e15, 31), decades);
    assert!(decades.iter().all(|decade| spaced(1e-15, 1e15, 3001).contains(decade)));
    assert_eq!(values(geometric, 10.0, 1000.0, 7, WHOLE), [10.0, 22.0, 46.0, 100.0, 215.0, 464.0, 1000.0]);
    let short = Rounding { digits: 1, is_whole: true };
    assert_eq!(values(geometric, 10.0, 1000.0, 7, short), [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]);
}

#[test]
fn a_walk_arrives_misses_or_leads_away() {
    let walked = |start, stop, step| walk(decimal(start), decimal(stop), decimal(step));
    assert_eq!(walked(0.0, 0.9, 0.3), Walk::Arrives(3u32.into()));
    assert_eq!(walked(0.9, -0.3, -0.1), Walk::Arrives(12u32.into()));
    assert_eq!(walked(0.3, 0.3, -0.1), Walk::Arrives(0u32.into()));
    assert_eq!(walked(0.0, 1.0, 0.3), Walk::Misses([0.9, 1.2].map(|near| Some(decimal(near)))));
    assert_eq!(walked(1.0, 0.0, -0.3), Walk::Misses([0.1, -0.2].map(|near| Some(decimal(near)))));
    assert_eq!(walked(0.0, 1.0, -0.1), Walk::LeadsAway);
    assert_eq!(walked(0.0, 1e300, 1e-300), Walk::Arrives(BigUint::from(10u32).pow(600)));
    assert_eq!(walked(1e-300, 1e300, 1.0), Walk::Misses([None, None]));
}

#[test]
fn a_million_values_take_less_than_seconds() {
    for (spaced, start, stop) in
        [(linear as Spaced, 0.0, 1.0), (linear, -1e-300, 1e300), (geometric, 0.001, 1000.0), (geometric, 1e300, 1e-300)]
    {
        let begin = std::time::Instant::now();
        let found = spaced(decimal(start), decimal(stop), 1_000_001, NUMBERS);
        println!("{start:e} to {stop:e}: {:?}", begin.elapsed());
        assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
        assert_eq!((found[0], found[1_000_000]), (decimal(start), decimal(stop)));
    }
}

/// Random decimals and counts.
struct Source(RandomStream);

impl Source {
    fn new(seed: u8) -> Self {
        Self(RandomStream::from_seed([seed; 32]))
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + (self.0.uniform() * (most - least + 1) as f64) as i64
    }

    fn exponent(&mut self) -> i32 {
        match self.between(0, 9) {
            0 => self.between(-290, 280) as i32,
            _ => self.between(-6, 3) as i32,
        }
    }
}

/// The decimals of 12 digits next to a value: half of the distance on either side, and the value itself, in halves of
/// its last digit, whose exponent comes first.
fn neighbours(value: Decimal) -> (i32, [BigInt; 3]) {
    let Decimal { mantissa, exponent } = value;
    let missing = 12 - value.digits();
    let twice: BigInt = BigInt::from(mantissa) * BigInt::from(power_of_ten(missing)) * 2;
    (exponent - missing as i32, [&twice - 1, twice.clone(), twice + 1])
}

/// Both, over the same power of ten.
fn aligned(one: &BigInt, exponent: i64, other: &BigInt, other_exponent: i64) -> (BigInt, BigInt) {
    let least = exponent.min(other_exponent);
    let scaled = |units: &BigInt, exponent: i64| units * BigInt::from(power_of_ten((exponent - least) as u32));
    (scaled(one, exponent), scaled(other, other_exponent))
}

#[test]
fn a_value_is_the_decimal_of_12_digits_nearest_to_the_fraction() {
    let mut source = Source::new(1);
    for _ in 0..20_000 {
        let end = |source: &mut Source| Decimal::of_units(&source.between(-999_999, 999_999).into(), source.exponent());
        let (start, stop) = (end(&mut source).unwrap(), end(&mut source).unwrap());
        let intervals = source.between(1, 40) as u64;
        let found = linear(start, stop, intervals + 1, NUMBERS);
        let (exponent, [first, last]) = Decimal::aligned([start, stop]);
        for (step, value) in found.iter().enumerate() {
            let fraction = &first * (intervals - step as u64) + &last * step as u64;
            if value.is_zero() {
                assert_eq!(fraction, BigInt::ZERO);
                continue;
            }
            let (last_digit, near) = neighbours(*value);
            let [below, _, above] =
                near.map(|near| aligned(&(near * intervals), last_digit.into(), &(&fraction * 2), exponent.into()));
            assert!(below.0 <= below.1 && above.1 <= above.0, "{start:?} {stop:?} {intervals}: {value:?}");
        }
    }
}

#[test]
fn a_value_is_the_decimal_of_12_digits_nearest_to_the_root() {
    let mut source = Source::new(2);
    for _ in 0..20_000 {
        let end = |source: &mut Source| Decimal::of_units(&source.between(1, 999_999).into(), source.exponent());
        let (start, stop) = (end(&mut source).unwrap(), end(&mut source).unwrap());
        let intervals = source.between(1, 9) as u32;
        let found = geometric(start, stop, u64::from(intervals) + 1, NUMBERS);
        for (step, value) in found.iter().enumerate() {
            // The power of the value is a product of powers of the ends.
            let step = step as u32;
            let product = BigInt::from(start.mantissa).pow(intervals - step) * BigInt::from(stop.mantissa).pow(step);
            let doubled = product * BigInt::from(2).pow(intervals);
            let exponent =
                i64::from(start.exponent) * i64::from(intervals - step) + i64::from(stop.exponent) * i64::from(step);
            let (last_digit, near) = neighbours(*value);
            let last_digit = i64::from(last_digit) * i64::from(intervals);
            let [below, _, above] = near.map(|near| aligned(&near.pow(intervals), last_digit, &doubled, exponent));
            assert!(below.0 < below.1 && above.1 < above.0, "{start:?} {stop:?} {intervals}: {value:?}");
        }
    }
}

/// How often a larger range is tried.
const LARGER: usize = 100_000;

/// Whether the values of the first range are among those of the second one.
fn assert_kept(small: &[Decimal], large: &[Decimal], what: impl std::fmt::Debug) {
    let [small, large] = [small, large].map(|values| values.iter().copied().collect::<HashSet<Decimal>>());
    assert!(small.is_subset(&large), "{what:?}: {:?} are lost", small.difference(&large).collect::<Vec<_>>());
}

/// `count` units of `10^exponent` as an end of a range with this rounding; none if that has too many digits.
fn end(units: i64, exponent: i32, rounding: Rounding) -> Option<Decimal> {
    Decimal::of_units(&units.into(), exponent).filter(|end| end.digits() <= rounding.digits)
}

fn rounding(source: &mut Source, is_whole: bool) -> Rounding {
    let digits = if source.between(0, 1) == 0 { 12 } else { source.between(3, 11) as u32 };
    Rounding { digits, is_whole }
}

/// Evenly spaced: more spans on either side, each interval divided.
fn larger_linear_ranges_keep_values(is_whole: bool, seed: u8) {
    let mut source = Source::new(seed);
    let mut tried = 0;
    while tried < LARGER {
        let rounding = rounding(&mut source, is_whole);
        let exponent = if is_whole { source.between(0, 2) as i32 } else { source.exponent() };
        let (first, span) = (source.between(-9999, 9999), source.between(-9999, 9999));
        let (intervals, before, after, parts) =
            (source.between(1, 12), source.between(0, 2), source.between(0, 2), source.between(1, 3));
        let ends = [first, first + span, first - before * span, first + (1 + after) * span];
        let [Some(start), Some(stop), Some(earlier), Some(later)] = ends.map(|units| end(units, exponent, rounding))
        else {
            continue;
        };
        let large = intervals * parts * (1 + before + after);
        let small = linear(start, stop, intervals as u64 + 1, rounding);
        assert_kept(&small, &linear(earlier, later, large as u64 + 1, rounding), (start, stop, intervals, large));
        tried += 1;
    }
}

#[test]
fn a_larger_linear_range_has_the_values_of_the_smaller_one() {
    larger_linear_ranges_keep_values(false, 3);
}

#[test]
fn a_larger_linear_range_has_the_whole_numbers_of_the_smaller_one() {
    larger_linear_ranges_keep_values(true, 4);
}

#[test]
fn more_steps_of_the_same_length_keep_the_values() {
    let mut source = Source::new(5);
    let mut tried = 0;
    while tried < LARGER {
        let rounding = rounding(&mut source, false);
        let exponent = source.exponent();
        let (first, step) = (source.between(-9999, 9999), source.between(1, 999) * (1 - 2 * source.between(0, 1)));
        let (intervals, before, after) = (source.between(0, 12), source.between(0, 9), source.between(0, 9));
        let range = |from: i64, to: i64| {
            let [start, stop] = [from, to].map(|steps| end(first + steps * step, exponent, rounding));
            let by = Decimal::of_units(&step.into(), exponent);
            let Walk::Arrives(steps) = walk(start?, stop?, by?) else { panic!("{first} {step} {exponent}") };
            assert_eq!(steps, BigUint::from((to - from) as u64));
            Some(linear(start?, stop?, (to - from) as u64 + 1, rounding))
        };
        let (Some(small), Some(large)) = (range(0, intervals), range(-before, intervals + after)) else { continue };
        assert_kept(&small, &large, (first, step, exponent));
        tried += 1;
    }
}

/// With a constant ratio: more spans on either side, each interval divided. A span is a power of ten, or another whole
/// number by which the ends are multiplied.
fn larger_geometric_ranges_keep_values(is_whole: bool, seed: u8) {
    let mut source = Source::new(seed);
    let mut tried = 0;
    while tried < LARGER {
        let rounding = rounding(&mut source, is_whole);
        let exponent = if is_whole { source.between(0, 2) as i32 } else { source.exponent() };
        let (intervals, before, after, parts) =
            (source.between(1, 12), source.between(0, 2), source.between(0, 2), source.between(1, 3));
        let factor = [10, 100, 2, 5, 7][source.between(0, 4) as usize];
        let earlier = source.between(1, 999);
        let spans = [before as u32, before as u32 + 1, 0, (before + 1 + after) as u32];
        let [Some(start), Some(stop), Some(earlier), Some(later)] =
            spans.map(|spans| end(earlier * i64::pow(factor, spans), exponent, rounding))
        else {
            continue;
        };
        let large = intervals * parts * (1 + before + after);
        let small = geometric(start, stop, intervals as u64 + 1, rounding);
        let extended = geometric(earlier, later, large as u64 + 1, rounding);
        assert_kept(&small, &extended, (start, stop, intervals, large));
        let mut turned = geometric(stop, start, intervals as u64 + 1, rounding);
        turned.reverse();
        assert_eq!(turned, small);
        tried += 1;
    }
}

#[test]
fn a_larger_geometric_range_has_the_values_of_the_smaller_one() {
    larger_geometric_ranges_keep_values(false, 6);
}

#[test]
fn a_larger_geometric_range_has_the_whole_numbers_of_the_smaller_one() {
    larger_geometric_ranges_keep_values(true, 7);
}
