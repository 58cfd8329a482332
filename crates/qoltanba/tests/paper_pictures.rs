//! Pictures of paper: sets of barcodes that come back from scans and photographs, and hostile
//! files.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "paper_pictures/files.rs"]
mod files;
#[path = "paper_pictures/hostile.rs"]
mod hostile;
#[path = "paper_pictures/page.rs"]
mod page;
#[path = "paper_pictures/photos.rs"]
mod photos;
#[path = "paper_pictures/round_trip.rs"]
mod round_trip;
