use super::*;

const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;

/// Value, error, and how they are written together, side by side, and each alone.
const TABLE: &[(f64, f64, &str, &str, &str, &str)] = &[
    (0.99712, 0.01234, "0.997(12)", "0.997 ± 0.012", "0.997", "0.012"),
    // Three leading digits decide: up to 354 two digits, up to 949 one, and then two again.
    (0.5, 0.1, "0.50(10)", "0.50 ± 0.10", "0.50", "0.10"),
    (0.5, 0.0354, "0.500(35)", "0.500 ± 0.035", "0.500", "0.035"),
    (0.5, 0.0356, "0.50(4)", "0.50 ± 0.04", "0.50", "0.04"),
    (3.5186, 0.0949, "3.52(9)", "3.52 ± 0.09", "3.52", "0.09"),
    (3.5186, 0.0951, "3.52(10)", "3.52 ± 0.10", "3.52", "0.10"),
    (3.5186, 0.0999999, "3.52(10)", "3.52 ± 0.10", "3.52", "0.10"),
    // What rounding carries.
    (9.996, 0.004, "9.996(4)", "9.996 ± 0.004", "9.996", "0.004"),
    (9.9996, 0.004, "10.000(4)", "10.000 ± 0.004", "10.000", "0.004"),
    (9.96, 0.4, "10.0(4)", "10.0 ± 0.4", "10.0", "0.4"),
    (0.96, 4.0, "1(4)", "1 ± 4", "1", "4"),
    (999_999.7, 1.2, "999999.7(12)", "999999.7 ± 1.2", "999999.7", "1.2"),
    (999_999.97, 1.2, "1.0000000(12)e6", "(1.0000000 ± 0.0000012)e6", "1.0000000e6", "1.2"),
    (999_999.7, 4.0, "1.000000(4)e6", "(1.000000 ± 0.000004)e6", "1.000000e6", "4"),
    // Errors above 1, and errors larger than the value.
    (12.34, 1.5, "12.3(15)", "12.3 ± 1.5", "12.3", "1.5"),
    (12.34, 25.0, "12(25)", "12 ± 25", "12", "25"),
    (12.34, 120.0, "10(120)", "10 ± 120", "10", "120"),
    (3.0, 1200.0, "0(1200)", "0 ± 1200", "0", "1200"),
    (51.0, 1200.0, "100(1200)", "100 ± 1200", "100", "1200"),
    (50.0, 1200.0, "0(1200)", "0 ± 1200", "0", "1200"),
    (-49.0, 1200.0, "0(1200)", "0 ± 1200", "0", "1200"),
    (1234.5, 120.0, "1230(120)", "1230 ± 120", "1230", "120"),
    (0.003, 0.012, "0.003(12)", "0.003 ± 0.012", "0.003", "0.012"),
    (0.0, 0.012, "0.000(12)", "0.000 ± 0.012", "0.000", "0.012"),
    (1e-9, 0.5, "0.0(5)", "0.0 ± 0.5", "0.0", "0.5"),
    // Negative, and what rounds to zero from below.
    (-0.99712, 0.01234, "-0.997(12)", "-0.997 ± 0.012", "-0.997", "0.012"),
    (-0.0004, 0.012, "0.000(12)", "0.000 ± 0.012", "0.000", "0.012"),
    (-0.0, 0.012, "0.000(12)", "0.000 ± 0.012", "0.000", "0.012"),
    // Huge and tiny.
    (1.2345e6, 1.2e4, "1.234(12)e6", "(1.234 ± 0.012)e6", "1.234e6", "12000"),
    (1.5e300, 4e298, "1.50(4)e300", "(1.50 ± 0.04)e300", "1.50e300", "4e298"),
    (-6.02e23, 2e21, "-6.020(20)e23", "(-6.020 ± 0.020)e23", "-6.020e23", "2.0e21"),
    (1.2345e-7, 1.2e-9, "1.235(12)e-7", "(1.235 ± 0.012)e-7", "1.235e-7", "1.2e-9"),
    (3.2e-9, 4.7e-8, "0(5)e-8", "(0 ± 5)e-8", "0e-8", "5e-8"),
    (1.5e-310, 4e-312, "1.50(4)e-310", "(1.50 ± 0.04)e-310", "1.50e-310", "4e-312"),
    (123_456.0, 12_345.0, "123000(12000)", "123000 ± 12000", "123000", "12000"),
    (0.000_15, 0.000_02, "0.000150(20)", "0.000150 ± 0.000020", "0.000150", "2.0e-5"),
    // Nothing between the replicates but rounding; no error; no value; infinite ones.
    (0.3, 0.0, "0.3000(0)", "0.3000 ± 0", "0.3000", "0"),
    (0.3, 1e-17, "0.3000(0)", "0.3000 ± 0", "0.3000", "1.0e-17"),
    (2e7, 0.0, "2.000(0)e7", "(2.000 ± 0)e7", "2.000e7", "0"),
    (42.0, 0.0, "42(0)", "42 ± 0", "42", "0"),
    (0.0, 0.0, "0(0)", "0 ± 0", "0", "0"),
    (0.123456, NAN, "0.1235", "0.1235", "0.1235", ""),
    (1.0, INFINITY, "1(inf)", "1 ± inf", "1", "inf"),
    (NAN, 0.1, "", "", "", "0.10"),
    (NAN, NAN, "", "", "", ""),
    (INFINITY, 0.1, "inf", "inf", "inf", "0.10"),
    (-INFINITY, NAN, "-inf", "-inf", "-inf", ""),
    (INFINITY, INFINITY, "inf", "inf", "inf", "inf"),
];

#[test]
fn digits_follow_the_error() {
    for (value, sigma, together, side_by_side, alone, only) in TABLE {
        let case = format!("{value} and {sigma}");
        assert_eq!(with_error(*value, *sigma).to_string(), *together, "{case}");
        assert_eq!(plus_minus(*value, *sigma).to_string(), *side_by_side, "{case}");
        assert_eq!(to_the_error(*value, *sigma).to_string(), *alone, "{case}");
        assert_eq!(error(*sigma).to_string(), *only, "{case}");
    }
}

/// Whatever the numbers are, what is written is within half a unit of the last place, and the error keeps one or two
/// digits.
#[test]
fn what_is_written_is_the_number() {
    let mut stream = crate::random::RandomStream::from_seed([3; 32]);
    for _ in 0..20_000 {
        let mut uniform = || stream.uniform();
        let scale = libm::pow(10.0, 600.0 * uniform() - 300.0);
        let (value, sigma) = ((uniform() - 0.5) * scale, scale * libm::pow(10.0, -12.0 * uniform()));
        let text = plus_minus(value, sigma).to_string();
        let (mantissas, power) = text
            .split_once(")e")
            .map_or((text.as_str(), "0"), |(mantissas, power)| (mantissas.trim_start_matches('('), power));
        let (value_text, error_text) = mantissas.split_once(" ± ").unwrap();
        let number = |mantissa: &str| format!("{mantissa}e{power}").parse::<f64>().unwrap();
        assert!((number(error_text) - sigma).abs() <= 0.1412 * sigma, "{value} ± {sigma}: {text}");
        assert!((number(value_text) - value).abs() <= 0.5 * sigma, "{value} ± {sigma}: {text}");
        let digits = with_error(value, sigma).mantissa;
        let digits = digits.split_once('(').unwrap().1.trim_end_matches(')').trim_end_matches('0');
        assert!(digits.len() <= 2, "{value} ± {sigma}: {text}");
    }
}

#[test]
fn numbers_without_an_error_have_four_digits() {
    let texts = [
        (0.123456, "0.1235"),
        (0.5, "0.5000"),
        (-0.00012345, "-0.0001234"),
        (0.0000123, "1.230e-5"),
        (3.0, "3"),
        (-0.0, "0"),
        (999_999.0, "999999"),
        (1e6, "1.000e6"),
        (123_456.7, "123500"),
        (999_999.7, "1.000e6"),
        (1e308, "1.000e308"),
        (5e-324, "4.941e-324"),
        (NAN, ""),
        (-INFINITY, "-inf"),
    ];
    for (number, text) in texts {
        assert_eq!(plain(number).to_string(), text, "{number}");
    }
}

#[test]
fn labels_have_the_digits_that_set_them_apart() {
    let texts = |numbers: &[f64], least: usize| -> Vec<String> {
        apart(numbers, least).iter().map(ToString::to_string).collect()
    };
    assert_eq!(texts(&[0.7236, 0.8612], 2), ["0.72", "0.86"]);
    assert_eq!(texts(&[0.7236, 0.7241], 2), ["0.7236", "0.7241"]);
    assert_eq!(texts(&[0.1, 0.10000001, 0.1000000000000001], 4), ["0.1", "0.10000001", "0.1000000000000001"]);
    assert_eq!(texts(&[0.1 + 0.2, 0.3], 4), ["0.30000000000000004", "0.3"]);
    assert_eq!(texts(&[0.25, 0.5, 1.0], 4), ["0.25", "0.5", "1"]);
    assert_eq!(texts(&[0.0, 3300.0, 128.0, 1_234_567.0], 2), ["0", "3300", "128", "1.2e6"]);
    assert_eq!(texts(&[1e-9, 1.5e-9], 2), ["1e-9", "1.5e-9"]);
    assert_eq!(texts(&[-0.0, 0.0, NAN, 2.0 / 3.0, 2.0 / 3.0], 3), ["0", "0", "", "0.667", "0.667"]);
    assert_eq!(texts(&[], 2), [""; 0]);
}

#[test]
fn labels_keep_the_digits_before_the_point() {
    let texts = |numbers: &[f64]| -> Vec<String> {
        labels(numbers, 4).iter().map(|text| text.as_ref().map_or("all".into(), ToString::to_string)).collect()
    };
    assert_eq!(texts(&[12_345.6, 1234.56, 1.0 / 3.0, 2e4]), ["all", "1235", "0.3333", "20000"]);
    assert_eq!(texts(&[1_234_567.0, 5e6, 2.5e-7]), ["all", "5e6", "2.5e-7"]);
}

#[test]
fn nothing_is_minus_zero() {
    for (number, text) in [(0.00049, "0.0 %"), (-0.00049, "0.0 %"), (-0.0, "0.0 %"), (-0.0006, "-0.1 %")] {
        assert_eq!(signed_percent(number, 1), text, "{number}");
    }
    assert_eq!(signed_percent(0.25, 1), "+25.0 %");
    assert_eq!([-0.04, 0.04, 2.0, -3.25].map(|number| unsigned(number, 1)), ["0.0", "0.0", "2.0", "-3.2"]);
    assert_eq!([signed_percent(NAN, 1), signed_percent(INFINITY, 1)], ["", "+inf %"]);
    assert_eq!(signed_percent(1e20, 1), "+1.0e22 %");
    let texts = [-0.04, 0.04, 2.0, -3.25, 1e300].map(|number| signed(number, 1));
    assert_eq!(texts, ["0.0", "0.0", "+2.0", "-3.2", "+1.0e300"]);
}

#[test]
fn counts_are_in_groups_of_three() {
    let texts = [0, 999, 1234, 12_345, 123_456, 1_234_567].map(grouped);
    assert_eq!(texts, ["0", "999", "1234", "12\u{202f}345", "123\u{202f}456", "1\u{202f}234\u{202f}567"]);
}
