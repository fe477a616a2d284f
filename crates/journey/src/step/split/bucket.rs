//! Sorting units into variants by the public `GrowthBook` scheme, so that any of its clients sorts the same way.
//!
//! `fnv1a32` is FNV-1a over UTF-8 bytes. Version 2: `(fnv1a32(decimal(fnv1a32(seed + unit))) mod 10000) / 10000`. Version 1:
//! `(fnv1a32(unit + seed) mod 1000) / 1000`. The shares lie side by side from 0; `coverage` cuts each from its end.

use crate::step::split::{Assignment, Namespace, Split};

/// How the hash of a unit is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HashVersion {
    /// Biased where experiments share seeds; for those that run already.
    V1,
    /// What new experiments use.
    #[default]
    V2,
}

impl HashVersion {
    /// The place of a unit in `[0, 1)`.
    pub fn place(self, seed: &str, unit: &str) -> f64 {
        match self {
            Self::V1 => f64::from(fnv1a32(&[unit, seed]) % 1_000) / 1_000.0,
            Self::V2 => {
                let inner = fnv1a32(&[seed, unit]).to_string();
                f64::from(fnv1a32(&[&inner]) % 10_000) / 10_000.0
            }
        }
    }
}

impl Namespace {
    /// Whether a unit is in this part.
    pub fn contains(&self, unit: &str) -> bool {
        let place = HashVersion::V1.place(&format!("__{}", self.id), unit);
        self.from <= place && place < self.to
    }
}

impl Split {
    /// The variant of a unit that has none yet.
    pub fn assign(&self, unit: &str) -> Assignment {
        let outside = Assignment { variant: self.control, exposed: false };
        if self.namespace.as_ref().is_some_and(|namespace| !namespace.contains(unit)) {
            return outside;
        }
        let place = self.hash_version.place(&self.seed, unit);
        let mut start = 0.0;
        for (variant, share) in self.variants.iter().enumerate() {
            if start <= place && place < start + share.weight * self.coverage {
                return Assignment { variant, exposed: true };
            }
            start += share.weight;
        }
        outside
    }
}

/// FNV-1a, 32 bits, over the parts one after the other.
fn fnv1a32(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests;
