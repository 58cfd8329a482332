use std::format;
use std::string::String;

use crate::group::Scheme;
use crate::nonce::Nonces;
use crate::params::{ParameterSet, Width};
use crate::scalar::Scalar;

/// The first two numbers k, big-endian, of d = 7, e = 11 and randomness of octets 3.
fn first_two<const N: usize>(group: &dyn Scheme<N>) -> [String; 2] {
    let mut nonces =
        Nonces::new(group.name(), &Scalar::<N>::small(7), &Scalar::small(11), &[3; 32]);
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

const KNOWN: [(ParameterSet, [&str; 2]); 7] = [
    (
        ParameterSet::CryptoProB,
        [
            "40bb520ebd21ff105203f0203af462d21d180f69a9501985280ee85904d3fc73",
            "4bda6f1032d929b0a054b6ca989281773d6adfae7224d0bbc09dc752584ace7e",
        ],
    ),
    (
        ParameterSet::CryptoProC,
        [
            "26edd319b3a41798767c2306a0473c0d033af5c005c9f22152a4dc85c4deedbb",
            "7558f15d232332b6ded3f65f8f67051d7c99f56178f3d532845469111fddd34f",
        ],
    ),
    (
        ParameterSet::Tc26Gost512B,
        [
            concat!(
                "43824195e9bd384431775f6c6c71f602419ea4770ee072e940f6bb11e55f60a8",
                "4a17242d6942e338a95c2206dbfb9fce0442ce19611b433af5a6e59e924b1b50"
            ),
            concat!(
                "675e30074dce62606fb76d7a8d0a45c40c91a08ae421e4cf4bad8fc0ccb93ed3",
                "5edad6a0c5d46ba43c1f107ffae42f925fed86aaba53136238310feb7435e392"
            ),
        ],
    ),
    (
        ParameterSet::Tc26Gost512C,
        [
            concat!(
                "31fc5dac79b489b3c24aaeb0b52d77a72ed29519b89ea3af6d3fb6cedcb8e57b",
                "7af1d4291275e745d4fd6050be2daa027440cc561a8bcc46664614e77d1af665"
            ),
            concat!(
                "093cc27be0d29f8f918bb294f1c8eac32d7c9f6f8eafc0ace4cabe88fd4960ec",
                "2ca716cbc726600dd6bee3373e9476ea30793b6fe0e5652eb25b3ad504a94ea3"
            ),
        ],
    ),
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
