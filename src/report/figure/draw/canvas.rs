//! Where the plotting crate draws: SVG, in hundredths of a pixel.
//!
//! The plotting crate positions everything at whole units, so that the units have to be finer than what an eye sees.

use std::io;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontTransform,
};
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::BytesText;

use super::font;

/// Units per pixel.
pub(super) const UNITS: f64 = 100.0;

/// A length in pixels in units.
pub(super) fn px(pixels: f64) -> i32 {
    libm::round(pixels * UNITS) as i32
}

/// Writes SVG elements.
pub(super) struct Canvas<'a> {
    pub size: (u32, u32),
    pub out: &'a mut Writer<Vec<u8>>,
}

type Drawn = Result<(), DrawingErrorKind<io::Error>>;

impl Canvas<'_> {
    fn element(&mut self, name: &str, attributes: &[(&str, String)]) -> Drawn {
        let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let written = self.out.create_element(name).with_attributes(attributes).write_empty();
        written.map(drop).map_err(DrawingErrorKind::DrawingError)
    }

    /// An image of pixels in a rectangle, without smoothing.
    pub(super) fn image(&mut self, corner: BackendCoord, size: BackendCoord, png: &[u8]) -> Drawn {
        use base64::Engine;
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        self.element(
            "image",
            &[
                ("x", pixels(corner.0)),
                ("y", pixels(corner.1)),
                ("width", pixels(size.0)),
                ("height", pixels(size.1)),
                ("preserveAspectRatio", "none".into()),
                ("image-rendering", "optimizeSpeed".into()),
                ("style", "image-rendering:pixelated".into()),
                ("href", format!("data:image/png;base64,{data}")),
            ],
        )
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Drawn {
        let mut attributes = vec![
            ("x", pixels(from.0.min(to.0))),
            ("y", pixels(from.1.min(to.1))),
            ("width", pixels((to.0 - from.0).abs())),
            ("height", pixels((to.1 - from.1).abs())),
        ];
        attributes.extend(paint(style, fill));
        self.element("rect", &attributes)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let mut attributes = vec![("points", points(path))];
        attributes.extend(paint(style, false));
        self.element("polyline", &attributes)
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let mut attributes = vec![("cx", pixels(center.0)), ("cy", pixels(center.1)), ("r", pixels(radius as i32))];
        attributes.extend(paint(style, fill));
        self.element("circle", &attributes)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        let mut attributes = vec![("points", points(vert))];
        attributes.extend(paint(style, true));
        self.element("polygon", &attributes)
    }

    fn draw_text<TStyle: BackendTextStyle>(&mut self, text: &str, style: &TStyle, (x, y): BackendCoord) -> Drawn {
        let size = style.size() / UNITS;
        let down = match style.anchor().v_pos {
            VPos::Top => font::ASCENT,
            VPos::Center => font::MIDDLE,
            VPos::Bottom => -font::DESCENT,
        };
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let angle = match style.transform() {
            FontTransform::None => 0,
            FontTransform::Rotate90 => 90,
            FontTransform::Rotate180 => 180,
            FontTransform::Rotate270 => 270,
        };
        let mut attributes = vec![
            ("x", pixels(x)),
            ("y", pixels(y + px(down * size))),
            ("font-size", pixels(px(size))),
            ("text-anchor", anchor.to_string()),
            ("fill", colour(style.color())),
        ];
        if angle != 0 {
            attributes.push(("transform", format!("rotate({angle} {} {})", pixels(x), pixels(y))));
        }
        let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let element = self.out.create_element("text").with_attributes(attributes);
        // In one piece: between elements, the writer puts blanks that would be seen.
        let content: String = font::runs(text).iter().map(|run| written(run, size)).collect();
        let written = element.write_text_content(BytesText::from_escaped(content));
        written.map(drop).map_err(DrawingErrorKind::DrawingError)
    }

    fn estimate_text_size<TStyle: BackendTextStyle>(
        &self,
        text: &str,
        style: &TStyle,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        let size = style.size() / UNITS;
        Ok((px(font::width(text, size)) as u32, px(size * (font::ASCENT + font::DESCENT)) as u32))
    }
}

/// One run of a text: as it is, or lower and smaller; what follows a lowered run is raised again.
fn written(run: &font::Run, size: f64) -> String {
    let text = escape(run.text);
    let down = px(font::LOWERED * size);
    match (run.is_lowered, run.follows_lowered) {
        (true, _) => {
            let smaller = pixels(px(size * font::SMALLER));
            format!("<tspan dy=\"{}\" font-size=\"{smaller}\">{text}</tspan>", pixels(down))
        }
        (false, true) => format!("<tspan dy=\"{}\">{text}</tspan>", pixels(-down)),
        (false, false) => text.into_owned(),
    }
}

/// Units as pixels, with the digits that are needed.
fn pixels(units: i32) -> String {
    let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    let (whole, part) = (units / 100, units % 100);
    match part {
        0 => format!("{sign}{whole}"),
        part if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        part => format!("{sign}{whole}.{part:02}"),
    }
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let places = path.into_iter().map(|(x, y)| format!("{},{}", pixels(x), pixels(y)));
    places.collect::<Vec<_>>().join(" ")
}

fn paint<S: BackendStyle>(style: &S, fill: bool) -> Vec<(&'static str, String)> {
    let color = style.color();
    let mut attributes = if fill {
        vec![("fill", colour(color))]
    } else {
        vec![
            ("fill", "none".into()),
            ("stroke", colour(color)),
            ("stroke-width", pixels(style.stroke_width() as i32)),
            ("stroke-linejoin", "round".into()),
        ]
    };
    if color.alpha < 1.0 {
        attributes.push((if fill { "fill-opacity" } else { "stroke-opacity" }, format!("{:.2}", color.alpha)));
    }
    attributes
}

fn colour(BackendColor { rgb: (red, green, blue), .. }: BackendColor) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
