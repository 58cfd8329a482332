//! Who asks: an address to count requests by. It is never logged.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use crate::config::Config;

/// Who is at the other end of the connection; in the extensions of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The client behind the proxies that are trusted: the last address that none of them has. What
/// cannot be read ends the search: whoever wrote it may have been anybody.
pub(crate) fn of(config: &Config, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let mut client = extensions.get::<Peer>()?.0.ip().to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    for address in lines.flat_map(|line| line.as_bytes().rsplit(|octet| *octet == b',')) {
        if !is_trusted(config, client) {
            break;
        }
        let address = str::from_utf8(address).ok().and_then(|text| text.trim().parse().ok());
        let Some(address) = address else { break };
        client = IpAddr::to_canonical(&address);
    }
    Some(network(client))
}

/// Who is at the other end, unless that is a proxy that is trusted.
pub(crate) fn of_peer(config: &Config, peer: IpAddr) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    (!is_trusted(config, peer)).then(|| network(peer))
}

fn is_trusted(config: &Config, address: IpAddr) -> bool {
    config.server.trusted_proxies.iter().any(|proxy| proxy.to_canonical() == address)
}

/// Of IPv6 the network of 64 bits, since each client has one.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let settings = "server.trusted_proxies = [\"127.0.0.1\", \"10.0.0.1\"]";
        let config = Config::read(settings, std::iter::empty()).unwrap();
        let mut extensions = Extensions::new();
        extensions.insert(Peer(peer.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.as_bytes().try_into().unwrap());
        }
        of(&config, &extensions, &headers).unwrap().to_string()
    }

    #[test]
    fn a_trusted_proxy_is_no_client_of_its_own() {
        let settings = "server.trusted_proxies = [\"127.0.0.1\"]";
        let config = Config::read(settings, std::iter::empty()).unwrap();
        let of = |peer: &str| of_peer(&config, peer.parse().unwrap());
        assert_eq!((of("127.0.0.1"), of("::ffff:127.0.0.1")), (None, None));
        assert_eq!(of("192.0.2.7"), "192.0.2.7".parse().ok());
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("192.0.2.7:1", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1:1", &["198.51.100.1, 192.0.2.9"]), "192.0.2.9");
        assert_eq!(client("127.0.0.1:1", &["198.51.100.1, 192.0.2.9, 10.0.0.1"]), "192.0.2.9");
        assert_eq!(client("127.0.0.1:1", &["198.51.100.1", "192.0.2.9"]), "192.0.2.9");
        assert_eq!(client("127.0.0.1:1", &["198.51.100.1, nonsense"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1:1", &["192.0.2.66", "қате"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1:1", &["қате, 192.0.2.9"]), "192.0.2.9");
        assert_eq!(client("127.0.0.1:1", &[]), "127.0.0.1");
        assert_eq!(client("[2001:db8:1:2:3::4]:1", &[]), "2001:db8:1:2::");
        assert_eq!(client("[::ffff:192.0.2.7]:1", &[]), "192.0.2.7");
    }
}
