//! Little-endian arrays of 64-bit limbs: the carries, and nothing that knows a modulus.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a loop counter below the constant length of the array"
)]

use core::hint::black_box;

/// A number of one limb.
#[inline(always)]
pub(crate) const fn small<const N: usize>(value: u64) -> [u64; N] {
    let mut limbs = [0; N];
    limbs[0] = value;
    limbs
}

/// `a + b + carry`, as the low word and the carry.
#[inline(always)]
pub(crate) const fn adc(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = a as u128 + b as u128 + carry as u128;
    (sum as u64, (sum >> 64) as u64)
}

/// `a - b - borrow`, as the low word and the borrow, 0 or 1.
#[inline(always)]
pub(crate) const fn sbb(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let difference = (a as u128).wrapping_sub(b as u128 + borrow as u128);
    (difference as u64, (difference >> 127) as u64)
}

/// `acc + a·b + carry`, which never exceeds two words.
#[inline(always)]
pub(crate) const fn mac(acc: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = acc as u128 + a as u128 * b as u128 + carry as u128;
    (sum as u64, (sum >> 64) as u64)
}

/// `a + b`, with the carry out of the top limb.
#[inline(always)]
pub(crate) const fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
    let (mut sum, mut carry, mut i) = ([0; N], 0, 0);
    while i < N {
        (sum[i], carry) = adc(a[i], b[i], carry);
        i += 1;
    }
    (sum, carry)
}

/// `a - b`, with the borrow out of the top limb.
#[inline(always)]
pub(crate) const fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
    let (mut difference, mut borrow, mut i) = ([0; N], 0, 0);
    while i < N {
        (difference[i], borrow) = sbb(a[i], b[i], borrow);
        i += 1;
    }
    (difference, borrow)
}

/// `a` where `pick` is 0, `b` where it is 1, without a branch. The compiler does not see that the
/// mask has only two values, so it has no reason to make one.
#[inline(always)]
pub(crate) const fn select<const N: usize>(a: &[u64; N], b: &[u64; N], pick: u64) -> [u64; N] {
    let mask = black_box(pick.wrapping_neg());
    let (mut out, mut i) = ([0; N], 0);
    while i < N {
        out[i] = a[i] ^ (mask & (a[i] ^ b[i]));
        i += 1;
    }
    out
}

/// `a·b`, as the low and the high half.
#[inline(always)]
pub(crate) const fn mul<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], [u64; N]) {
    let (mut low, mut high, mut i) = ([0; N], [0; N], 0);
    while i < N {
        let mut carry;
        (low[i], carry) = mac(high[0], a[i], b[0], 0);
        let mut j = 1;
        while j < N {
            (high[j - 1], carry) = mac(high[j], a[i], b[j], carry);
            j += 1;
        }
        high[N - 1] = carry;
        i += 1;
    }
    (low, high)
}

/// `a²`, as the low and the high half: each mixed product once, doubled, then the squares.
#[inline(always)]
pub(crate) const fn square<const N: usize>(a: &[u64; N]) -> ([u64; N], [u64; N]) {
    let mut product = [[0; N]; 2];
    let mut i = 0;
    while i < N {
        let (mut carry, mut j) = (0, i + 1);
        while j < N {
            let k = i + j;
            (product[k / N][k % N], carry) = mac(product[k / N][k % N], a[i], a[j], carry);
            j += 1;
        }
        product[1][i] = carry;
        i += 1;
    }
    let (mut shifted, mut carry, mut k) = (0, 0, 0);
    while k < N {
        let square = a[k] as u128 * a[k] as u128;
        let mut half = 0;
        while half < 2 {
            let at = 2 * k + half;
            let word = product[at / N][at % N];
            let doubled = (word << 1) | shifted;
            shifted = word >> 63;
            (product[at / N][at % N], carry) = adc(doubled, (square >> (64 * half)) as u64, carry);
            half += 1;
        }
        k += 1;
    }
    let [low, high] = product;
    (low, high)
}

/// Whether `a < b`, without a branch: 1 or 0.
#[inline(always)]
pub(crate) const fn less<const N: usize>(a: &[u64; N], b: &[u64; N]) -> u64 {
    sub(a, b).1
}

/// Whether `a` is zero, without a branch: 1 or 0.
#[inline(always)]
pub(crate) const fn is_zero<const N: usize>(a: &[u64; N]) -> u64 {
    let (mut any, mut i) = (0, 0);
    while i < N {
        any |= a[i];
        i += 1;
    }
    ((any | any.wrapping_neg()) >> 63) ^ 1
}

/// The bit of weight 2^`index`; zero above the top limb.
#[inline(always)]
pub(crate) const fn bit<const N: usize>(a: &[u64; N], index: usize) -> u64 {
    if index < 64 * N { (a[index / 64] >> (index % 64)) & 1 } else { 0 }
}

/// `a` shifted right by less than 64 bits.
pub(crate) const fn shr<const N: usize>(a: &[u64; N], bits: u32) -> [u64; N] {
    let (mut out, mut i) = ([0; N], 0);
    while i < N {
        let above = if i + 1 < N { a[i + 1] } else { 0 };
        out[i] = ((((above as u128) << 64) | a[i] as u128) >> bits) as u64;
        i += 1;
    }
    out
}

/// Limbs from exactly `8·N` little-endian octets.
pub(crate) fn from_le_bytes<const N: usize>(bytes: &[u8]) -> Option<[u64; N]> {
    let (words, rest) = bytes.as_chunks::<8>();
    if words.len() != N || !rest.is_empty() {
        return None;
    }
    let mut limbs = [0; N];
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    Some(limbs)
}

/// Writes the limbs as little-endian octets into the front of `out`.
pub(crate) fn write_le_bytes<const N: usize>(limbs: &[u64; N], out: &mut [u8]) {
    for (word, limb) in out.as_chunks_mut::<8>().0.iter_mut().zip(limbs) {
        *word = limb.to_le_bytes();
    }
}

/// The number whose octets stand in the opposite order.
pub(crate) fn reversed<const N: usize>(mut limbs: [u64; N]) -> [u64; N] {
    limbs.reverse();
    limbs.map(u64::swap_bytes)
}

/// Limbs from big-endian hexadecimal digits, for the constants of the curves.
pub(crate) const fn from_hex<const N: usize>(digits: &str) -> [u64; N] {
    let digits = digits.as_bytes();
    let (mut limbs, mut i) = ([0; N], 0);
    while i < digits.len() {
        let digit = digits[digits.len() - 1 - i];
        let value = if digit <= b'9' { digit - b'0' } else { digit - b'A' + 10 };
        limbs[i / 16] |= (value as u64) << (i % 16 * 4);
        i += 1;
    }
    limbs
}
