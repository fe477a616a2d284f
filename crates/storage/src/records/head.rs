//! The head section: the counters that every decision writes.
//!
//! Key: customer rows, section 1. One per customer. Layout version 1.

use baton_customer::Head;

use super::layout::layout_struct;

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 1;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(Head { at, version, first_input, next_input, first_record, next_record });
