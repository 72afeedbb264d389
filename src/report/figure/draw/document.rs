//! The document around the panels: title, description, font and caption; and its picture as PNG. On a page, which has
//! words and a font of its own, the panels stand alone.

use std::sync::Arc;

use base64::Engine;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Tree};

use super::canvas::{Canvas, UNITS, px};
use super::colours::{GREY, INK, PAPER};
use super::sheet::{EDGE, Sheet};
use super::{CAPTION_SIZE, Drawn, Error, LABEL_SIZE, Placed, Places, font, heat_map, image, lines, paths, text_style};
use crate::report::figure::plan::{Figure, Picture};

/// Pixels of the PNG per pixel of the SVG.
const PNG_SCALE: f32 = 2.0;
/// Between the lines of a caption.
const LINE_HEIGHT: f64 = 1.35;
/// The least width of a figure, for its caption.
const LEAST_WIDTH: f64 = 440.0;

/// The two files of a figure.
pub(crate) struct Drawing {
    pub svg: String,
    pub png: Vec<u8>,
}

/// The panels of a figure as an element of a page.
pub(crate) struct Inline {
    pub svg: String,
    /// Where the values of [`Figure::readings`] are, in their order, in pixels of the SVG.
    pub places: Vec<(f64, f64)>,
}

/// Where a drawing is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// In a file of its own, with its words and its font.
    File,
    /// In a page that has the words and the font.
    Page,
}

/// Draws a figure.
///
/// # Errors
/// The drawing crates refuse, which is a bug.
pub(crate) fn draw(figure: &Figure) -> Result<Drawing, Error> {
    let (svg, _) = svg(figure, Setting::File)?;
    let png = png(&svg)?;
    Ok(Drawing { svg, png })
}

/// Draws the panels of a figure, for a page.
///
/// # Errors
/// The drawing crates refuse, which is a bug.
pub(crate) fn inline(figure: &Figure) -> Result<Inline, Error> {
    let (svg, places) = svg(figure, Setting::Page)?;
    let pixels = |(x, y): (i32, i32)| (f64::from(x) / UNITS, f64::from(y) / UNITS);
    Ok(Inline { svg, places: places.into_iter().map(pixels).collect() })
}

/// The sizes of a document and the words that are drawn in it.
struct Dress {
    width: f64,
    height: f64,
    title: Vec<String>,
    caption: Vec<String>,
    /// Where the panels begin and where they end.
    top: f64,
    bottom: f64,
}

impl Dress {
    fn new(figure: &Figure, sheet: &Sheet, setting: Setting) -> Self {
        if setting == Setting::Page {
            let (width, height) = (libm::ceil(2.0 * EDGE + sheet.width()), libm::ceil(EDGE + sheet.height()));
            let (title, caption) = (Vec::new(), Vec::new());
            return Self { width, height, title, caption, top: EDGE / 2.0, bottom: height };
        }
        let width = 2.0 * EDGE + f64::max(sheet.width(), LEAST_WIDTH);
        let title = font::wrapped(&figure.title, LABEL_SIZE, width - 2.0 * EDGE);
        let top = EDGE + LINE_HEIGHT * LABEL_SIZE * title.len() as f64 + EDGE / 2.0;
        let caption: Vec<String> =
            figure.caption.iter().flat_map(|text| font::wrapped(text, CAPTION_SIZE, width - 2.0 * EDGE)).collect();
        let bottom = top + sheet.height() + EDGE;
        let height = libm::ceil(bottom + LINE_HEIGHT * CAPTION_SIZE * caption.len() as f64 + EDGE);
        Self { width, height, title, caption, top, bottom }
    }
}

fn svg(figure: &Figure, setting: Setting) -> Result<(String, Places), Error> {
    let sheet = match &figure.picture {
        Picture::Lines(lines) => lines::sheet(lines),
        Picture::HeatMaps(maps) => heat_map::sheet(maps),
        Picture::Images(images) => image::sheet(images),
        Picture::Paths(paths) => paths::sheet(paths),
    };
    let Dress { width, height, title, caption, top, bottom } = Dress::new(figure, &sheet, setting);
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    let size = [("width", width), ("height", height)].map(|(name, pixels)| (name, format!("{pixels}")));
    let box_of_view = format!("0 0 {width} {height}");
    let mut element = out.create_element("svg").with_attributes([
        ("xmlns", "http://www.w3.org/2000/svg"),
        (size[0].0, size[0].1.as_str()),
        (size[1].0, size[1].1.as_str()),
        ("viewBox", &box_of_view),
        ("font-family", "'DejaVu Sans', sans-serif"),
        ("role", "img"),
    ]);
    if setting == Setting::Page {
        let label = format!("{}. {}", figure.title, figure.description);
        element = element.with_attribute(("aria-label", label.as_str()));
    }
    let mut outcome: Placed = Ok(Vec::new());
    element.write_inner_content(|out| {
        if setting == Setting::File {
            write_words(out, figure)?;
        }
        let canvas = Canvas { size: (px(width) as u32, px(height) as u32), out };
        let root = canvas.into_drawing_area();
        outcome = root.fill(&PAPER).and_then(|()| {
            draw_text(&root, &title, (EDGE, EDGE), LABEL_SIZE, INK)?;
            let places = draw_panels(&root, figure, &sheet, (EDGE, top))?;
            draw_text(&root, &caption, (EDGE, bottom), CAPTION_SIZE, GREY)?;
            Ok(places)
        });
        Ok(())
    })?;
    let places = outcome?;
    let mut bytes = out.into_inner();
    bytes.push(b'\n');
    let text = String::from_utf8(bytes).map_err(|error| Error::Svg(std::io::Error::other(error)))?;
    Ok((text, places))
}

/// The title and the description for those who cannot see it, and the font.
fn write_words(out: &mut Writer<Vec<u8>>, figure: &Figure) -> std::io::Result<()> {
    out.create_element("title").write_text_content(BytesText::new(&figure.title))?;
    let description = [std::slice::from_ref(&figure.description), &figure.caption].concat().join(" ");
    out.create_element("desc").write_text_content(BytesText::new(&description))?;
    let font = base64::engine::general_purpose::STANDARD.encode(font::WEB);
    let style =
        format!("@font-face{{font-family:'{}';src:url(data:font/woff2;base64,{font}) format('woff2')}}", font::FAMILY);
    out.create_element("style")
        .write_inner_content(|out| out.write_event(Event::Text(BytesText::from_escaped(style.as_str()))))?;
    Ok(())
}

/// Draws all panels; where their values are.
fn draw_panels(root: &DrawingArea<Canvas, Shift>, figure: &Figure, sheet: &Sheet, (left, top): (f64, f64)) -> Placed {
    let area = |panel: usize| {
        let (x, y) = sheet.corner(panel);
        let from = (px(left + x), px(top + y));
        root.clone().shrink(from, (px(sheet.panel.0), px(sheet.panel.1)))
    };
    let right = root
        .clone()
        .shrink((px(left + sheet.width() - sheet.right), px(top)), (px(sheet.right).max(1), px(sheet.height())));
    let mut places = Vec::new();
    match &figure.picture {
        Picture::Lines(plan) => {
            for panel in 0..plan.panels.len() {
                places.extend(lines::draw(&area(panel), plan, sheet, panel)?);
            }
        }
        Picture::HeatMaps(maps) => {
            for panel in 0..maps.panels.len() {
                places.extend(heat_map::draw(&area(panel), maps, sheet, panel)?);
            }
            heat_map::draw_colours(&right, &maps.colour, heat_map::height(maps))?;
        }
        Picture::Images(images) => {
            (0..images.panels.len()).try_for_each(|panel| image::draw(&area(panel), images, panel))?;
            heat_map::draw_colours(&right, &images.colour, image::height(images))?;
        }
        Picture::Paths(plan) => {
            (0..plan.panels.len()).try_for_each(|panel| paths::draw(&area(panel), plan, sheet, panel))?;
        }
    }
    Ok(places)
}

/// Lines of text from an upper left corner down.
fn draw_text(
    area: &DrawingArea<Canvas, Shift>,
    lines: &[String],
    (left, top): (f64, f64),
    size: f64,
    colour: plotters::style::RGBColor,
) -> Drawn {
    let style = text_style(size, colour).pos(Pos::new(HPos::Left, VPos::Top));
    lines.iter().enumerate().try_for_each(|(index, line)| {
        area.draw_text(line, &style, (px(left), px(top + LINE_HEIGHT * size * index as f64)))
    })
}

/// The picture of an SVG, with the font of this program and no other.
fn png(svg: &str) -> Result<Vec<u8>, Error> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(font::TRUE_TYPE.to_vec());
    fonts.set_sans_serif_family(font::FAMILY);
    let options =
        usvg::Options { fontdb: Arc::new(fonts), font_family: font::FAMILY.into(), ..usvg::Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| Error::Png(error.to_string()))?;
    let size = tree.size();
    let pixels = |length: f32| libm::ceil(f64::from(length * PNG_SCALE)) as u32;
    let mut picture = Pixmap::new(pixels(size.width()), pixels(size.height()))
        .ok_or_else(|| Error::Png(format!("{} × {} pixels are too many", size.width(), size.height())))?;
    resvg::render(&tree, Transform::from_scale(PNG_SCALE, PNG_SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|error| Error::Png(error.to_string()))
}
