//! The line of the bar, which fits its terminal.

use crate::duration::exact;

/// Room for the `^C` that a terminal shows at the end of the line, so that it never wraps.
const MARGIN: usize = 3;
const LONGEST_BAR: usize = 30;
/// Words are given up before the bar gets shorter than this.
const LEAST_BAR: usize = 8;

/// What the line shows.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// Of the expected cost of the run, not of its tasks: long tasks come first.
    pub(super) fraction: f64,
    pub(super) finished: u64,
    pub(super) total: u64,
    /// Whether there may be more tasks than that.
    pub(super) may_grow: bool,
    /// Cells of the theory that are finished, and all of this run, if it has any.
    pub(super) theory: Option<(u64, u64)>,
    /// Tasks per second.
    pub(super) rate: f64,
    /// Seconds that are left; none if that is not known yet.
    pub(super) eta: Option<f64>,
    pub(super) failed: u64,
    pub(super) elapsed: f64,
    pub(super) is_stopping: bool,
}

/// What the line can do without.
#[derive(Clone, Copy)]
struct Shown {
    rate: bool,
    theory: bool,
    elapsed: bool,
    failed: bool,
    noun: bool,
}

impl View {
    /// Everything in words, for a line of its own.
    pub(super) fn words(&self) -> String {
        self.text(Shown { rate: true, theory: true, elapsed: false, failed: true, noun: true })
    }

    /// Bar, percentage and words within this many columns. Rate, theory and elapsed time go first where there is no
    /// room, then the number of failures and the noun; percentage, counts and ETA stay.
    pub(super) fn line(&self, width: usize) -> String {
        let width = width.saturating_sub(MARGIN);
        let all = Shown { rate: true, theory: true, elapsed: true, failed: true, noun: true };
        let shorter = [
            all,
            Shown { rate: false, ..all },
            Shown { rate: false, theory: false, ..all },
            Shown { rate: false, theory: false, elapsed: false, ..all },
            Shown { rate: false, theory: false, elapsed: false, noun: false, ..all },
            Shown { rate: false, theory: false, elapsed: false, noun: false, failed: false },
        ];
        let texts = shorter.map(|shown| format!("{:>3}% {}", self.percent(), self.text(shown)));
        let length = |text: &str| text.chars().count();
        let fitting = texts.iter().find(|text| length(text) + 1 + LEAST_BAR <= width);
        let text = fitting.unwrap_or(&texts[texts.len() - 1]);
        let bar = width.saturating_sub(length(text) + 1).min(LONGEST_BAR);
        let line = if bar > 0 { format!("{} {text}", bar_of(self.fraction, bar)) } else { text.clone() };
        line.chars().take(width).collect()
    }

    /// Never 100 before everything is finished.
    pub(super) fn percent(&self) -> u64 {
        let is_all = self.fraction >= 1.0;
        if is_all { 100 } else { ((100.0 * self.fraction) as u64).min(99) }
    }

    fn text(&self, shown: Shown) -> String {
        let plus = if self.may_grow { "+" } else { "" };
        let noun = if shown.noun { " tasks" } else { "" };
        let mut text = format!("{}/{}{plus}{noun}", self.finished, self.total);
        if let Some((finished, cells)) = self.theory.filter(|_| shown.theory) {
            text += &format!(", theory {finished}/{cells}");
        }
        if shown.rate {
            text += &format!(", {:.1}/s", self.rate);
        }
        text += &match self.eta {
            _ if self.is_stopping => ", stopping".into(),
            Some(eta) => format!(", ETA {}{plus}", exact(eta)),
            None => ", ETA ?".into(),
        };
        if self.failed > 0 && shown.failed {
            text += &format!(", {} failed", self.failed);
        }
        if shown.elapsed {
            text += &format!(" [{}]", exact(self.elapsed));
        }
        text
    }
}

/// A bar of this many columns.
pub(in crate::cli) fn bar_of(fraction: f64, width: usize) -> String {
    let full = ((fraction.clamp(0.0, 1.0) * width as f64) as usize).min(width);
    format!("{}{}", "█".repeat(full), "░".repeat(width - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn large() -> View {
        View {
            fraction: 0.1234,
            finished: 123_456,
            total: 1_000_000,
            may_grow: true,
            theory: Some((1234, 5678)),
            rate: 1234.56,
            eta: Some(86_400.0 * 12.0 + 3600.0 * 11.0),
            failed: 12_345,
            elapsed: 86_400.0 * 3.0 + 7200.0,
            is_stopping: false,
        }
    }

    fn small() -> View {
        let (finished, total, may_grow, theory) = (58, 120, false, None);
        View { finished, total, may_grow, theory, rate: 12.3, eta: Some(5.0), failed: 0, elapsed: 4.0, ..large() }
    }

    #[test]
    fn a_line_fits_its_terminal() {
        assert_eq!(large().line(50), "█░░░░░░░░░  12% 123456/1000000+, ETA 12 d 11 h+");
        assert_eq!(small().line(50), format!("█{}  12% 58/120 tasks, ETA 5 s [4 s]", "░".repeat(13)));
        assert_eq!(small().line(80), format!("███{}  12% 58/120 tasks, 12.3/s, ETA 5 s [4 s]", "░".repeat(27)));
        let stopping = View { is_stopping: true, ..large() };
        for width in 50..200 {
            for view in [large(), small(), stopping.clone(), View { eta: None, ..large() }] {
                let line = view.line(width);
                assert!(line.chars().count() <= width - MARGIN, "{width}: {line}");
                let kept = [format!("{}/{}", view.finished, view.total), " 12% ".into()];
                assert!(kept.iter().all(|kept| line.contains(kept)), "{width}: {line}");
                assert!(line.contains("ETA ") || line.contains("stopping"), "{width}: {line}");
            }
        }
        assert!(large().line(10).chars().count() <= 10);
    }

    #[test]
    fn a_wide_terminal_shows_everything() {
        let wide = large().line(200);
        let all = " 12% 123456/1000000+ tasks, theory 1234/5678, 1234.6/s, ETA 12 d 11 h+, 12345 failed [3 d 2 h]";
        assert!(wide.ends_with(all), "{wide}");
        let done = View { fraction: 0.999_999, ..small() };
        assert_eq!(done.percent(), 99, "not before everything is finished");
        assert_eq!(View { fraction: 1.0, ..small() }.percent(), 100);
    }
}
