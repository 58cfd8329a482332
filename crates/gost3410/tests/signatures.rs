//! The crate from outside: what it signs, what it refuses, and with which error.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use gost3410::{Encoding, Error, ParameterSet, Signature, SigningKey, VerifyingKey};
use proptest::prelude::*;

const SETS: [ParameterSet; 7] = [
    ParameterSet::CryptoProA,
    ParameterSet::CryptoProB,
    ParameterSet::CryptoProC,
    ParameterSet::Tc26Gost256A,
    ParameterSet::Tc26Gost512A,
    ParameterSet::Tc26Gost512B,
    ParameterSet::Tc26Gost512C,
];

/// q, little-endian.
fn order(params: ParameterSet) -> Vec<u8> {
    little_endian(match params {
        ParameterSet::CryptoProA => {
            "ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893"
        }
        ParameterSet::CryptoProB => {
            "800000000000000000000000000000015f700cfff1a624e5e497161bcc8a198f"
        }
        ParameterSet::CryptoProC => {
            "9b9f605f5a858107ab1ec85e6b41c8aa582ca3511eddfb74f02f3a6598980bb9"
        }
        ParameterSet::Tc26Gost256A => {
            "400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67"
        }
        ParameterSet::Tc26Gost512A => concat!(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        ),
        ParameterSet::Tc26Gost512B => concat!(
            "8000000000000000000000000000000000000000000000000000000000000001",
            "49a1ec142565a545acfdb77bd9d40cfa8b996712101bea0ec6346c54374f25bd",
        ),
        ParameterSet::Tc26Gost512C => concat!(
            "3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "c98cdba46506ab004c33a9ff5147502cc8eda9e7a769a12694623cef47f023ed",
        ),
        _ => panic!("a new parameter set needs its order here"),
    })
}

fn little_endian(digits: &str) -> Vec<u8> {
    let octet = |i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap();
    (0..digits.len()).step_by(2).rev().map(octet).collect()
}

/// The sum modulo 2^(8·length).
fn plus(number: &[u8], addend: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    number
        .iter()
        .zip(addend)
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(*b) + carry;
            carry = sum >> 8;
            sum as u8
        })
        .collect()
}

fn key(params: ParameterSet) -> SigningKey {
    let octets: Vec<u8> = (1..=params.field_len() as u8).map(|i| i.min(0x3f)).collect();
    SigningKey::from_le_bytes(params, &octets).unwrap()
}

#[test]
fn lengths() {
    for params in SETS {
        let key = key(params);
        let digest = vec![1; params.field_len()];
        let signature = key.sign(&digest, &[0; 32]).unwrap();
        assert_eq!(key.to_le_bytes().len(), params.field_len());
        assert_eq!(key.verifying_key().to_bytes().len(), params.verifying_key_len());
        assert_eq!(signature.to_bytes(Encoding::Rfc).len(), params.signature_len());
    }
}

#[test]
fn halves_out_of_range_are_refused() {
    for params in SETS {
        let n = params.field_len();
        let (key, digest) = (key(params), vec![5; n]);
        let good = key.sign(&digest, &[0; 32]).unwrap().to_bytes(Encoding::Kazakh);
        let (zero, q) = (vec![0; n], order(params));
        let (r, s) = good.split_at(n);
        let mut refused = vec![
            [&zero, s].concat(),
            [r, &zero].concat(),
            [&q, s].concat(),
            [r, &q].concat(),
            vec![0xff; 2 * n],
        ];
        if matches!(params, ParameterSet::Tc26Gost256A | ParameterSet::Tc26Gost512C) {
            // q is two bits shorter than the field, so these are the same numbers modulo q.
            refused.extend([[&plus(r, &q), s].concat(), [r, &plus(s, &q)].concat()]);
        }
        for octets in refused {
            let reversed: Vec<u8> = octets.iter().rev().copied().collect();
            for (encoding, octets) in [(Encoding::Kazakh, octets), (Encoding::Rfc, reversed)] {
                assert_eq!(
                    Signature::from_bytes(params, encoding, &octets),
                    Err(Error::SignatureOutOfRange),
                );
            }
        }
        for actual in [0, n, 2 * n - 1, 2 * n + 1, 4 * n] {
            assert_eq!(
                Signature::from_bytes(params, Encoding::Kazakh, &vec![1; actual]),
                Err(Error::WrongLength { expected: 2 * n, actual }),
            );
        }
    }
}

#[test]
fn encodings_are_each_other_backwards() {
    for params in SETS {
        let (key, digest) = (key(params), vec![5; params.field_len()]);
        let signature = key.sign(&digest, &[0; 32]).unwrap();
        let mut octets = signature.to_bytes(Encoding::Kazakh).to_vec();
        let swapped = Signature::from_bytes(params, Encoding::Rfc, &octets);
        assert!(
            swapped.is_err_and(|e| e == Error::SignatureOutOfRange)
                || key.verifying_key().verify(&digest, &swapped.unwrap())
                    == Err(Error::SignatureMismatch)
        );
        octets.reverse();
        assert_eq!(*signature.to_bytes(Encoding::Rfc), octets);
        assert_eq!(Signature::from_bytes(params, Encoding::Rfc, &octets), Ok(signature));
    }
}

#[test]
fn public_keys_that_are_no_points_are_refused() {
    for params in SETS {
        let n = params.field_len();
        let good = key(params).verifying_key().to_bytes();
        assert_eq!(
            VerifyingKey::from_bytes(params, &good).map(|key| key.to_bytes()),
            Ok(good.clone()),
        );
        let decode = |octets: &[u8]| VerifyingKey::from_bytes(params, octets).unwrap_err();

        for actual in [0, n, 2 * n - 1, 2 * n + 1] {
            let error = Error::WrongLength { expected: 2 * n, actual };
            assert_eq!(decode(&vec![1; actual]), error);
        }
        for i in [0, n] {
            let mut octets = good.to_vec();
            octets[i] ^= 1;
            assert_eq!(decode(&octets), Error::NotOnCurve);
            octets[i..i + n].fill(0xff);
            assert_eq!(decode(&octets), Error::CoordinateOutOfRange);
        }
        // The origin, which some encodings use for infinity.
        assert_eq!(decode(&vec![0; 2 * n]), Error::NotOnCurve);
    }
}

/// The generator of CryptoPro-A has x = 1, so p + 1 is the same class.
#[test]
fn coordinates_are_canonical() {
    let y = little_endian("8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14");
    let p_plus_1 =
        little_endian("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd98");
    let mut one = vec![0; 32];
    one[0] = 1;
    let decode = |x| VerifyingKey::from_bytes(ParameterSet::CryptoProA, &[x, y.clone()].concat());
    assert!(decode(one).is_ok());
    assert_eq!(decode(p_plus_1), Err(Error::CoordinateOutOfRange));
}

/// Points of order 2, 4 and 2q, found by multiplying points of the curve with q.
#[test]
fn points_outside_of_the_subgroup_are_refused() {
    for (x, y) in [
        (
            "0100fe73f595ff158e974b44d478d9588744fe5c192ac47ea63075dce7a14aaa",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ),
        (
            "7f7f80c60535007538b45a5d95c39353bc5d80d1f36a9dc0ace7c5118c2f5977",
            "7e7e82520f9f015faa1d0f18c14ab9fb35188275da3fd94206b74f34a48e0ecd",
        ),
        (
            "18476b1af2e5cecdc380e4c91d2a3a5c2b6c0788066615e2b4e9a63246463e96",
            "4cfa952e3b48a1409977e07faba396136986d7e8edc05c336154375be5070030",
        ),
    ] {
        let octets = [little_endian(x), little_endian(y)].concat();
        assert_eq!(
            VerifyingKey::from_bytes(ParameterSet::Tc26Gost256A, &octets),
            Err(Error::NotInSubgroup),
        );
    }
}

/// The same on the other curve of cofactor 4: points of order 2, 4 and 2q.
#[test]
fn points_outside_of_the_subgroup_are_refused_512() {
    for (x, y) in [
        (
            concat!(
                "9a628f975594ecefd89ba28a2539ffb79c8ab238aeed0851fa5c1abb02b80b44",
                "c6734501b83a011dd625cd0b5145091a6d9acd4b1f5c5b1e21b2b249ddfd1271"
            ),
            concat!(
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000000"
            ),
        ),
        (
            concat!(
                "b2ceb8345535898813b22ebaed63002431baa6e3a8897bd702d1f2a27ea3fa5d",
                "9cc65d7f23e2ff7114ed197a575d7b72c932995a7051d270ef26a6db1101748f"
            ),
            concat!(
                "186c289cffa09c983b168c30c829006c952ff4aaf99c73850875d7e77bebef18",
                "d653187d6ba8fe533ec74c6f061872585b97cc0f50f57752cd73f4913304621e"
            ),
        ),
        (
            concat!(
                "36769e1d2cbf6ed8b2cb6bacaa17c37f7ad65300e37a98e1b30f7709e2002490",
                "55f16dee440f273919c0313570d16df07cd31ccbe800a37e07989cedbdb2c481"
            ),
            concat!(
                "481636260389dc898e96024d7bab4df0375c7d3409195ab5bacc5afdbb167418",
                "7287b317eb2bfe5246888b5e3c6c5f2ec837a45b7de984fccd00f8a9070a202d"
            ),
        ),
    ] {
        let octets = [little_endian(x), little_endian(y)].concat();
        assert_eq!(
            VerifyingKey::from_bytes(ParameterSet::Tc26Gost512C, &octets),
            Err(Error::NotInSubgroup),
        );
    }
}

#[test]
fn private_keys_out_of_range_are_refused() {
    for params in SETS {
        let n = params.field_len();
        let refused = |octets: &[u8]| SigningKey::from_le_bytes(params, octets).unwrap_err();
        assert_eq!(refused(&vec![0; n]), Error::KeyOutOfRange);
        assert_eq!(refused(&order(params)), Error::KeyOutOfRange);
        assert_eq!(refused(&vec![0xff; n]), Error::KeyOutOfRange);
        for actual in [0, n - 1, n + 1] {
            assert_eq!(refused(&vec![1; actual]), Error::WrongLength { expected: n, actual },);
        }
        let mut last = order(params);
        last[0] -= 1;
        assert!(SigningKey::from_le_bytes(params, &last).is_ok());
        last.reverse();
        assert!(SigningKey::from_be_bytes(params, &last).is_ok());
    }
}

#[test]
fn randomness_makes_keys_or_an_error() {
    for params in SETS {
        let mut next = 0u8;
        let key = SigningKey::from_random(params, |octets| {
            octets.fill_with(|| {
                next = next.wrapping_add(7);
                next
            });
        });
        let key = key.unwrap();
        let again = SigningKey::from_le_bytes(params, &key.to_le_bytes()).unwrap();
        assert_eq!(key.verifying_key(), again.verifying_key());
        for stuck in [0, 0xff] {
            let key = SigningKey::from_random(params, |octets| octets.fill(stuck));
            assert_eq!(key.unwrap_err(), Error::BadRandomness);
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    for params in SETS {
        let text = format!("{:?}", key(params));
        assert_eq!(text, format!("SigningKey {{ parameter_set: {params:?}, .. }}"));
    }
}

#[test]
fn parameter_sets_do_not_mix() {
    let digest = [5; 32];
    let (one, other) = (key(ParameterSet::CryptoProA), key(ParameterSet::Tc26Gost256A));
    let signature = one.sign(&digest, &[0; 32]).unwrap();
    assert_eq!(one.verifying_key().verify(&digest, &signature), Ok(()));
    assert_eq!(other.verifying_key().verify(&digest, &signature), Err(Error::ParameterMismatch),);
}

#[test]
fn digests_have_the_length_of_the_field() {
    for params in SETS {
        let expected = params.field_len();
        let key = key(params);
        let signature = key.sign(&vec![1; expected], &[0; 32]).unwrap();
        for actual in [0, expected - 1, expected + 1, 96 - expected] {
            let error = Error::DigestLength { expected, actual };
            let digest = vec![1; actual];
            assert_eq!(key.sign(&digest, &[0; 32]), Err(error));
            assert_eq!(key.verifying_key().verify(&digest, &signature), Err(error));
        }
    }
}

/// GOST R 34.10-2012 §6.1, step 2: e = 0 is replaced by 1, and e is taken modulo q.
#[test]
fn digests_equal_modulo_q() {
    for params in SETS {
        let n = params.field_len();
        let key = key(params);
        let mut one = vec![0; n];
        one[0] = 1;
        let signature = key.sign(&vec![0; n], &[0; 32]).unwrap();
        assert_eq!(key.sign(&one, &[0; 32]), Ok(signature));
        assert_eq!(key.sign(&order(params), &[0; 32]), Ok(signature));
        for digest in [vec![0; n], one, order(params)] {
            assert_eq!(key.verifying_key().verify(&digest, &signature), Ok(()));
        }
    }
}

/// A signature whose r is not the least of the residues that x may be: 2^256 > 3·q here.
#[test]
fn x_above_q_is_reduced() {
    let params = ParameterSet::Tc26Gost256A;
    let key = key(params);
    for seed in 0..32 {
        let digest = [seed; 32];
        let signature = key.sign(&digest, &[seed; 32]).unwrap();
        assert_eq!(key.verifying_key().verify(&digest, &signature), Ok(()));
    }
}

fn any_set() -> impl Strategy<Value = ParameterSet> {
    prop::sample::select(SETS.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn signed_is_verified_and_tampered_is_not(
        params in any_set(),
        secret: [[u8; 32]; 2],
        digest: [[u8; 32]; 2],
        randomness: [u8; 32],
        bit in 0usize..512,
    ) {
        let n = params.field_len();
        let mut digest = digest.as_flattened()[..n].to_vec();
        let mut secret = secret.as_flattened()[..n].to_vec();
        secret[n - 1] &= 0x3f;
        let key = SigningKey::from_le_bytes(params, &secret).unwrap();
        let public = key.verifying_key();
        prop_assert_eq!(&VerifyingKey::from_bytes(params, &public.to_bytes()), &Ok(public.clone()));

        let signature = key.sign(&digest, &randomness).unwrap();
        prop_assert_eq!(public.verify(&digest, &signature), Ok(()));

        let mut octets = signature.to_bytes(Encoding::Kazakh).to_vec();
        octets[bit * n / 256] ^= 1 << (bit % 8);
        match Signature::from_bytes(params, Encoding::Kazakh, &octets) {
            Ok(altered) => {
                prop_assert_eq!(public.verify(&digest, &altered), Err(Error::SignatureMismatch));
            }
            Err(error) => prop_assert_eq!(error, Error::SignatureOutOfRange),
        }

        digest[bit % n] ^= 1 << (bit % 8);
        prop_assert_eq!(public.verify(&digest, &signature), Err(Error::SignatureMismatch));
    }

    #[test]
    fn randomness_changes_the_signature_and_nothing_else(
        params in any_set(),
        first: [u8; 32],
        second: [u8; 32],
    ) {
        let (key, digest) = (key(params), vec![9; params.field_len()]);
        let sign = |randomness| key.sign(&digest, randomness).unwrap();
        prop_assert_eq!(sign(&first), sign(&first));
        prop_assert_eq!(sign(&first) == sign(&second), first == second);
        prop_assert_eq!(key.verifying_key().verify(&digest, &sign(&second)), Ok(()));
    }

    #[test]
    fn any_octets_are_refused_or_encode_back(
        params in any_set(),
        octets in prop::collection::vec(any::<u8>(), 0..140),
    ) {
        if let Ok(signature) = Signature::from_bytes(params, Encoding::Kazakh, &octets) {
            prop_assert_eq!(&*signature.to_bytes(Encoding::Kazakh), &octets[..]);
        }
        if let Ok(key) = VerifyingKey::from_bytes(params, &octets) {
            prop_assert_eq!(&*key.to_bytes(), &octets[..]);
        }
    }
}
