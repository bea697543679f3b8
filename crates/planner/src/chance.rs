//! Chance from a seed: the same seed draws the same.

/// SplitMix64, after G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014), with the constants of
/// S. Vigna's reference (prng.di.unimi.it/splitmix64.c, public domain). For a search, never for secrets.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Chance that begins at this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of `0..count`; 0 of none.
    pub fn below(&mut self, count: usize) -> usize {
        // The high half of a product, after D. Lemire: no division, and a bias below 2^-40 for counts of a day.
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// A fraction from 0 up to and without 1.
    pub fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts a list into any order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_draws_what_the_reference_draws() {
        let mut chance = Chance::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| chance.bits()).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn it_stays_in_bounds() {
        let mut chance = Chance::new(7);
        assert!((0..1_000).all(|_| chance.below(3) < 3 && (0.0..1.0).contains(&chance.fraction())));
        assert_eq!(chance.below(0), 0);
        let mut list: Vec<usize> = (0..20).collect();
        chance.shuffle(&mut list);
        assert_ne!(list, (0..20).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..20).collect::<Vec<_>>());
    }
}
