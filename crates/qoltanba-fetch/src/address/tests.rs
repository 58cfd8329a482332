use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

#[test]
fn addresses_that_are_not_public() {
    let private = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::10.0.0.1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "3ffe::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "2a00::5efe:10.0.0.1",
        "2a00::200:5efe:8.8.8.8",
        "4000::1",
    ];
    for text in private {
        assert!(!is_public(text.parse().unwrap()), "{text}");
    }
}

#[test]
fn addresses_that_are_public() {
    let public = [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "95.56.234.1",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "2a00:1450::1",
        "3ffd::1",
    ];
    for text in public {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
}

proptest! {
    /// No form of IPv6 that carries an IPv4 address is public, whatever it carries.
    #[test]
    fn carried_ipv4_is_never_public(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        let [a, b, c, d] = v4.octets().map(u16::from);
        let (high, low) = (a << 8 | b, c << 8 | d);
        for carried in [
            v4.to_ipv6_mapped(),
            Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            Ipv6Addr::new(0x2a00, 0, 0, 0, 0, 0x5efe, high, low),
            Ipv6Addr::new(0x2001, 0, high, low, 0, 0, 0, 1),
        ] {
            prop_assert!(!is_public(IpAddr::V6(carried)), "{carried}");
        }
    }

    /// The standard library's own predicates never find anything private among the public.
    #[test]
    fn agrees_with_the_predicates_of_the_standard_library(bits: u32, wide: u128) {
        let v4 = Ipv4Addr::from_bits(bits);
        let private = v4.is_private() || v4.is_loopback() || v4.is_link_local()
            || v4.is_broadcast() || v4.is_documentation() || v4.is_multicast()
            || v4.is_unspecified();
        prop_assert!(!(private && is_public(IpAddr::V4(v4))), "{v4}");
        let v6 = Ipv6Addr::from_bits(wide);
        let private = v6.is_loopback() || v6.is_unspecified() || v6.is_multicast()
            || v6.is_unique_local() || v6.is_unicast_link_local();
        prop_assert!(!(private && is_public(IpAddr::V6(v6))), "{v6}");
    }

    /// Whatever is approved is on a host of the list, on port 80, and reads back as itself.
    #[test]
    fn what_is_approved_is_on_the_list(text in "[ -~]{0,40}") {
        for text in [text.clone(), format!("http://{text}"), format!("http://crl.pki.gov.kz{text}")] {
            if let Ok(approved) = AddressPolicy::national().approve(&text) {
                let again = Address::parse(approved.as_str()).unwrap();
                prop_assert_eq!(again.as_str(), approved.as_str());
                let rest = approved.as_str().strip_prefix("http://").unwrap();
                let host = rest.split(['/', '?']).next().unwrap();
                prop_assert!(
                    host == "pki.gov.kz" || host.ends_with(".pki.gov.kz")
                        || host == "root.gov.kz" || host.ends_with(".root.gov.kz"),
                    "{} from {}", approved.as_str(), text
                );
            }
        }
    }
}

#[test]
fn only_listed_hosts_on_listed_ports_are_followed() {
    let policy = AddressPolicy::national();
    for good in [
        "http://ocsp.pki.gov.kz",
        "http://test.pki.gov.kz/ocsp/",
        "http://pki.gov.kz/cert/nca_gost_2022.cer",
        "HTTP://CRL.PKI.GOV.KZ./nca_gost.crl",
        "http://crl.pki.gov.kz:80/nca_gost.crl",
        "http://crl.root.gov.kz/gost2015_2022.crl",
    ] {
        let approved = policy.approve(good).unwrap();
        assert_eq!(approved.reach(), Reach::Public, "{good}");
    }
    let host = |h: &str| AddressFault::Host(h.to_owned());
    for (bad, why) in [
        ("http://example.org/a.crl", host("example.org")),
        ("http://pki.gov.kz.example.org/a.crl", host("pki.gov.kz.example.org")),
        ("http://evilpki.gov.kz/a.crl", host("evilpki.gov.kz")),
        ("http://127.0.0.1/a.crl", host("127.0.0.1")),
        ("http://2130706433/a.crl", host("2130706433")),
        ("http://0x7f.1/a.crl", host("0x7f.1")),
        ("http://[::1]/a.crl", host("[::1]")),
        ("http://localhost/a.crl", host("localhost")),
        ("http://crl.pki.gov.kz:8080/a.crl", AddressFault::Port(8080)),
        ("http://crl.pki.gov.kz:22/a.crl", AddressFault::Port(22)),
        ("https://crl.pki.gov.kz/a.crl", AddressFault::Scheme("https".to_owned())),
        ("ldap://crl.pki.gov.kz/a.crl", AddressFault::Scheme("ldap".to_owned())),
        ("file:///etc/passwd", AddressFault::Malformed),
        ("gopher://crl.pki.gov.kz/a", AddressFault::Scheme("gopher".to_owned())),
        ("http://crl.pki.gov.kz@127.0.0.1/a.crl", AddressFault::UserInfo),
        ("http://u:p@crl.pki.gov.kz/a.crl", AddressFault::UserInfo),
        ("http://crl.pki.gov.kz/../admin", AddressFault::Climbs),
        ("http://crl.pki.gov.kz/%2E%2e/admin", AddressFault::Climbs),
        ("http://crl.pki.gov.kz/a%2f..%2fadmin", AddressFault::Climbs),
        ("/a.crl", AddressFault::Malformed),
        ("crl.pki.gov.kz", AddressFault::Malformed),
        ("", AddressFault::Malformed),
        ("http://", AddressFault::Malformed),
        ("http://crl.pki.gov.kz:0/a", AddressFault::Malformed),
        ("http://crl.pki.gov.kz:99999/a", AddressFault::Malformed),
        ("http://crl.pki.gov.kz\r\nHost: x/a", AddressFault::Malformed),
    ] {
        match policy.approve(bad) {
            Err(found) if found == why => {}
            // What the client's own parser refuses may be refused earlier.
            Err(AddressFault::Malformed) => {}
            other => panic!("{bad}: {other:?}"),
        }
    }
}

#[test]
fn a_rule_that_would_allow_everything_is_refused() {
    for bad in ["*", "*.", "*.kz", "", "a b", "*.*", "a.kz:8080", "a.kz/lists", "a.kz?a", "a@a.kz"]
    {
        assert!(HostRule::parse(bad).is_err(), "{bad}");
    }
    let rule = HostRule::parse("*.pki.gov.kz").unwrap();
    assert!(rule.allows("a.pki.gov.kz") && rule.allows("a.b.pki.gov.kz"));
    assert!(!rule.allows("pki.gov.kz") && !rule.allows(".pki.gov.kz"));
}

#[test]
fn operators_lead_addresses_to_their_mirror() {
    let policy = AddressPolicy::national()
        .mirror("http://crl.pki.gov.kz/", "http://10.0.0.5:8080/lists/")
        .unwrap();
    let approved = policy.approve("http://CRL.pki.gov.kz:80/nca_gost.crl").unwrap();
    assert_eq!(approved.as_str(), "http://10.0.0.5:8080/lists/nca_gost.crl");
    assert_eq!(approved.reach(), Reach::Any);
    // The mirror was given for one folder.
    assert!(policy.approve("http://crl.pki.gov.kz/../admin").is_err());
    assert!(AddressPolicy::none().mirror("http://crl.pki.gov.kz", "http://10.0.0.5/a").is_err());

    let strict = policy.configured_only();
    assert!(strict.approve("http://crl.pki.gov.kz/nca_gost.crl").is_ok());
    let other = strict.approve("http://ocsp.pki.gov.kz/");
    assert_eq!(other, Err(AddressFault::ConfiguredOnly));
}

#[test]
fn every_national_address_is_followed() {
    let policy = AddressPolicy::national();
    let lists = national::LISTS.iter().flat_map(|l| l.complete.iter().chain(l.delta));
    let all = lists.chain(&national::CERTIFICATES).chain([&national::OCSP, &national::TIME_STAMPS]);
    for address in all {
        assert!(policy.approve(address).is_ok(), "{address}");
    }
}
