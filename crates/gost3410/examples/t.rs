use gost3410::*;
use std::time::Instant;
fn main() {
    for p in [ParameterSet::CryptoProA, ParameterSet::Tc26Gost256A, ParameterSet::Tc26Gost512A] {
        let n = p.field_len();
        let k = SigningKey::from_le_bytes(p, &vec![7u8; n]).unwrap();
        let v = k.verifying_key();
        let v2 = VerifyingKey::from_bytes(p, &v.to_bytes());
        println!("{:?}", v2);
        let d = vec![3u8; n];
        let s = k.sign(&d, &[0; 32]).unwrap();
        println!("{:?}", v.verify(&d, &s));
        let t = Instant::now();
        for _ in 0..500 {
            k.sign(&d, &[0; 32]).unwrap();
        }
        println!("sign {:?}", t.elapsed() / 500);
        let t = Instant::now();
        for _ in 0..500 {
            v.verify(&d, &s).ok();
        }
        println!("verify {:?}", t.elapsed() / 500);
    }
}
