//! The `qoltanba` command.
fn main() {}
