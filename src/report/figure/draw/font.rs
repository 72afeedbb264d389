//! The font of all figures, which is part of the program: `assets/README.md`.

use std::sync::LazyLock;

use ttf_parser::Face;

/// For PNG.
pub(super) const TRUE_TYPE: &[u8] = include_bytes!("../../../../assets/DejaVuSans.ttf");
/// The same glyphs, compressed, for SVG.
pub(crate) const WEB: &[u8] = include_bytes!("../../../../assets/DejaVuSans.woff2");
/// Its name.
pub(crate) const FAMILY: &str = "DejaVu Sans";

/// Where letters end above the baseline, in units of the size of the font.
pub(super) const ASCENT: f64 = 0.76;
/// Where they end below it.
pub(super) const DESCENT: f64 = 0.24;
/// The baseline below the middle of a figure or capital letter.
pub(super) const MIDDLE: f64 = 0.365;
/// The baseline of an index below that of its symbol.
pub(super) const LOWERED: f64 = 0.22;
/// The size of an index.
pub(super) const SMALLER: f64 = 0.72;
/// The most letters of an index: longer words with an underscore are names.
const LONGEST_INDEX: usize = 3;

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(super) struct Run<'t> {
    pub text: &'t str,
    /// Whether it is an index.
    pub is_lowered: bool,
    /// Whether an index is before it.
    pub follows_lowered: bool,
}

/// Splits a text at the indices of symbols, such as `out` in `c_out`.
pub(super) fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = text;
    let mut follows_lowered = false;
    while let Some((before, index, after)) = first_index(rest) {
        runs.push(Run { text: before, is_lowered: false, follows_lowered });
        runs.push(Run { text: index, is_lowered: true, follows_lowered: false });
        (rest, follows_lowered) = (after, true);
    }
    if !rest.is_empty() {
        runs.push(Run { text: rest, is_lowered: false, follows_lowered });
    }
    runs
}

/// What is before the first index, the index, and what is after it.
fn first_index(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('_').find_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let mut letters = before.chars().rev();
        let is_symbol = letters.next().is_some_and(char::is_alphabetic)
            && !letters.next().is_some_and(|letter| letter.is_alphanumeric() || "_-.".contains(letter));
        let end = after.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(after.len());
        let (index, rest) = after.split_at(end);
        let is_index = (1..=LONGEST_INDEX).contains(&index.chars().count()) && !rest.starts_with(['_', '-', '.']);
        (is_symbol && is_index).then_some((before, index, rest))
    })
}

/// The width of a text at a size, both in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let of = |run: &Run| advance(run.text) * if run.is_lowered { SMALLER } else { 1.0 };
    size * runs(text).iter().map(of).sum::<f64>()
}

/// The sum of the advances, in units of the size.
fn advance(text: &str) -> f64 {
    /// What a letter takes that the font does not have.
    const UNKNOWN: f64 = 0.6;
    static FACE: LazyLock<Option<Face>> = LazyLock::new(|| Face::parse(TRUE_TYPE, 0).ok());
    let Some(face) = &*FACE else { return UNKNOWN * text.chars().count() as f64 };
    let of = |letter| face.glyph_index(letter).and_then(|glyph| face.glyph_hor_advance(glyph));
    let units = f64::from(face.units_per_em());
    text.chars().map(|letter| of(letter).map_or(UNKNOWN, |advance| f64::from(advance) / units)).sum()
}

/// A text of at most this width, with an ellipsis in place of what is cut off.
pub(super) fn shortened(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_string();
    }
    let letters: Vec<char> = text.chars().collect();
    let cut = |count: usize| format!("{}…", letters[..count].iter().collect::<String>());
    (0..letters.len()).rev().map(cut).find(|short| width(short, size) <= most).unwrap_or_default()
}

/// The parts of a word that is longer than a line.
fn pieces(word: &str, size: f64, most: f64) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in word.chars() {
        let last = pieces.len() - 1;
        if !pieces[last].is_empty() && width(&format!("{}{letter}", pieces[last]), size) > most {
            pieces.push(letter.to_string());
        } else {
            pieces[last].push(letter);
        }
    }
    pieces
}

/// A text in lines of at most this width, broken between words, and within words that are longer than a line.
pub(super) fn wrapped(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').flat_map(|word| pieces(word, size, most)) {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(&word, size) <= most => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_belong_to_symbols_and_not_to_names() {
        let lowered =
            |text| -> Vec<&str> { runs(text).into_iter().filter(|run| run.is_lowered).map(|run| run.text).collect() };
        assert_eq!(lowered("c_out = 0.5, c_in = 0"), ["out", "in"]);
        assert_eq!(lowered("unit u_0"), ["0"]);
        assert_eq!(lowered("my_sweep and a_longer_name, x_y-z, fig_2, n_"), [""; 0]);
        let texts = |text| -> Vec<&str> { runs(text).into_iter().map(|run| run.text).collect() };
        assert_eq!(texts("output c_out!"), ["output c", "out", "!"]);
    }

    #[test]
    fn the_font_has_every_letter_of_the_catalogue() {
        let face = Face::parse(TRUE_TYPE, 0).unwrap();
        let mut letters: Vec<char> = "−±×·–…≤≥√∞²³⁻₀\u{202f}\u{2009}“”‘’°".chars().collect();
        for experiment in crate::catalogue::catalogue() {
            let declared = experiment.declaration();
            let quantities = declared.parameters.iter().map(|parameter| parameter.quantity);
            for quantity in quantities.chain(declared.observables.iter().map(|observable| observable.quantity)) {
                letters
                    .extend(quantity.label.chars().chain(quantity.symbol.chars()).chain(quantity.unit.written.chars()));
            }
        }
        let unknown: Vec<char> = letters.into_iter().filter(|letter| face.glyph_index(*letter).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn lines_are_broken_between_words_and_lose_none() {
        let text = "Markers: mean over the replicates, n = 16; bars: one standard error of the mean.";
        let lines = wrapped(text, 10.0, 150.0);
        assert_eq!(lines.join(" "), text);
        assert!(lines.len() > 2 && lines.iter().all(|line| width(line, 10.0) <= 150.0), "{lines:?}");
    }
}
