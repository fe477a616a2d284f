//! Black-box tests, one binary per cost class: `journeys` plays scenario files against the pure core.
