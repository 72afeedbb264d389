//! The message for a value that a parameter does not accept.

use super::{Kind, Literal, Parameter, canonical};

/// One sentence: the value, why it is refused, and what is expected.
pub(super) fn refusal(parameter: &Parameter, literal: &Literal) -> String {
    let Parameter { quantity, kind, .. } = parameter;
    let (Literal::Text(text), Kind::Number(_) | Kind::Integer(..)) = (literal, kind) else {
        return format!("{} is not {}", quoted(literal), wanted(parameter));
    };
    let is_accepted = |number: &Literal| parameter.accept(number).is_ok();
    if let Some(said) = unquoted(text, is_accepted) {
        return said;
    }
    let unit = quantity.unit.written;
    let has_unit = |written: &str| is_of(unit, written) || is_of(quantity.unit.udunits, written);
    match leading_number(text).map(|(number, written)| (number, written, is_accepted(&Literal::read(number)))) {
        Some((number, _, true)) if quantity.unit.is_none() => {
            format!("{text:?} is a text, and {} has no unit; write {number}", quantity.name)
        }
        Some((number, written, true)) if has_unit(written) => {
            format!("{text:?} is a text; write {number}; {unit} is understood")
        }
        Some((_, written, _)) if !quantity.unit.is_none() && !has_unit(written) => {
            format!("{text:?} is a text; write the number alone, which is understood in {unit}")
        }
        _ => format!("{text:?} is not {}", wanted(parameter)),
    }
}

/// The message for a number in quotes that would be accepted without them.
pub(crate) fn unquoted(text: &str, is_accepted: impl Fn(&Literal) -> bool) -> Option<String> {
    let number = Literal::read(text.trim());
    let is_remedy = !matches!(number, Literal::Text(_)) && is_accepted(&number);
    is_remedy.then(|| format!("the quotes make {text:?} a text; write {number} without quotes"))
}

/// What values the parameter takes, with the unit.
fn wanted(parameter: &Parameter) -> String {
    let unit = parameter.quantity.unit;
    let unit = if unit.is_none() { String::new() } else { format!(" (in {})", unit.written) };
    format!("{}{unit}", parameter.kind)
}

fn quoted(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("{text:?}"),
        Literal::Number(number) if number.is_finite() && canonical(*number) != *number => {
            format!("{literal}, which is {},", Literal::Number(canonical(*number)))
        }
        number => number.to_string(),
    }
}

/// A number that a text begins with, and what follows; none if the text is a number.
fn leading_number(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    if text.parse::<f64>().is_ok() {
        return None;
    }
    let cuts = text.char_indices().map(|(cut, _)| cut).rev();
    let mut numbers = cuts.map(|cut| text.split_at(cut)).filter(|(number, _)| {
        let number = number.trim_end();
        number.ends_with(|last: char| last.is_ascii_digit() || last == '.') && number.parse::<f64>().is_ok()
    });
    numbers.next().map(|(number, rest)| (number.trim_end(), rest))
}

/// Whether two units are the same apart from the spelling of powers, products and µ.
fn is_of(unit: &str, written: &str) -> bool {
    let plain = |unit: &str| -> String {
        let letters = unit.chars().filter(|letter| !" ^*·.".contains(*letter));
        letters
            .map(|letter| match letter {
                'µ' | 'μ' => 'u',
                '²' => '2',
                '³' => '3',
                '⁻' => '-',
                '¹' => '1',
                other => other,
            })
            .collect()
    };
    plain(unit) == plain(written)
}

#[cfg(test)]
mod tests {
    use super::super::Range;
    use super::*;

    #[test]
    fn a_refusal_says_what_to_write() {
        let text = |text: &str| Literal::Text(text.into());
        let diffusion = Parameter::number("diffusion", Range::closed(0.0, 1e6), 0.0).unit("um2 s-1", "µm²/s");
        let lag = Parameter::whole("lag", 0, 10_000, 20).unit("ms", "ms");
        let inputs = Parameter::whole("inputs", 1, 65_536, 1000);
        let margin = Parameter::number("margin", Range::NOT_NEGATIVE, 0.0);
        let word = Parameter::choice("word", &["one", "two"]);
        for (parameter, literal, said) in [
            (&inputs, text("200"), "the quotes make \"200\" a text; write 200 without quotes"),
            (&inputs, text(" 2e2 "), "the quotes make \" 2e2 \" a text; write 200 without quotes"),
            (&inputs, text("200 cells"), "\"200 cells\" is a text, and inputs has no unit; write 200"),
            // A remedy that would itself be refused is not offered.
            (&inputs, text("2.5"), "\"2.5\" is not a whole number from 1 to 65536"),
            (&inputs, text("2.5 cells"), "\"2.5 cells\" is not a whole number from 1 to 65536"),
            (&lag, text("2.5 ms"), "\"2.5 ms\" is not a whole number from 0 to 10000 (in ms)"),
            (&margin, text("nan"), "\"nan\" is not a number in [0, inf)"),
            (&margin, text("-1"), "\"-1\" is not a number in [0, inf)"),
            (&inputs, text("many"), "\"many\" is not a whole number from 1 to 65536"),
            (&inputs, Literal::Number(24.5), "24.5 is not a whole number from 1 to 65536"),
            (&lag, Literal::Number(0.02), "0.02 is not a whole number from 0 to 10000 (in ms)"),
            (&lag, text("20ms"), "\"20ms\" is a text; write 20; ms is understood"),
            (&lag, text("0.02 s"), "\"0.02 s\" is a text; write the number alone, which is understood in ms"),
            (&diffusion, text("3300 um2/s"), "\"3300 um2/s\" is a text; write 3300; µm²/s is understood"),
            (&diffusion, text("3300 µm^2/s"), "\"3300 µm^2/s\" is a text; write 3300; µm²/s is understood"),
            (&diffusion, text("3.3e3 um2 s-1"), "\"3.3e3 um2 s-1\" is a text; write 3.3e3; µm²/s is understood"),
            (&diffusion, text("3.3e-9 m2/s"), "\"3.3e-9 m2/s\" is a text; write the number alone, which is understood"),
            (&diffusion, Literal::Number(-1.0), "-1 is not a number in [0, 1000000] (in µm²/s)"),
            (&diffusion, Literal::Number(1e308), "1e308 is not a number in [0, 1000000] (in µm²/s)"),
            (&diffusion, text(""), "\"\" is not a number in"),
            (&diffusion, text("µm²"), "\"µm²\" is not a number in"),
            (&lag, Literal::Number(0.30000000000000004), "0.30000000000000004, which is 0.3, is not a whole number"),
            (&margin, Literal::Number(f64::INFINITY), "inf is not a number in [0, inf)"),
            (&word, text("three"), "\"three\" is not one of \"one\", \"two\""),
            (&word, Literal::Integer(1), "1 is not one of \"one\", \"two\""),
        ] {
            let refused = parameter.accept(&literal).unwrap_err();
            assert!(refused.starts_with(said), "{literal:?}: {refused}");
        }
    }
}
