//! The lines of a file that a message is about.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Columns of a terminal; longer lines are cut around the place.
const WIDTH: usize = 100;

/// The line and the column of a place, both from 1; a column is a character.
pub(super) fn position(text: &str, place: &Range<usize>) -> (usize, usize) {
    let before = &text[..boundary(text, place.start)];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The line of a place, with the place marked below it.
pub(super) fn excerpt(text: &str, place: &Range<usize>) -> String {
    let first = boundary(text, place.start);
    // Of a value over several lines, the first.
    let line_end = text[first..].find('\n').map_or(text.len(), |length| first + length);
    let last = boundary(text, place.end.clamp(first, line_end));
    let snippet = Snippet::source(text).annotation(AnnotationKind::Primary.span(first..last));
    Renderer::plain().term_width(WIDTH).render(&[Group::with_level(Level::ERROR).element(snippet)])
}

/// The last place between characters that is not beyond `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_its_line_and_a_mark() {
        let text = "[sweep]\nname = \"µé\" # 日本\n\tseed = -1\ninputs = [1,\n 2]\n";
        for (part, position_wanted, excerpt_wanted) in [
            ("[sweep]", (1, 1), "  |\n1 | [sweep]\n  | ^^^^^^^"),
            ("\"µé\"", (2, 8), "  |\n2 | name = \"µé\" # 日本\n  |        ^^^^"),
            ("-1", (3, 9), "  |\n3 |     seed = -1\n  |            ^^"),
            ("[1,\n 2]", (4, 10), "  |\n4 | inputs = [1,\n  |          ^^^"),
            ("", (1, 1), "  |\n1 | [sweep]\n  | ^"),
        ] {
            let start = text.find(part).unwrap();
            let place = start..start + part.len();
            assert_eq!(position(text, &place), position_wanted, "{part:?}");
            assert_eq!(excerpt(text, &place), excerpt_wanted, "{part:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_and_any_place_is_shown() {
        let numbers: Vec<String> = (1000..4000).map(|number| number.to_string()).collect();
        let text = format!("[grid]\nindex = [{}]", numbers.join(", "));
        let start = text.find("2000").unwrap();
        let shown = excerpt(&text, &(start..start + 4));
        assert!(shown.lines().all(|line| line.chars().count() <= 110), "{shown}");
        assert!(shown.contains("1999, 2000, 2001") && shown.contains("^^^^"), "{shown}");
        for place in [text.len()..text.len(), 0..text.len(), text.len() - 1..text.len() + 7] {
            assert!(excerpt(&text, &place).contains('^'), "{place:?}");
        }
        assert!(excerpt("", &(0..0)).contains('^') || excerpt("", &(0..0)).is_empty());
    }
}
