//! Sixty-four bits that stand for a state: the same on every platform and in every build.
use crate::time::Timestamp;
use std::hash::{Hash, Hasher};
use std::time::Duration;

/// A hasher whose result does not depend on the platform, the process or the Rust version.
///
/// The standard hashers promise none of that. Sizes and discriminants count as 64 bits wherever
/// they are hashed, everything is taken in little-endian order, and nothing is random. What a
/// `derive(Hash)` writes is part of the result, so that a field more or in another place is another
/// digest. Slices of wide numbers are the exception, because the standard library hands them over
/// in the order of the machine's memory; wrap the number in a type of its own.
///
/// It is no cryptographic hash: whoever chooses the input can make two of them collide.
///
/// ```
/// use failover_core::{Digest, Timestamp};
/// use std::{hash::{Hash, Hasher}, time::Duration};
///
/// let at = |millis| Timestamp::from_millis(millis);
/// let age = |now, then| {
///     let mut digest = Digest::relative(at(now), Duration::from_secs(5));
///     at(then).hash(&mut digest);
///     digest.finish()
/// };
/// assert_eq!(age(10_000, 9_000), age(70_000, 69_000));
/// assert_ne!(age(10_000, 9_000), age(10_000, 8_000));
/// // Longer ago than the horizon is all the same.
/// assert_eq!(age(10_000, 4_000), age(10_000, 0));
/// ```
#[derive(Clone, Debug)]
pub struct Digest {
    state: u64,
    /// What is not mixed in yet: the lowest `filled` bits.
    pending: u128,
    filled: u32,
    /// Moments count from here, and as the same once they are further back than this.
    clock: Option<(u64, u64)>,
}

/// Odd numbers without pattern: the fraction bits of the square roots of 2, 3 and 5.
const ROOTS: [u64; 3] = [0x6A09_E667_F3BC_C909, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B];

/// The first of two bytes that say that a number did not fit into one.
const WIDE: u8 = u8::MAX;

impl Digest {
    /// Nothing hashed yet; moments count as they are.
    pub const fn new() -> Self {
        Self { state: ROOTS[0], pending: 0, filled: 0, clock: None }
    }

    /// Nothing hashed yet; each [`Timestamp`] counts as its distance from `now`, and one that is
    /// `horizon` or longer ago as exactly that long ago.
    ///
    /// So two worlds get the same digest that differ only in what time it is, or in how long ago
    /// something was that nobody looks back at any more.
    pub fn relative(now: Timestamp, horizon: Duration) -> Self {
        let horizon = u64::try_from(horizon.as_millis()).unwrap_or(u64::MAX);
        Self { clock: Some((now.as_millis(), horizon)), ..Self::new() }
    }

    /// The digest of one value.
    pub fn of(value: &(impl Hash + ?Sized)) -> u64 {
        let mut digest = Self::new();
        value.hash(&mut digest);
        digest.finish()
    }

    fn push(&mut self, value: u64, bits: u32) {
        if self.filled + bits > u128::BITS {
            self.state = mix(self.state, self.pending);
            (self.pending, self.filled) = (0, 0);
        }
        self.pending |= u128::from(value) << self.filled;
        self.filled += bits;
    }

    /// Lengths and discriminants: nearly always small.
    fn push_small(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(small) if small != WIDE => self.push(small.into(), 8),
            _ => {
                self.push(WIDE.into(), 8);
                self.push(value, 64);
            }
        }
    }

    fn push_moment(&mut self, millis: u64) {
        let Some((now, horizon)) = self.clock else { return self.push(millis, 64) };
        match now.checked_sub(millis) {
            Some(age) => self.push(age.min(horizon), 64),
            // As negative ages the moments to come cannot be mixed up with those that are past.
            None => self.push(now.wrapping_sub(millis), 64),
        }
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        let last = mix(self.state, self.pending);
        // Digests are hashed into other digests and cut into shards: every bit must count.
        fold(last ^ u64::from(self.filled), ROOTS[2])
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.push(u64::from_le_bytes(word), 64);
        }
        for byte in chunks.remainder() {
            self.push(u64::from(*byte), 8);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.push(value.into(), 8);
    }

    fn write_u16(&mut self, value: u16) {
        self.push(value.into(), 16);
    }

    fn write_u32(&mut self, value: u32) {
        self.push(value.into(), 32);
    }

    fn write_u64(&mut self, value: u64) {
        self.push(value, 64);
    }

    /// A [`Timestamp`]; nothing else writes a number of this width.
    fn write_u128(&mut self, value: u128) {
        match u64::try_from(value) {
            Ok(millis) => self.push_moment(millis),
            Err(_) => self.write(&value.to_le_bytes()),
        }
    }

    fn write_usize(&mut self, value: usize) {
        self.push_small(value as u64);
    }

    fn write_i8(&mut self, value: i8) {
        self.write_u8(value.cast_unsigned());
    }

    fn write_i16(&mut self, value: i16) {
        self.write_u16(value.cast_unsigned());
    }

    fn write_i32(&mut self, value: i32) {
        self.write_u32(value.cast_unsigned());
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value.cast_unsigned());
    }

    fn write_isize(&mut self, value: isize) {
        self.push_small((value as i64).cast_unsigned());
    }
}

/// Both halves of a product depend on all bits of both factors.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

fn mix(state: u64, block: u128) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    let (low, high) = (block as u64, (block >> 64) as u64);
    fold(low ^ ROOTS[1], high ^ state)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by another program. A value that differs here would differ in the browser and in
    /// old replays, too.
    #[test]
    fn a_digest_is_the_same_for_ever() {
        assert_eq!(Digest::new().finish(), 0x1EB2_4468_2E62_CA05);
        let value = ("shop", 7u8, Some(-1i32), 3u16, vec![Timestamp::from_millis(5)]);
        assert_eq!(Digest::of(&value), 0xFC7E_26DB_3823_A9EB);
        assert_eq!(Digest::of(&usize::MAX.wrapping_shr(usize::BITS - 20)), 0x5B68_B34E_EE03_EDC8);
    }

    #[test]
    fn neighbours_differ_in_half_of_their_bits() {
        let mut worst = (64, 0);
        for place in 0..64 {
            for value in 0..50u64 {
                let (one, other) = (Digest::of(&value), Digest::of(&(value ^ (1 << place))));
                let differing = (one ^ other).count_ones();
                worst = (worst.0.min(differing), worst.1.max(differing));
            }
        }
        assert!(worst.0 >= 12 && worst.1 <= 52, "{worst:?}");
    }

    #[test]
    fn counters_do_not_collide() {
        let mut seen: Vec<u64> = (0..100_000u64)
            .map(|n| Digest::of(&(n % 10, n / 10 % 100, vec![n / 1000; 3], n / 1000)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100_000);
    }

    #[test]
    fn where_one_field_ends_matters() {
        assert_ne!(Digest::of(&("ab", "c")), Digest::of(&("a", "bc")));
        assert_ne!(Digest::of(&(1u8, 0u8)), Digest::of(&1u8));
        assert_ne!(Digest::of(&255usize), Digest::of(&(255usize, 0usize)));
        assert_ne!(Digest::of(&vec![0u8; 3]), Digest::of(&vec![0u8; 4]));
    }

    #[test]
    fn what_is_to_come_is_never_what_is_past() {
        let now = Timestamp::from_millis(1000);
        let digest = |millis| {
            let mut digest = Digest::relative(now, Duration::from_millis(100));
            Timestamp::from_millis(millis).hash(&mut digest);
            digest.finish()
        };
        let all: Vec<u64> = [0, 901, 999, 1000, 1001, 1099, 5000].map(digest).to_vec();
        for (place, one) in all.iter().enumerate() {
            assert!(!all[..place].contains(one), "{place}");
        }
        assert_eq!(digest(900), digest(0));
    }
}
