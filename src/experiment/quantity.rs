//! How a quantity is named and described, whatever it is a quantity of.

/// The words for a quantity: in files and on the command line, in formulas, on axes, and in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// In sweep files, columns and JSON: full words joined by `_`.
    pub name: &'static str,
    /// In formulas, such as `c_in`; empty if there is none.
    pub symbol: &'static str,
    /// On the axis of a figure and in the heading of a table: a few words, at most 28 letters, so that
    /// with `(theory, s.e.m.)` behind it a label still fits.
    pub label: &'static str,
    /// One sentence or clause for the catalogue.
    pub sentence: &'static str,
    /// The unit of its values.
    pub unit: Unit,
}

/// A unit for programs and for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// As UDUNITS 2 reads it, in UTF-8, such as `µm²/s`; `1` for pure numbers.
    pub udunits: &'static str,
    /// As people write it, such as `µm²/s`; empty for pure numbers.
    pub written: &'static str,
}

impl Unit {
    /// That of pure numbers.
    pub(crate) const NONE: Self = Self { udunits: "1", written: "" };

    /// Whether values are pure numbers or texts.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

impl Quantity {
    /// A pure number without a symbol, described by its name alone.
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, symbol: "", label: name, sentence: "", unit: Unit::NONE }
    }

    /// The sentence, after the symbol if there is one: `c_in, correlation of an input in successive patterns`.
    pub(crate) fn explained(&self) -> String {
        let comma = if self.symbol.is_empty() { "" } else { ", " };
        format!("{}{comma}{}", self.symbol, self.sentence)
    }

    /// The label with the unit, as in `diffusion (µm²/s)`.
    pub(crate) fn heading(&self) -> String {
        match self.unit.written {
            "" => self.label.to_string(),
            written => format!("{} ({written})", self.label),
        }
    }
}

/// Gives a declaration, which has a field `quantity`, the methods by which a catalogue describes it.
macro_rules! described {
    ($declaration:ty) => {
        impl $declaration {
            /// The name in sweep files, columns and JSON.
            pub const fn name(&self) -> &'static str {
                self.quantity.name
            }

            /// With this symbol in formulas.
            pub const fn symbol(mut self, symbol: &'static str) -> Self {
                self.quantity.symbol = symbol;
                self
            }

            /// With this label on axes and in headings.
            pub const fn label(mut self, label: &'static str) -> Self {
                self.quantity.label = label;
                self
            }

            /// In this unit, as UDUNITS reads it and as people write it.
            pub const fn unit(mut self, udunits: &'static str, written: &'static str) -> Self {
                self.quantity.unit = $crate::experiment::Unit { udunits, written };
                self
            }

            /// With this sentence in the catalogue.
            pub const fn sentence(mut self, sentence: &'static str) -> Self {
                self.quantity.sentence = sentence;
                self
            }
        }
    };
}

pub(super) use described;
