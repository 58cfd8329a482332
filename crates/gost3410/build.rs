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
#[path = "src/field.rs"]
mod field;
#[allow(dead_code, reason = "as above")]
#[path = "src/limbs.rs"]
mod limbs;
#[allow(dead_code, reason = "as above")]
#[path = "src/table.rs"]
mod table;

use constants::Constants;
use curve::{Affine, Projective};
use field::Fe;
use table::{COMB_ENTRIES, ODD_MULTIPLES, SPACING, TEETH, Tables};

fn main() -> io::Result<()> {
    for source in ["constants", "curve", "field", "limbs", "table"] {
        println!("cargo::rerun-if-changed=src/{source}.rs");
    }
    let directory = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let directory = Path::new(&directory);
    write(&directory.join("crypto_pro_a.rs"), &constants::CRYPTO_PRO_A)?;
    write(&directory.join("tc26_256_a.rs"), &constants::TC26_256_A)?;
    write(&directory.join("tc26_512_a.rs"), &constants::TC26_512_A)
}

/// Writes the tables of a generator as a Rust expression.
fn write<const N: usize, const C: u64>(path: &Path, group: &Constants<N, C>) -> io::Result<()> {
    let tables = Tables { comb: comb(group), odd: odd_multiples(group) };
    let blocks: String = tables.comb.iter().map(|block| list(block) + ",\n").collect();
    fs::write(path, format!("Tables {{ comb: [{blocks}], odd: {} }}", list(&tables.odd)))
}

/// The sums under the teeth of each block, by their digits 1 (a set bit) and −1.
fn comb<const N: usize, const C: u64>(
    group: &Constants<N, C>,
) -> [[Affine<N, C>; COMB_ENTRIES]; N] {
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

fn odd_multiples<const N: usize, const C: u64>(
    group: &Constants<N, C>,
) -> [Affine<N, C>; ODD_MULTIPLES] {
    let first = projective(&group.generator);
    let twice = group.curve.double(&first);
    let mut multiples = [first; ODD_MULTIPLES];
    for i in 1..ODD_MULTIPLES {
        multiples[i] = group.curve.add(&multiples[i - 1], &twice);
    }
    to_affine(&multiples)
}

fn projective<const N: usize, const C: u64>(point: &Affine<N, C>) -> Projective<N, C> {
    Projective { x: point.x, y: point.y, z: Fe::ONE }
}

/// The affine form of points none of which is infinity, with one inversion for all of them.
fn to_affine<const N: usize, const C: u64, const COUNT: usize>(
    points: &[Projective<N, C>; COUNT],
) -> [Affine<N, C>; COUNT] {
    // products[i] = z₀·…·zᵢ₋₁
    let mut products = [Fe::ONE; COUNT];
    let mut product = Fe::ONE;
    let mut i = 0;
    while i < COUNT {
        products[i] = product;
        product = product.mul(&points[i].z);
        i += 1;
    }
    let mut inverse = product.invert();
    let mut out = [Affine { x: Fe::ZERO, y: Fe::ZERO }; COUNT];
    while i > 0 {
        i -= 1;
        let own = inverse.mul(&products[i]);
        out[i] = Affine { x: points[i].x.mul(&own), y: points[i].y.mul(&own) };
        inverse = inverse.mul(&points[i].z);
    }
    out
}

/// The points as a Rust array.
fn list<const N: usize, const C: u64>(points: &[Affine<N, C>]) -> String {
    let mut out = String::from("[");
    for Affine { x, y } in points {
        let (x, y) = (x.canonical(), y.canonical());
        _ = writeln!(out, "Affine {{ x: Fe::new({x:?}), y: Fe::new({y:?}) }},");
    }
    out + "]"
}
