//! The science of nitric oxide against independent methods, closed forms and known numbers.

mod common;
mod information;
mod movement;
mod plain_sheet;
mod response;
mod sheet;
