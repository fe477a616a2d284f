//! The marks section: where rows of a given age begin.
//!
//! Key: customer rows, section 6. At most one per customer. Layout version 1.

use baton_customer::{Mark, Marks};

use super::layout::layout_struct;

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 6;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(Marks { marks });
layout_struct!(Mark { at, input, record });
