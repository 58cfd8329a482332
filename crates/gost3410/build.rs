//! Computes the tables of multiples of the generators, with the arithmetic of the crate itself.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a loop counter below the constant length of the array"
)]

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

#[allow(dead_code, reason = "the crate uses more of its modules than this script")]
#[path = "src/constants.rs"]
mod constants;
#[allow(dead_code, reason = "as above")]
#[path = "src/curve.rs"]
mod curve;
#[allow(dead_code, reason = "as above")]
#[path = "src/field/mod.rs"]
mod field;
#[allow(dead_code, reason = "as above")]
#[path = "src/limbs.rs"]
mod limbs;
#[allow(dead_code, reason = "as above")]
#[path = "src/montgomery.rs"]
mod montgomery;
#[allow(dead_code, reason = "as above")]
#[path = "src/table.rs"]
mod table;

use constants::Constants;
use curve::{Affine, Projective};
use field::{Field, Residues};
use table::{COMB_ENTRIES, ODD_MULTIPLES, SPACING, TEETH, Tables};

fn main() -> io::Result<()> {
    for source in ["constants.rs", "curve.rs", "field", "limbs.rs", "montgomery.rs", "table.rs"] {
        println!("cargo::rerun-if-changed=src/{source}");
    }
    let directory = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let directory = Path::new(&directory);
    write(&directory.join("crypto_pro_a.rs"), &constants::CRYPTO_PRO_A)?;
    write(&directory.join("crypto_pro_b.rs"), &constants::CRYPTO_PRO_B)?;
    write(&directory.join("crypto_pro_c.rs"), &constants::CRYPTO_PRO_C)?;
    write(&directory.join("tc26_256_a.rs"), &constants::TC26_256_A)?;
    write(&directory.join("tc26_512_a.rs"), &constants::TC26_512_A)?;
    write(&directory.join("tc26_512_b.rs"), &constants::TC26_512_B)?;
    write(&directory.join("tc26_512_c.rs"), &constants::TC26_512_C)?;
    write(&directory.join("example_256.rs"), &constants::EXAMPLE_256)?;
    write(&directory.join("example_512.rs"), &constants::EXAMPLE_512)
}

/// Writes the tables of a generator as a Rust expression.
fn write<const N: usize, F: Residues<N>>(path: &Path, group: &Constants<N, F>) -> io::Result<()> {
    let tables = Tables { comb: comb(group), odd: odd_multiples(group) };
    let blocks: String = tables.comb.iter().map(|block| list(block) + ",\n").collect();
    fs::write(path, format!("Tables {{ comb: [{blocks}], odd: {} }}", list(&tables.odd)))
}

/// The sums under the teeth of each block, by their digits 1 (a set bit) and −1.
fn comb<const N: usize, F: Residues<N>>(group: &Constants<N, F>) -> [[Affine<F>; COMB_ENTRIES]; N] {
    let mut tooth = projective(&group.generator);
    [(); N].map(|()| {
        let teeth = [(); TEETH].map(|()| {
            let value = tooth;
            for _ in 0..SPACING {
                tooth = group.curve.double(&tooth);
            }
            value
        });
        let mut sums = [Projective::INFINITY; COMB_ENTRIES];
        for (set, sum) in sums.iter_mut().enumerate() {
            for (i, tooth) in teeth.iter().enumerate() {
                let positive = i == TEETH - 1 || (set >> i) & 1 == 1;
                let y = if positive { tooth.y } else { tooth.y.neg() };
                *sum = group.curve.add(sum, &Projective { y, ..*tooth });
            }
        }
        to_affine(&sums)
    })
}

fn odd_multiples<const N: usize, F: Residues<N>>(
    group: &Constants<N, F>,
) -> [Affine<F>; ODD_MULTIPLES] {
    let first = projective(&group.generator);
    let twice = group.curve.double(&first);
    let mut multiples = [first; ODD_MULTIPLES];
    for i in 1..ODD_MULTIPLES {
        multiples[i] = group.curve.add(&multiples[i - 1], &twice);
    }
    to_affine(&multiples)
}

fn projective<F: Field>(point: &Affine<F>) -> Projective<F> {
    Projective { x: point.x, y: point.y, z: F::ONE }
}

/// The affine form of points none of which is infinity, with one inversion for all of them.
fn to_affine<F: Field, const COUNT: usize>(points: &[Projective<F>; COUNT]) -> [Affine<F>; COUNT] {
    // products[i] = z₀·…·zᵢ₋₁
    let mut products = [F::ONE; COUNT];
    let mut product = F::ONE;
    let mut i = 0;
    while i < COUNT {
        products[i] = product;
        product = product.mul(&points[i].z);
        i += 1;
    }
    let mut inverse = product.invert();
    let mut out = [Affine { x: F::ZERO, y: F::ZERO }; COUNT];
    while i > 0 {
        i -= 1;
        let own = inverse.mul(&products[i]);
        out[i] = Affine { x: points[i].x.mul(&own), y: points[i].y.mul(&own) };
        inverse = inverse.mul(&points[i].z);
    }
    out
}

/// The points as a Rust array, by what each element holds.
fn list<const N: usize, F: Residues<N>>(points: &[Affine<F>]) -> String {
    let mut out = String::from("[");
    for Affine { x, y } in points {
        let (x, y) = (x.raw(), y.raw());
        _ = writeln!(out, "Affine {{ x: element({x:?}), y: element({y:?}) }},");
    }
    out + "]"
}
