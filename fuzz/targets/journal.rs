#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| microzone::fuzzing::journal(bytes, &microzone_fuzz::scratch()));
