//! Every shape of figure is drawn, within its sheet, with the bytes that it has on every x86-64 machine.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{draw, font};
use crate::report::figure::plan::tests::{SHAPES, planned};

/// An element of a drawing with its attributes.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn new(start: &BytesStart) -> Self {
        let attribute = |attribute: quick_xml::events::attributes::Attribute| {
            (attribute.key.as_ref().to_string(), attribute.value.to_string())
        };
        let attributes = start.attributes().map(|found| attribute(found.unwrap())).collect();
        Self { name: start.name().as_ref().to_string(), attributes, text: String::new() }
    }

    fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).parse().unwrap_or(0.0)
    }

    /// The corners of what it covers: all of its places, or the ends of its text.
    fn places(&self) -> Vec<(f64, f64)> {
        let (x, y) = (self.number("x"), self.number("y"));
        match self.name.as_str() {
            "rect" | "image" => vec![(x, y), (x + self.number("width"), y + self.number("height"))],
            "circle" => {
                let (x, y, radius) = (self.number("cx"), self.number("cy"), self.number("r"));
                vec![(x - radius, y - radius), (x + radius, y + radius)]
            }
            "polyline" | "polygon" => {
                let place = |text: &str| {
                    let (x, y) = text.split_once(',').unwrap();
                    (x.parse().unwrap(), y.parse().unwrap())
                };
                self.get("points").split(' ').filter(|text| !text.is_empty()).map(place).collect()
            }
            "text" => {
                let width = font::width(&self.text, self.number("font-size"));
                let start = match self.get("text-anchor") {
                    "start" => 0.0,
                    "middle" => -width / 2.0,
                    _ => -width,
                };
                let along = |offset: f64| match self.get("transform") {
                    "" => (x + offset, y),
                    turned if turned.starts_with("rotate(270") => (x, y - offset),
                    _ => (x, y + offset),
                };
                vec![along(start), along(start + width)]
            }
            _ => Vec::new(),
        }
    }
}

fn elements(svg: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(svg);
    let mut elements: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) | Event::Empty(start) => elements.push(Element::new(&start)),
            Event::Text(text) => {
                let text = text.to_string();
                // An index belongs to the text around it.
                if let Some(of) = elements.iter_mut().rev().find(|element| element.name != "tspan") {
                    of.text.push_str(&text);
                }
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn every_shape_is_drawn_within_its_sheet() {
    for (name, text, flags, fate) in SHAPES {
        let drawing = draw(&planned(text, flags, *fate).unwrap()).unwrap();
        let elements = elements(&drawing.svg);
        let (width, height) = (elements[0].number("width"), elements[0].number("height"));
        assert!(width <= 1500.0 && height <= 1500.0, "{name}: {width} × {height}");
        let drawn = elements.iter().filter(|element| !["svg", "title", "desc", "style"].contains(&&*element.name));
        for element in drawn {
            for (x, y) in element.places() {
                let is_inside = (-1.0..=width + 1.0).contains(&x) && (-1.0..=height + 1.0).contains(&y);
                assert!(is_inside, "{name}: {} {:?} {} at {x}, {y}", element.name, element.attributes, element.text);
            }
        }
        let picture = resvg::tiny_skia::Pixmap::decode_png(&drawing.png).unwrap();
        assert_eq!((picture.width(), picture.height()), ((2.0 * width).ceil() as u32, (2.0 * height).ceil() as u32));
        let ink = picture.pixels().iter().filter(|pixel| pixel.red() < 100).count();
        assert!(ink > 500, "{name}: an empty picture");
    }
}

/// Where these hashes differ, another machine draws other bytes. After a change that is meant: INSTA_UPDATE=always.
#[test]
fn bytes_are_the_same_on_every_machine() {
    let mut hashes = String::new();
    for (name, text, flags, fate) in SHAPES {
        let drawing = draw(&planned(text, flags, *fate).unwrap()).unwrap();
        let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex()[..16].to_string();
        hashes.push_str(&format!("{name}: svg {}, png {}\n", hash(drawing.svg.as_bytes()), hash(&drawing.png)));
    }
    insta::assert_snapshot!("bytes", hashes);
}
