//! What is moved: an arm of two joints, its motors or muscles, and the crude controller that guides it along desired
//! paths.

pub(crate) mod actuator;
pub mod arm;
pub(crate) mod controller;
pub(crate) mod desired_path;
pub mod muscles;
