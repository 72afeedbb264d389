//! Conditioning against its closed forms, against explicit matrices, and against a second program that was written from
//! the text without sight of the code.

mod kernel;
mod linear_course;
mod second_program;
