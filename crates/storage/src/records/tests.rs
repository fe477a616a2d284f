//! Rows are promises to data already written.

pub(super) mod made_up;

mod keys;
mod life;
mod malformed;
mod round_trip;
