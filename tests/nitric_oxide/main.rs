//! The science of nitric oxide against independent methods, closed forms and known numbers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

mod common;
mod information;
mod movement;
mod plain_sheet;
mod response;
mod sheet;
