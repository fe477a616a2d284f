//! The segments section.
//!
//! Key: customer rows, section 3. At most one per customer. Layout version 1.

use baton_customer::Segments;

use super::layout::layout_struct;

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 3;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(Segments { members, flips });
