//! Black-box tests, one binary per cost class: `journeys` plays scenario files against the pure core, `api` asks one real
//! node through its public API and kills it at random moments, `compatibility` reads the bytes of every released format,
//! `external` needs more of the machine than that, and says what it skipped.
