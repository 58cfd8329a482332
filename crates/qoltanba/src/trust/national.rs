//! The production roots of Kazakhstan's national authority, as data.
//!
//! Each is the subject, the public key, the dates and the SHA-256 fingerprint of a root
//! certificate that the root authority publishes on its site (root.gov.kz). The signature of every
//! root was verified with its own key, and the issuing authorities of the same years were verified
//! under them. A reader confirms a fingerprint by comparing it with the one that the authority
//! gives; the README tells how.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::{TrustAnchor, anchor::AnchorData};
use crate::{
    error::{Error, Result},
    text,
    time::Validity,
};

struct Root {
    /// Subject, DER in Base64.
    name: &'static str,
    /// SubjectPublicKeyInfo, DER in Base64.
    spki: &'static str,
    /// Subject key identifier, hexadecimal.
    key_id: &'static str,
    not_before: &'static str,
    not_after: &'static str,
    /// SHA-256 of the certificate, hexadecimal.
    fingerprint: &'static str,
}

pub(super) fn anchors() -> Result<Vec<TrustAnchor>> {
    ROOTS.iter().map(Root::anchor).collect()
}

impl TrustAnchor {
    /// Whether it is one of the built-in roots of the national authority.
    #[must_use]
    pub fn is_national(&self) -> bool {
        let fingerprint = text::hex(&self.fingerprint());
        ROOTS.iter().any(|root| root.fingerprint == fingerprint)
    }
}

impl Root {
    fn anchor(&self) -> Result<TrustAnchor> {
        let bad = || Error::malformed("built-in trust anchor");
        let decode = |text: &str| BASE64.decode(text).map_err(|_| bad());
        let fingerprint =
            unhex(self.fingerprint).and_then(|f| f.try_into().ok()).ok_or_else(bad)?;
        TrustAnchor::from_data(&AnchorData {
            name: &decode(self.name)?,
            spki: &decode(self.spki)?,
            key_id: &unhex(self.key_id).ok_or_else(bad)?,
            validity: Validity {
                not_before: self.not_before.parse()?,
                not_after: self.not_after.parse()?,
            },
            fingerprint,
        })
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|p| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok()).collect()
}

#[rustfmt::skip]
const ROOTS: &[Root] = &[
    Root {
        // CN=НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022, C=KZ; GOST 34.10-2015, 512 bits
        name: "\
             MFoxSzBJBgNVBAMMQtCd0JXQk9CG0JfQk9CGINCa0KPTmNCb0JDQndCU0KvQoNCj0KjQqyDQntCg0KLQkNCb\
             0KvSmiAoR09TVCkgMjAyMjELMAkGA1UEBhMCS1o=",
        spki: "\
             MIGsMCMGCSqDDgMKAQECAjAWBgoqgw4DCgEBAgIBBggqgw4DCgEDAwOBhAAEgYAuSERhggh2HxeTZwHE50y0\
             564aZK+SHO7SaK63Gkl2NnjLXQn7uL490k0mh6ADgLJmkXYXB0wT1DnPJ6M0/MHiiKfen1zNxgeUh6Vy4lJm\
             OCr70zor5V091pMPHK8BSoukRqBz47o1bTcySqJ9uNNwIHvVjPnWfKhOlSDA9Jpu1A==",
        key_id: "13b00cfba9629f0a3eb6192a2156a24867d0f3bd",
        not_before: "2022-06-15T04:56:12Z",
        not_after: "2045-09-08T04:56:12Z",
        fingerprint: "af77725f8328bb24f89d81da3acdf7cee4324248538b7ba2cd2a860517fb9dca",
    },
    Root {
        // CN=НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST), C=KZ; GOST 34.310-2004
        name: "\
             MFUxRjBEBgNVBAMMPdCd0JXQk9CG0JfQk9CGINCa0KPTmNCb0JDQndCU0KvQoNCj0KjQqyDQntCg0KLQkNCb\
             0KvSmiAoR09TVCkxCzAJBgNVBAYTAkta",
        spki: "\
             MGwwJQYJKoMOAwoBAQEBMBgGCiqDDgMKAQEBAQEGCiqDDgMKAQMBAQADQwAEQO4uBioX+r/T3ryepy2iOzbf\
             7oGoEmjUaM4kUPAf0FsDNRgQj/LLE2yBa7kKjhEoQ4tUZhsqQJiai7MBe1THpg0=",
        key_id: "9d5941018b516bf0f06a7afee88c4eed050fa003",
        not_before: "2020-09-08T09:54:36Z",
        not_after: "2045-09-08T09:54:36Z",
        fingerprint: "c48164ab5ccaaee6b938299a1e3aeebd6f698bb2bd716a0f0d85befc46166aa2",
    },
    Root {
        // CN=НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA), C=KZ; RSA, 4096 bits
        name: "\
             MFQxRTBDBgNVBAMMPNCd0JXQk9CG0JfQk9CGINCa0KPTmNCb0JDQndCU0KvQoNCj0KjQqyDQntCg0KLQkNCb\
             0KvSmiAoUlNBKTELMAkGA1UEBhMCS1o=",
        spki: "\
             MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAo3eyYOtn7Ypn42XsRFBNLKVvf3ZWjJLNbUJ+DEzT\
             88fV4jx2RwjT8DxrZeU/cJ8Ns0owyEGsP+MqqbL45+8q4ybXxkoU9oc/pCqHFORa7nXgxrYThngakx1i4Bp0\
             WwOl8Uy1AsZ44zNaGeWLXHvSF8Mf63a5r+D1aZYiuHrgy3pdDMyhQErJkInwKCe/0C4vBifRmKf3VZsbaZty\
             rsnFLbP7euMJMw/R0OwuwzgX4lVjUhtFzIyE2SARrP4JgQ0iI1ow/0NsCxlglREfDWf93GRmltH/hhe+3DsA\
             j1MtCPYPtJr8unRolY2oZQXgXplBAYlFrxqFxWCkzGr8ZCMXSflZ9MjCQgFq/JhZwqDK1AaI9QPQravxF958\
             untx5KqtjwjsFIBk78e1Gkbe1PbttVMWwbxkYTjWcckc4wH4+aaZGJdC0ZHpuGJdpCHbcBO3jWeivJRJsRH5\
             QyHc5pVrKoPR5TzzPK3w+PiTHU7SiBu1C/kt6zqlZxSdiw53vsbj8zuf7hPRv3K+qeGqzbCELCc0T5dtGe8f\
             qt3PVHZjvb1jwICtqB8hz+cOvowtlkGOn/GQRO4azJCOKOEj1/2YSFj3RSSigupD04OTOGX7Y9D/IgSauzqS\
             NOUIejSnrpdUslbKuu0LSFM7nMyft6mEh9JWAoatGPZRSYW3qHaxXqUCAwEAAQ==",
        key_id: "54b3b740d45b91707bed4a2be41b7b69f8f6ba50",
        not_before: "2020-09-08T10:04:54Z",
        not_after: "2045-09-08T10:04:54Z",
        fingerprint: "9ba06354b626641715182e4d07c9dbaa1777720fa795d03174ffc68876535dcd",
    },
    Root {
        // CN=НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST), O=РМК «МЕМЛЕКЕТТІК ТЕХНИКАЛЫҚ ҚЫЗМЕТ», C=KZ; GOST 34.310-2004, the hierarchy of 2015
        name: "\
             MIGjMUYwRAYDVQQDDD3QndCV0JPQhtCX0JPQhiDQmtCj05jQm9CQ0J3QlNCr0KDQo9Co0Ksg0J7QoNCi0JDQ\
             m9Cr0pogKEdPU1QpMUwwSgYDVQQKDEPQoNCc0JogwqvQnNCV0JzQm9CV0JrQldCi0KLQhtCaINCi0JXQpdCd\
             0JjQmtCQ0JvQq9KaINKa0KvQl9Cc0JXQosK7MQswCQYDVQQGEwJLWg==",
        spki: "\
             MGwwJQYJKoMOAwoBAQEBMBgGCiqDDgMKAQEBAQEGCiqDDgMKAQMBAQADQwAEQJZ1QHWELj/UPjOlbzIrcGzt\
             XU/2J8qpVJzszaftrLY2Q8llV7qZYnUy3N3Bq6vWDy8FOz0KWR2yNE82+7WtthA=",
        key_id: "561e7a76d760190e6ef8a096715076552413af2e",
        not_before: "2015-07-27T05:20:49Z",
        not_after: "2025-07-27T05:20:49Z",
        fingerprint: "9ab210e54e6b0343321131202d9edcc2598f598cfdd9ee4ec1056021ab2e9759",
    },
    Root {
        // CN=НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA), O=РМК «МЕМЛЕКЕТТІК ТЕХНИКАЛЫҚ ҚЫЗМЕТ», C=KZ; RSA, 4096 bits, the hierarchy of 2015
        name: "\
             MIGiMUUwQwYDVQQDDDzQndCV0JPQhtCX0JPQhiDQmtCj05jQm9CQ0J3QlNCr0KDQo9Co0Ksg0J7QoNCi0JDQ\
             m9Cr0pogKFJTQSkxTDBKBgNVBAoMQ9Cg0JzQmiDCq9Cc0JXQnNCb0JXQmtCV0KLQotCG0Jog0KLQldCl0J3Q\
             mNCa0JDQm9Cr0pog0prQq9CX0JzQldCiwrsxCzAJBgNVBAYTAkta",
        spki: "\
             MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAlqLdP8Z8G8sr5fWi+lp8r2fqRe2NLsiuHntkNTqu\
             11bnY7h+q5LlAbTVJiPfFRchqegg64shKdqNy+9rPW3Swq2hwAQQ2HrAwoTaeKPgh3tusVxhRAyEmq2vVwGW\
             muiciuDUSr45hMYMEGb8SwocFdW17gx6b+MYivcQ4UQv+Jgmt1r00tyBd5qcavUISM/xmYqNfj+oxYCpuHto\
             +DSYmkD1LCgObSe8JJ2BMYH1ShF7GoLprvnEh1BhxhYQj9zHqnlgee3j96IeAT+nfB0mOgK06pzMqXUAwJ0i\
             p1F5zSzDhRfE/6Y9GLI5O3mPNeU1LMH70DTPoPHwFg4+Cvo9UGkuYO5ZQBsEPZIAXalW8f11u5O5wA5wQPv/\
             v9Q1NCfjMsu3UiGG7pNemOkOatzIn22aP4ys8Zfrq+UfgDuRsQcevwmSEnhcyQ9CbZv1T28wTHU8WhF3vwB/\
             f93Z2rJorvJuHuJFk/aBPckeQW3eDxgks3L1dZM2nIIeYrUkE3oey223eVQQa/YWAfOF8svVt2HbtQPjhGGj\
             6858xvTYi4FErZA2P5nojgJ7jSdSMWiu8dLt/KjNHTDEIPaYCKvt0qtgS36gV0QCbXGyrSTNIXrXhCeX71SY\
             vJbjPMYmSH94tY6KERSpSd5ixVaVYKbZVbyww8ZTD1PBeL42esSCaZsCAwEAAQ==",
        key_id: "d4a51869ef8b3f15fdeaadbd47e094816b066a3b",
        not_before: "2015-07-27T05:22:53Z",
        not_after: "2025-07-27T05:22:53Z",
        fingerprint: "a7064abc5699827f370c67b09f1a1bfd7ad5e1514d471223df209c08300ea972",
    },
];
