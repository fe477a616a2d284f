//! Black-box tests, one binary per cost class: `journeys` plays scenario files against the pure core, `compatibility` reads
//! the bytes of every released format.
