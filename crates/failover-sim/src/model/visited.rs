//! The set of states seen so far: one 64-bit fingerprint each, shared by all workers without locks.
use std::sync::atomic::{AtomicU64, Ordering};

/// An open-addressing table of fingerprints. It never forgets and never grows: when it is full the
/// search says so instead of lying about having seen everything.
#[derive(Debug)]
pub struct Visited {
    slots: Vec<AtomicU64>,
    /// Bits of a hash that are not the place.
    shift: u32,
}

/// What became of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// Nobody had been here.
    New,
    /// Somebody had.
    Known,
    /// There is no room left.
    Full,
}

/// Longer searches for a free slot mean that the table is full for all practical purposes.
const LONGEST_PROBE: usize = 4096;

impl Visited {
    /// A table of at most `bytes` (rounded down to a power of two, at least 64 KiB).
    pub fn with_bytes(bytes: usize) -> Self {
        let slots = (bytes / 8).max(8192);
        let bits = usize::BITS - 1 - slots.leading_zeros();
        Self {
            slots: std::iter::repeat_with(|| AtomicU64::new(0)).take(1 << bits).collect(),
            shift: 64 - bits,
        }
    }

    /// Remembers a fingerprint.
    pub fn insert(&self, fingerprint: u64) -> Insertion {
        // 0 marks a free slot.
        let fingerprint = fingerprint.max(1);
        let spread = fingerprint.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        let first = usize::try_from(spread).unwrap_or(0);
        let mask = self.slots.len() - 1;
        for step in 0..LONGEST_PROBE {
            let slot = &self.slots[(first + step) & mask];
            let mut held = slot.load(Ordering::Relaxed);
            if held == 0 {
                // Nothing else is published with a fingerprint, so no order is needed.
                match slot.compare_exchange(0, fingerprint, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => return Insertion::New,
                    Err(other) => held = other,
                }
            }
            if held == fingerprint {
                return Insertion::Known;
            }
        }
        Insertion::Full
    }

    /// Whether a fingerprint is remembered.
    pub fn holds(&self, fingerprint: u64) -> bool {
        let fingerprint = fingerprint.max(1);
        let spread = fingerprint.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        let first = usize::try_from(spread).unwrap_or(0);
        let mask = self.slots.len() - 1;
        let held = |step: usize| self.slots[(first + step) & mask].load(Ordering::Relaxed);
        let end = (0..LONGEST_PROBE).map(held).find(|held| *held == 0 || *held == fingerprint);
        end == Some(fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_new_once_even_with_two_threads() {
        let visited = Visited::with_bytes(1 << 20);
        let news: usize = std::thread::scope(|scope| {
            let count = || {
                let new = |n: &u64| visited.insert(n.wrapping_mul(0x1234_5678_9abc_def1));
                (0..50_000u64).filter(|n| new(n) == Insertion::New).count()
            };
            let threads = [scope.spawn(count), scope.spawn(count)];
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(news, 50_000);
    }

    #[test]
    fn a_full_table_says_so() {
        let visited = Visited::with_bytes(0);
        let full = (1..20_000u64).any(|n| visited.insert(n) == Insertion::Full);
        assert!(full, "20,000 fingerprints found room in 64 KiB");
    }
}
