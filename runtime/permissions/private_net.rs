//! Addresses of this computer and of private networks, which a public name must not lead to.
//!
//! In: the hosts that were granted. Out: what is denied beside them, so that a granted name which resolves to
//! `127.0.0.1` or to a router's address is stopped. No I/O.
//!
//! Names are resolved by whoever owns them: granting `api.example.com` must not open this computer's own services.
//! Granting an address, or `localhost`, opens exactly that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use deno_runtime::deno_permissions::{Host, NetDescriptor};

/// Addresses that are not of the public internet.
const PRIVATE: [(IpAddr, u8); 14] = [
    (v4(0, 0, 0, 0), 8),
    (v4(10, 0, 0, 0), 8),
    (v4(100, 64, 0, 0), 10),
    (v4(127, 0, 0, 0), 8),
    (v4(169, 254, 0, 0), 16),
    (v4(172, 16, 0, 0), 12),
    (v4(192, 168, 0, 0), 16),
    (v4(198, 18, 0, 0), 15),
    (v4(224, 0, 0, 0), 3),
    (v6(0, 0), 127),
    (v6(0xfc00, 0), 7),
    (v6(0xfe80, 0), 10),
    (v6(0xff00, 0), 8),
    (v6(0x64, 0xff9b), 96),
];

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn v6(first: u16, second: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0))
}

/// The hosts to deny where `granted` is allowed; none where everything is.
pub(super) fn denied(granted: &[String]) -> Option<Vec<String>> {
    if granted.is_empty() {
        return None;
    }
    let named: Vec<(IpAddr, u8)> = granted.iter().flat_map(|host| addresses(host)).collect();
    let mut left = PRIVATE.to_vec();
    for excluded in named {
        left = left
            .into_iter()
            .flat_map(|net| split(net, excluded))
            .collect();
    }
    Some(
        left.into_iter()
            .map(|(address, length)| format!("{address}/{length}"))
            .collect(),
    )
}

/// `localhost:80` also means the addresses that it stands for.
pub(super) fn with_local_addresses(mut granted: Vec<String>) -> Vec<String> {
    let local: Vec<String> = granted
        .iter()
        .filter(|host| is_localhost(host))
        .flat_map(|host| {
            let port = host.strip_prefix("localhost").unwrap_or_default();
            [format!("127.0.0.1{port}"), format!("[::1]{port}")]
        })
        .collect();
    granted.extend(local);
    granted
}

fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.starts_with("localhost:")
}

/// The addresses that an entry names.
fn addresses(host: &str) -> Vec<(IpAddr, u8)> {
    if is_localhost(host) {
        return vec![
            (IpAddr::V4(Ipv4Addr::LOCALHOST), 32),
            (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
        ];
    }
    match NetDescriptor::parse_for_list(host).map(|host| host.0) {
        Ok(Host::Ip(address)) => vec![(address, bits(address))],
        Ok(Host::IpSubnet(net)) => vec![(net.addr(), net.prefix_len())],
        _ => Vec::new(),
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// `net` without `excluded`, as nets.
fn split(net: (IpAddr, u8), excluded: (IpAddr, u8)) -> Vec<(IpAddr, u8)> {
    if net.0.is_ipv4() != excluded.0.is_ipv4() || contains(excluded, net) {
        return match contains(excluded, net) {
            true => Vec::new(),
            false => vec![net],
        };
    }
    if !contains(net, excluded) {
        return vec![net];
    }
    let (low, high) = halves(net);
    let mut parts = split(low, excluded);
    parts.extend(split(high, excluded));
    parts
}

fn contains(outer: (IpAddr, u8), inner: (IpAddr, u8)) -> bool {
    outer.0.is_ipv4() == inner.0.is_ipv4()
        && outer.1 <= inner.1
        && prefix(outer.0, outer.1) == prefix(inner.0, outer.1)
}

/// The first `length` bits of an address.
fn prefix(address: IpAddr, length: u8) -> u128 {
    let shift = u32::from(bits(address) - length);
    number(address).checked_shr(shift).unwrap_or(0)
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn halves((address, length): (IpAddr, u8)) -> ((IpAddr, u8), (IpAddr, u8)) {
    let length = length + 1;
    let bit = 1_u128 << (bits(address) - length);
    let low = number(address) & !bit;
    let of = |number: u128| match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(0))),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(number)),
    };
    ((of(low), length), (of(low | bit), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_denied(granted: &[&str], address: &str) -> bool {
        let granted: Vec<String> = granted.iter().map(ToString::to_string).collect();
        let address: IpAddr = address.parse().unwrap();
        let address = (address, bits(address));
        let nets = denied(&granted).unwrap_or_default();
        let net = |text: &String| {
            let (address, length) = text.split_once('/').unwrap();
            (address.parse().unwrap(), length.parse().unwrap())
        };
        nets.iter().any(|text| contains(net(text), address))
    }

    #[test]
    fn public_names_lead_to_no_private_address() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "192.168.1.1",
            "172.31.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "255.255.255.255",
        ] {
            assert!(is_denied(&["api.example.com"], address), "{address}");
        }
        for address in [
            "8.8.8.8",
            "172.32.0.1",
            "2606:4700::1111",
            "126.0.0.1",
            "128.0.0.1",
        ] {
            assert!(!is_denied(&["api.example.com"], address), "{address}");
        }
    }

    #[test]
    fn what_is_granted_by_address_is_not_denied() {
        assert!(!is_denied(&["127.0.0.1:80"], "127.0.0.1"));
        assert!(is_denied(&["127.0.0.1:80"], "127.0.0.2"));
        assert!(!is_denied(&["localhost:80"], "::1"));
        assert!(is_denied(&["localhost:80"], "10.0.0.1"));
        assert!(!is_denied(&["10.0.0.0/8"], "10.200.0.1"));
        assert!(!is_denied(&["10.7.0.0/16"], "10.7.0.1"));
        assert!(is_denied(&["10.7.0.0/16"], "10.8.0.1"));
        assert!(!is_denied(&["[::1]:80"], "::1"));
        assert!(denied(&[]).is_none());
    }

    #[test]
    fn localhost_is_its_addresses() {
        let hosts = with_local_addresses(vec!["localhost:80".to_string(), "a.com".to_string()]);
        assert_eq!(hosts, ["localhost:80", "a.com", "127.0.0.1:80", "[::1]:80"]);
    }
}
