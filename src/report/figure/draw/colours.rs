//! Colours that people with any colour vision can distinguish, and the marker of each line.

use plotters::style::{Color, RGBColor};

/// What belongs to the lines of a panel in turn: Okabe & Ito (2008), without the yellow, which is faint on white.
pub(super) const LINES: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];
pub(super) const INK: RGBColor = RGBColor(30, 30, 30);
pub(super) const GREY: RGBColor = RGBColor(120, 120, 120);
pub(super) const PALE: RGBColor = RGBColor(232, 232, 232);
pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);
/// The frame of the best cell.
pub(super) const FRAME: RGBColor = LINES[1];

/// The colour of a share from 0 to 1 (cividis).
pub(super) fn of_share(share: f64) -> RGBColor {
    let colorous::Color { r, g, b } = colorous::CIVIDIS.eval_continuous(share.clamp(0.0, 1.0));
    RGBColor(r, g, b)
}

/// Black or white, whichever has more contrast with a background (relative luminance of WCAG 2).
pub(super) fn readable_on(background: RGBColor) -> RGBColor {
    let linear = |part: u8| {
        let share = f64::from(part) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    let (red, green, blue) = background.rgb();
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    // There (luminance + 0.05)² is 1.05 · 0.05: both have the same contrast.
    if luminance > 0.179 { RGBColor(0, 0, 0) } else { PAPER }
}
