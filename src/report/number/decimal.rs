//! A number in whole units of a decimal place.

/// The powers of ten between which numbers are written without an exponent: 0.0001 to 999 999.
const WITHOUT_POWER: std::ops::Range<i32> = -4..6;

/// A number rounded to a decimal place: `units` times ten to the power of `place`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// Never set for zero.
    pub negative: bool,
    pub units: u64,
    pub place: i32,
}

impl Decimal {
    /// A finite number with this many significant digits, at most 17.
    pub(super) fn of_digits(number: f64, digits: usize) -> Self {
        let (units, exponent) = scientific(&format!("{:.*e}", digits - 1, number.abs()));
        let negative = number < 0.0 && units > 0;
        Self { negative, units, place: exponent + 1 - digits as i32 }
    }

    /// A finite number with the fewest digits that name it.
    pub(super) fn shortest(number: f64) -> Self {
        let text = format!("{:e}", number.abs());
        let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
        let (units, exponent) = scientific(&text);
        Self { negative: number < 0.0 && units > 0, units, place: exponent + 1 - digits as i32 }
    }

    /// A finite number rounded to a place that is at most 15 below its first digit.
    pub(super) fn at(number: f64, place: i32) -> Self {
        let (_, exponent) = scientific(&format!("{:e}", number.abs()));
        let units = match exponent - place {
            more if more >= 0 => return Self::of_digits(number, more as usize + 1).in_units_of(place),
            // One place above the first digit there is one unit or none.
            -1 => u64::from(more_than_five(number)),
            _ => 0,
        };
        Self { negative: number < 0.0 && units > 0, units, place }
    }

    /// The same number, which is a multiple of the place.
    fn in_units_of(self, place: i32) -> Self {
        let more = u32::try_from(self.place - place).unwrap_or(0);
        Self { units: self.units * 10u64.pow(more), place, ..self }
    }

    /// How many digits the units have; 1 for zero.
    pub(super) fn digits(&self) -> i32 {
        self.units.checked_ilog10().unwrap_or(0) as i32 + 1
    }

    /// The power of ten that two numbers of one place are written in; `None` where none is needed.
    pub(super) fn power_with(&self, other: &Self) -> Option<i32> {
        let first = self.place + self.digits().max(other.digits()) - 1;
        let is_zero = self.units == 0 && other.units == 0;
        (!is_zero && !WITHOUT_POWER.contains(&first)).then_some(first)
    }

    /// The text in this power of ten, without an exponent.
    pub(super) fn fixed(&self, power: Option<i32>) -> String {
        let place = self.place - power.unwrap_or(0);
        let sign = if self.negative { "-" } else { "" };
        if place >= 0 {
            let zeros = if self.units == 0 { 0 } else { place as usize };
            return format!("{sign}{}{}", self.units, "0".repeat(zeros));
        }
        let decimals = place.unsigned_abs() as usize;
        let digits = format!("{:0>width$}", self.units, width = decimals + 1);
        let (whole, decimals) = digits.split_at(digits.len() - decimals);
        format!("{sign}{whole}.{decimals}")
    }

    /// Without the zeros at its end that stand behind the point.
    pub(super) fn trimmed(mut self) -> Self {
        while self.units > 0 && self.units.is_multiple_of(10) && self.place < 0 {
            self.units /= 10;
            self.place += 1;
        }
        if self.units == 0 { Self { place: 0, ..self } } else { self }
    }
}

/// Whether the first digits of a number are more than 5; exactly 5 rounds to the even number, which is 0.
fn more_than_five(number: f64) -> bool {
    let text = format!("{:.16e}", number.abs());
    let digits = text.bytes().filter(u8::is_ascii_digit).take(17);
    digits.collect::<Vec<u8>>() > b"50000000000000000".to_vec()
}

/// The digits of a number in scientific notation as one integer, and its exponent.
fn scientific(text: &str) -> (u64, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit);
    let units = digits.fold(0, |units: u64, digit| units * 10 + u64::from(digit - b'0'));
    (units, exponent.parse().unwrap_or(0))
}
