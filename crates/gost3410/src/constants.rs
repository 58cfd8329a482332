//! The constants of the parameter sets, as their sources print them.

use crate::curve::{Affine, CoefficientA, Curve};
use crate::field::Fe;
use crate::limbs::from_hex;

/// What defines a group (GOST R 34.10-2012 §5.2).
pub(crate) struct Constants<const N: usize, const C: u64> {
    pub(crate) name: &'static str,
    pub(crate) curve: Curve<N, C>,
    #[allow(dead_code, reason = "for the build script and the tests")]
    pub(crate) generator: Affine<N, C>,
    pub(crate) order: [u64; N],
    pub(crate) cofactor: u8,
}

// RFC 4357 §11.4.
pub(crate) static CRYPTO_PRO_A: Constants<4, 617> = Constants {
    name: "id-GostR3410-2001-CryptoPro-A-ParamSet",
    curve: Curve { a: CoefficientA::MinusThree, b: element("A6") },
    generator: Affine {
        x: element("1"),
        y: element("8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14"),
    },
    order: from_hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893"),
    cofactor: 1,
};

// RFC 7836 appendix A.2; the form of Weierstrass.
pub(crate) static TC26_256_A: Constants<4, 617> = Constants {
    name: "id-tc26-gost-3410-2012-256-paramSetA",
    curve: Curve {
        a: CoefficientA::Any(element(
            "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
        )),
        b: element("295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513"),
    },
    generator: Affine {
        x: element("91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28"),
        y: element("32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C"),
    },
    order: from_hex("400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67"),
    cofactor: 4,
};

// RFC 7836 appendix A.1.
pub(crate) static TC26_512_A: Constants<8, 569> = Constants {
    name: "id-tc26-gost-3410-12-512-paramSetA",
    curve: Curve {
        a: CoefficientA::MinusThree,
        b: element(concat!(
            "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265",
            "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
        )),
    },
    generator: Affine {
        x: element("3"),
        y: element(concat!(
            "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
            "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
        )),
    },
    order: from_hex(concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    )),
    cofactor: 1,
};

const fn element<const N: usize, const C: u64>(digits: &str) -> Fe<N, C> {
    Fe::new(from_hex(digits))
}
