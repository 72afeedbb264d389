//! Tables for papers: LaTeX with the lines of booktabs, and no other package.

use super::cell::Cell;
use super::columns::{Column, Columns};
use super::wrap::wrapped;

/// With more letters the titles of a table take several lines, because a page is not much wider.
const WIDTH: usize = 60;

/// A `tabular` of what people see.
pub(super) fn tabular<R: 'static>(columns: &Columns<R>, rows: &[R]) -> String {
    let alignment = |column: &Column<R>| {
        let is_words = rows.iter().all(|row| (column.cell)(row).is_words());
        if is_words && !rows.is_empty() { 'l' } else { 'r' }
    };
    let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let width =
        |column: &Column<R>| rows.iter().map(|row| (column.cell)(row).text().chars().count()).max().unwrap_or(0);
    let total: usize = columns.for_people().map(|column| column.title.chars().count().max(width(column)) + 2).sum();
    let title = |column: &Column<R>| match total > WIDTH {
        true => stacked(&wrapped(&column.title, width(column))),
        false => text(&column.title),
    };
    let header = line(columns.for_people().map(title).collect());
    let row = |row: &R| line(columns.for_people().map(|column| cell(&(column.cell)(row))).collect());
    let body: String = rows.iter().map(row).collect();
    let alignments: String = columns.for_people().map(alignment).collect();
    format!("\\begin{{tabular}}{{{alignments}}}\n\\toprule\n{header}\\midrule\n{body}\\bottomrule\n\\end{{tabular}}\n")
}

/// A title in several lines.
fn stacked(lines: &[String]) -> String {
    match lines {
        [line] => text(line),
        lines => {
            let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
            format!("\\shortstack[r]{{{}}}", lines.join("\\\\"))
        }
    }
}

/// Notes below a table, one per line; nothing if there are none.
pub(super) fn notes(notes: &[String]) -> String {
    let lines: Vec<String> = notes.iter().map(|note| text(note)).collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("\n\\par\\smallskip\n{{\\footnotesize\n{}\\par}}\n", lines.join(" \\\\\n")),
    }
}

fn cell(cell: &Cell) -> String {
    let shown = cell.text();
    if cell.is_words() || shown.is_empty() { text(&shown) } else { number(&shown) }
}

/// A number as formulas have it: `1.23(4)e-7 %` as `$1.23(4)\times10^{-7}$\,\%`.
fn number(shown: &str) -> String {
    let (digits, unit) = match shown.strip_suffix(" %") {
        Some(digits) => (digits, "\\,\\%"),
        None => (shown, ""),
    };
    let formula = match digits.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}\\times10^{{{exponent}}}"),
        None => digits.replace("inf", "\\infty"),
    };
    format!("${formula}${unit}")
}

/// Words with everything escaped that LaTeX would read otherwise, and letters that its oldest fonts lack as formulas.
pub(super) fn text(words: &str) -> String {
    let mut escaped = String::new();
    let mut rest = words;
    while let Some(letter) = rest.chars().next() {
        // The one power that is written out: `N^(-2/3)`.
        if let Some((power, behind)) = rest.strip_prefix("^(").and_then(|rest| rest.split_once(')')) {
            escaped.push_str(&format!("$^{{{power}}}$"));
            rest = behind;
            continue;
        }
        match replacement(letter) {
            Some(text) => escaped.push_str(text),
            None => escaped.push(letter),
        }
        rest = &rest[letter.len_utf8()..];
    }
    escaped
}

fn replacement(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\\' => "\\textbackslash{}",
        '~' => "\\textasciitilde{}",
        '^' => "\\textasciicircum{}",
        '#' => "\\#",
        '$' => "\\$",
        '%' => "\\%",
        '&' => "\\&",
        '_' => "\\_",
        '{' => "\\{",
        '}' => "\\}",
        '<' => "$<$",
        '>' => "$>$",
        '|' => "$|$",
        '"' => "''",
        // At the beginning of a line `*` and `[` belong to the line before.
        '*' => "{*}",
        '[' => "{[}",
        '°' => "$^\\circ$",
        '²' => "$^2$",
        '³' => "$^3$",
        '±' => "$\\pm$",
        '×' => "$\\times$",
        '√' => "$\\surd$",
        'µ' | 'μ' => "$\\mu$",
        'α' => "$\\alpha$",
        'γ' => "$\\gamma$",
        'η' => "$\\eta$",
        'θ' => "$\\theta$",
        'κ' => "$\\kappa$",
        'π' => "$\\pi$",
        '−' => "$-$",
        '…' => "\\dots{}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Value;

    #[test]
    fn everything_is_escaped() {
        let escaped = text("50 % of #1 & $2 in {a_b}~c^d \\e; x < y > z, |w|, \"q\", *[");
        let expected = "50 \\% of \\#1 \\& \\$2 in \\{a\\_b\\}\\textasciitilde{}c\\textasciicircum{}d \
                        \\textbackslash{}e; x $<$ y $>$ z, $|$w$|$, ''q'', {*}{[}";
        assert_eq!(escaped, expected);
        assert_eq!(text("diffusion (µm²/s) ± 3 °"), "diffusion ($\\mu$m$^2$/s) $\\pm$ 3 $^\\circ$");
        assert_eq!(text("N^(-2/3) fits"), "N$^{-2/3}$ fits");
    }

    #[test]
    fn long_titles_are_stacked() {
        assert_eq!(stacked(&["one".into()]), "one");
        assert_eq!(stacked(&["a_b".into(), "c".into()]), "\\shortstack[r]{a\\_b\\\\c}");
        let mut columns: Columns<f64> = Columns::of_parameters(&[], |_| &[]);
        for _ in 0..4 {
            columns.add("key", "a rather long title", |number| Cell::Coordinate(*number));
        }
        let header = "\\shortstack[r]{a\\\\rather\\\\long\\\\title}";
        assert_eq!(tabular(&columns, &[0.5]).lines().nth(2), Some(&*format!("{} \\\\", [header; 4].join(" & "))));
    }

    #[test]
    fn numbers_are_formulas() {
        let cells = [
            (Cell::Measured(-0.997, 0.012), "$-0.997(12)$"),
            (Cell::Measured(1.23e-7, 1.2e-9), "$1.230(12)\\times10^{-7}$"),
            (Cell::Percent(-0.25), "$-25.0$\\,\\%"),
            (Cell::Measured(f64::NEG_INFINITY, f64::NAN), "$-\\infty$"),
            (Cell::Measured(f64::NAN, f64::NAN), ""),
            (Cell::Parameter(Value::Choice("a_b")), "a\\_b"),
            (Cell::Parameter(Value::Number(1e-9)), "$1\\times10^{-9}$"),
            (Cell::Mark(true), "{*}"),
            (Cell::Count(3), "$3$"),
        ];
        for (shown, expected) in cells {
            assert_eq!(cell(&shown), expected);
        }
    }

    /// LaTeX stops at letters that its fonts lack.
    #[test]
    fn every_word_of_the_catalogue_is_plain() {
        for declaration in crate::catalogue::catalogue().iter().map(|known| known.declaration()) {
            let parameters = declaration.parameters.iter().map(|parameter| parameter.quantity);
            let observables = declaration.observables.iter().map(|observable| observable.quantity);
            let dimensions = declaration.observables.iter().flat_map(|observable| observable.dimensions);
            let quantities = parameters.chain(observables).chain(dimensions.map(|dimension| dimension.quantity));
            let cautions = declaration.observables.iter().map(|observable| observable.caution.to_string());
            for words in quantities.map(|quantity| quantity.heading()).chain(cautions) {
                assert!(text(&words).is_ascii(), "{words}");
            }
        }
    }
}
