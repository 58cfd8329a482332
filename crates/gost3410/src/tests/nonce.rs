use std::format;
use std::string::String;

use crate::nonce::Nonces;
use crate::params::{ParameterSet, Width};
use crate::scalar::Scalar;

/// The first two numbers k, big-endian, of d = 7, e = 11 and randomness of octets 3.
fn first_two<const N: usize, const C: u64>(group: &crate::group::Group<N, C>) -> [String; 2] {
    let mut nonces = Nonces::new(group, &Scalar::small(7), &Scalar::small(11), &[3; 32]);
    [(); 2].map(|()| {
        let k = nonces.next(group.order());
        nonces.reject();
        k.0.iter().rev().map(|limb| format!("{limb:016x}")).collect()
    })
}

/// Computed from the documentation of the crate with Python's `hmac` and `hashlib`.
#[test]
fn known_answers() {
    for (params, expected) in KNOWN {
        let actual = match params.group() {
            Width::Bits256(group) => first_two(group),
            Width::Bits512(group) => first_two(group),
        };
        assert_eq!(actual, expected, "{params:?}");
    }
}

const KNOWN: [(ParameterSet, [&str; 2]); 3] = [
    (
        ParameterSet::CryptoProA,
        [
            "341bb77d9fe9763989a38bbf7502079220887b46e7b04b1e5bfab3f9c94ebbb5",
            "00109f326130538ee95880bcb18ac1eecaa50caf664d4a2b35f2bae86d58583d",
        ],
    ),
    (
        ParameterSet::Tc26Gost256A,
        [
            "0d5be9ea82e842b5c1c9f37c6b810141898cb5e6c0e12903a9577b1a6d13f28d",
            "2c3f7b6578a03de5892bbe80d158f09aed4219c3467fd64585ecf770db3a5d27",
        ],
    ),
    (
        ParameterSet::Tc26Gost512A,
        [
            concat!(
                "00553096fbaa904fe387f6cbb6a525f6e54b0a8a37a3172dadc3fa6803986fc1",
                "19265dd711daaa1f30e80badbb6d1ee3a2de068d37e449e5b253fe6acdd1b5d4",
            ),
            concat!(
                "b7e712b85ed985327392f1354b32bf0041025be5c745d2bff93f830840cab47b",
                "84f75ff18c4c75820ce3b5baaa7a9a0c74947ddeca22b580d30aa0d144773b5b",
            ),
        ],
    ),
];
