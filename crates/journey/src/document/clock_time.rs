//! A time of day: `"09:00"`.

pub use baton_model::clock_time::ClockTime;
