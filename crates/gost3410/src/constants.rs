//! The constants of the parameter sets, as their sources print them.

use crate::curve::{Affine, CoefficientA, Curve};
use crate::field::{Montgomery, Prime, PseudoMersenne};
use crate::limbs::from_hex;
use crate::montgomery::Modulus;

/// What defines a group (GOST R 34.10-2012 §5.2).
pub(crate) struct Constants<const N: usize, F> {
    pub(crate) name: &'static str,
    pub(crate) curve: Curve<F>,
    #[allow(dead_code, reason = "for the build script and the tests")]
    pub(crate) generator: Affine<F>,
    pub(crate) order: [u64; N],
    pub(crate) cofactor: u8,
}

/// p = 2^256 − 617.
pub(crate) type Near256 = PseudoMersenne<4, 617>;
/// p = 2^512 − 569.
pub(crate) type Near512 = PseudoMersenne<8, 569>;

/// Names a prime, and the constructor of its field's constants.
macro_rules! prime {
    ($(#[$doc:meta])* $name:ident, $limbs:literal, $element:ident, $digits:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name;

        impl Prime<$limbs> for $name {
            const MODULUS: &'static Modulus<$limbs> = &Modulus::new(from_hex($digits));
        }

        const fn $element(digits: &str) -> Montgomery<$limbs, $name> {
            Montgomery::new(from_hex(digits))
        }
    };
}

prime! {
    /// p = 2^255 + 3225.
    PrimeB, 4, element_b,
    "8000000000000000000000000000000000000000000000000000000000000C99"
}
prime! {
    PrimeC, 4, element_c,
    "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B"
}
prime! {
    /// p = 2^511 + 111.
    Prime512B, 8, element_512_b,
    concat!(
        "8000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000006F",
    )
}
prime! {
    /// p = 2^255 + 1073.
    PrimeExample256, 4, element_example_256,
    "8000000000000000000000000000000000000000000000000000000000000431"
}
prime! {
    PrimeExample512, 8, element_example_512,
    concat!(
        "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D",
        "F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373",
    )
}

// RFC 4357 §11.4.
pub(crate) static CRYPTO_PRO_A: Constants<4, Near256> = Constants {
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
pub(crate) static TC26_256_A: Constants<4, Near256> = Constants {
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
pub(crate) static TC26_512_A: Constants<8, Near512> = Constants {
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

// RFC 4357 §11.4.
pub(crate) static CRYPTO_PRO_B: Constants<4, Montgomery<4, PrimeB>> = Constants {
    name: "id-GostR3410-2001-CryptoPro-B-ParamSet",
    curve: Curve {
        a: CoefficientA::MinusThree,
        b: element_b("3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B"),
    },
    generator: Affine {
        x: element_b("1"),
        y: element_b("3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC"),
    },
    order: from_hex("800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F"),
    cofactor: 1,
};

// RFC 4357 §11.4.
pub(crate) static CRYPTO_PRO_C: Constants<4, Montgomery<4, PrimeC>> = Constants {
    name: "id-GostR3410-2001-CryptoPro-C-ParamSet",
    curve: Curve { a: CoefficientA::MinusThree, b: element_c("805A") },
    generator: Affine {
        x: element_c("0"),
        y: element_c("41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67"),
    },
    order: from_hex("9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9"),
    cofactor: 1,
};

// RFC 7836 appendix A.1.
pub(crate) static TC26_512_B: Constants<8, Montgomery<8, Prime512B>> = Constants {
    name: "id-tc26-gost-3410-12-512-paramSetB",
    curve: Curve {
        a: CoefficientA::MinusThree,
        b: element_512_b(concat!(
            "687D1B459DC841457E3E06CF6F5E2517B97C7D614AF138BCBF85DC806C4B289F",
            "3E965D2DB1416D217F8B276FAD1AB69C50F78BEE1FA3106EFB8CCBC7C5140116",
        )),
    },
    generator: Affine {
        x: element_512_b("2"),
        y: element_512_b(concat!(
            "1A8F7EDA389B094C2C071E3647A8940F3C123B697578C213BE6DD9E6C8EC7335",
            "DCB228FD1EDF4A39152CBCAAF8C0398828041055F94CEEEC7E21340780FE41BD",
        )),
    },
    order: from_hex(concat!(
        "8000000000000000000000000000000000000000000000000000000000000001",
        "49A1EC142565A545ACFDB77BD9D40CFA8B996712101BEA0EC6346C54374F25BD",
    )),
    cofactor: 1,
};

// RFC 7836 appendix A.2; the form of Weierstrass.
pub(crate) static TC26_512_C: Constants<8, Near512> = Constants {
    name: "id-tc26-gost-3410-2012-512-paramSetC",
    curve: Curve {
        a: CoefficientA::Any(element(concat!(
            "DC9203E514A721875485A529D2C722FB187BC8980EB866644DE41C68E1430645",
            "46E861C0E2C9EDD92ADE71F46FCF50FF2AD97F951FDA9F2A2EB6546F39689BD3",
        ))),
        b: element(concat!(
            "B4C4EE28CEBC6C2C8AC12952CF37F16AC7EFB6A9F69F4B57FFDA2E4F0DE5ADE0",
            "38CBC2FFF719D2C18DE0284B8BFEF3B52B8CC7A5F5BF0A3C8D2319A5312557E1",
        )),
    },
    generator: Affine {
        x: element(concat!(
            "E2E31EDFC23DE7BDEBE241CE593EF5DE2295B7A9CBAEF021D385F7074CEA043A",
            "A27272A7AE602BF2A7B9033DB9ED3610C6FB85487EAE97AAC5BC7928C1950148",
        )),
        y: element(concat!(
            "F5CE40D95B5EB899ABBCCFF5911CB8577939804D6527378B8C108C3D2090FF9B",
            "E18E2D33E3021ED2EF32D85822423B6304F726AA854BAE07D0396E9A9ADDC40F",
        )),
    },
    order: from_hex(concat!(
        "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "C98CDBA46506AB004C33A9FF5147502CC8EDA9E7A769A12694623CEF47F023ED",
    )),
    cofactor: 4,
};

// RFC 7091 §7.1: the first example, and RFC 4357 §11.4.
#[allow(dead_code, reason = "for the build script and the tests")]
pub(crate) static EXAMPLE_256: Constants<4, Montgomery<4, PrimeExample256>> = Constants {
    name: "id-GostR3410-2001-TestParamSet",
    curve: Curve {
        a: CoefficientA::Any(element_example_256("7")),
        b: element_example_256("5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E"),
    },
    generator: Affine {
        x: element_example_256("2"),
        y: element_example_256("8E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8"),
    },
    order: from_hex("8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3"),
    cofactor: 1,
};

// RFC 7091 §7.2: the second example.
#[allow(dead_code, reason = "for the build script and the tests")]
pub(crate) static EXAMPLE_512: Constants<8, Montgomery<8, PrimeExample512>> = Constants {
    name: "id-tc26-gost-3410-2012-512-paramSetTest",
    curve: Curve {
        a: CoefficientA::Any(element_example_512("7")),
        b: element_example_512(concat!(
            "1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43",
            "61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC",
        )),
    },
    generator: Affine {
        x: element_example_512(concat!(
            "24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762",
            "FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A",
        )),
        y: element_example_512(concat!(
            "2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C",
            "83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E",
        )),
    },
    order: from_hex(concat!(
        "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D",
        "A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF",
    )),
    cofactor: 1,
};

const fn element<const N: usize, const C: u64>(digits: &str) -> PseudoMersenne<N, C> {
    PseudoMersenne::new(from_hex(digits))
}
