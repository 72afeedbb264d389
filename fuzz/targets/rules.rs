#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| microzone::fuzzing::rules(bytes));
