//! The checksum of a block of rows.

/// Octets of a block, of which a lookup reads and checks one: half as many, and the directory that
/// is read at opening would be twice as long.
pub(super) const BLOCK: usize = 512;

const PRIMES: [u64; 4] =
    [0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63];

/// XXH64 of a block, seeded by its number, so that no block can stand in another's place.
///
/// Against accidents, not against people: see the module's documentation. A cryptographic digest
/// of a block would take longer than all else in a lookup.
///
/// Source: github.com/Cyan4973/xxHash, doc/xxhash_spec.md. The tail of fewer than 32 octets is left
/// out, since a block has none.
pub(super) fn checksum(block: &[u8; BLOCK], number: u64) -> u64 {
    let [p1, p2, p3, p4] = PRIMES;
    let mut lanes = [
        number.wrapping_add(p1).wrapping_add(p2),
        number.wrapping_add(p2),
        number,
        number.wrapping_sub(p1),
    ];
    let (stripes, _) = block.as_chunks::<32>();
    for stripe in stripes {
        let (words, _) = stripe.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = round(*lane, u64::from_le_bytes(*word));
        }
    }
    let mut hash = 0_u64;
    for (lane, turn) in lanes.iter().zip([1, 7, 12, 18]) {
        hash = hash.wrapping_add(lane.rotate_left(turn));
    }
    for lane in lanes {
        hash = (hash ^ round(0, lane)).wrapping_mul(p1).wrapping_add(p4);
    }
    hash = hash.wrapping_add(BLOCK as u64);
    hash = (hash ^ (hash >> 33)).wrapping_mul(p2);
    hash = (hash ^ (hash >> 29)).wrapping_mul(p3);
    hash ^ (hash >> 32)
}

const fn round(lane: u64, word: u64) -> u64 {
    let [p1, p2, ..] = PRIMES;
    lane.wrapping_add(word.wrapping_mul(p2)).rotate_left(31).wrapping_mul(p1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the reference implementation, from `python3 -c "import xxhash; ..."`.
    #[test]
    fn it_is_xxh64() {
        assert_eq!(checksum(&[0; BLOCK], 0), XXH64_ZEROS);
        let mut counting = [0; BLOCK];
        counting.iter_mut().zip(0_usize..).for_each(|(to, i)| *to = (i % 251) as u8);
        assert_eq!(checksum(&counting, 12_345), XXH64_COUNTING);
    }

    const XXH64_ZEROS: u64 = 0x8bbf_7f68_e8c3_b87c;
    const XXH64_COUNTING: u64 = 0x1a87_0248_12fc_c2e4;

    #[test]
    fn every_bit_and_the_number_count() {
        let mut block = [0x5a; BLOCK];
        let whole = checksum(&block, 7);
        assert_ne!(whole, checksum(&block, 8));
        for bit in 0..BLOCK * 8 {
            block[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(checksum(&block, 7), whole);
            block[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
