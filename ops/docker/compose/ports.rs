//! `ports`: the short forms, long ones, and ranges → one long form for each port of a container.
//!
//! In: the node of `ports`. Out: the same, in long form. Side effects: none.
//! Source: <https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports>.

use super::error::ComposeError;
use super::node::{Node, Value};
use super::units::PortRange;

/// Writes all ports in their long form.
///
/// # Errors
/// [`ComposeError::Invalid`]: a port that is none, ranges of different sizes, a long form without `target`.
pub(crate) fn expand(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    let Value::List(items) = &mut node.value else {
        return Ok(());
    };
    let mut expanded = Vec::new();
    for (index, mut item) in std::mem::take(items).into_iter().enumerate() {
        let path = format!("{path}[{index}]");
        if item.as_map().is_some() {
            complete(&mut item, &path)?;
            expanded.push(item);
        } else {
            let text = item.as_text().ok_or_else(|| {
                ComposeError::invalid(
                    &item.place,
                    &path,
                    format!("a port expected, found {}", item.kind()),
                )
            })?;
            let ports = short(text)
                .map_err(|message| ComposeError::invalid(&item.place, &path, message))?;
            expanded.extend(ports.into_iter().map(|port| port.node(&item)));
        }
    }
    *items = expanded;
    Ok(())
}

fn complete(item: &mut Node, path: &str) -> Result<(), ComposeError> {
    let place = item.place.clone();
    if item.get("target").is_none_or(Node::is_null) {
        return Err(ComposeError::invalid(
            &place,
            path,
            "'target' is missing: the port within the container",
        ));
    }
    for (key, default) in [("protocol", "tcp"), ("mode", "ingress")] {
        if item.get(key).is_none_or(Node::is_null) {
            item.set(key, Node::text(default, &place));
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Port {
    host_ip: Option<String>,
    published: Option<PortRange>,
    target: u16,
    protocol: String,
}

impl Port {
    fn node(&self, item: &Node) -> Node {
        let place = &item.place;
        let mut node = Node::map(
            [
                ("mode", Node::text("ingress", place)),
                ("target", Node::text(self.target.to_string(), place)),
                ("protocol", Node::text(&*self.protocol, place)),
            ],
            place,
        );
        if let Some(published) = self.published {
            node.set("published", Node::text(published.to_string(), place));
        }
        if let Some(host_ip) = &self.host_ip {
            node.set("host_ip", Node::text(&**host_ip, place));
        }
        node
    }
}

/// `[[host ip:]published:]target[/protocol]`.
fn short(text: &str) -> Result<Vec<Port>, String> {
    let (numbers, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    if !matches!(protocol, "tcp" | "udp" | "sctp") {
        return Err(format!(
            "'{protocol}' is no protocol in '{text}': tcp, udp or sctp"
        ));
    }
    let (front, target) = numbers
        .rsplit_once(':')
        .map_or((None, numbers), |(front, target)| (Some(front), target));
    let (host_ip, published) =
        match front.map(|front| front.rsplit_once(':').unwrap_or(("", front))) {
            Some((ip, published)) => (address(ip, text)?, published),
            None => (None, ""),
        };
    let range = |part: &str| {
        PortRange::parse(part)
            .ok_or_else(|| format!("'{part}' is no port and no range of ports in '{text}'"))
    };
    let target = range(target)?;
    let published = if published.is_empty() {
        None
    } else {
        Some(range(published)?)
    };
    let ports = pair(target, published)
        .ok_or_else(|| format!("ranges of the same size expected in '{text}'"))?;
    let port = |(target, published)| Port {
        host_ip: host_ip.clone(),
        published,
        target,
        protocol: protocol.to_owned(),
    };
    Ok(ports.into_iter().map(port).collect())
}

fn address(ip: &str, text: &str) -> Result<Option<String>, String> {
    let bare = ip
        .strip_prefix('[')
        .and_then(|ip| ip.strip_suffix(']'))
        .unwrap_or(ip);
    if bare.is_empty() {
        return Ok(None);
    }
    bare.parse::<std::net::IpAddr>()
        .map(|ip| Some(ip.to_string()))
        .map_err(|_| format!("'{ip}' is no IP address in '{text}'"))
}

/// Ranges of one size are paired port by port; one target may have a range to be published from.
fn pair(target: PortRange, published: Option<PortRange>) -> Option<Vec<(u16, Option<PortRange>)>> {
    match published {
        None => Some(target.each().map(|target| (target.first, None)).collect()),
        Some(published) if target.size() == 1 => Some(vec![(target.first, Some(published))]),
        Some(published) if target.size() == published.size() => Some(
            target
                .each()
                .map(|target| target.first)
                .zip(published.each().map(Some))
                .collect(),
        ),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<Vec<String>, String> {
        let published = |port: &Port| {
            port.published
                .map(|range| range.to_string())
                .unwrap_or_default()
        };
        let line = |port: Port| {
            format!(
                "{}|{}|{}/{}",
                port.host_ip.as_deref().unwrap_or_default(),
                published(&port),
                port.target,
                port.protocol
            )
        };
        short(text).map(|ports| ports.into_iter().map(line).collect())
    }

    #[test]
    fn short_forms() {
        for (text, expected) in [
            ("80", vec!["||80/tcp"]),
            ("8080:80", vec!["|8080|80/tcp"]),
            ("53:53/udp", vec!["|53|53/udp"]),
            ("127.0.0.1:8080:80", vec!["127.0.0.1|8080|80/tcp"]),
            ("127.0.0.1::80", vec!["127.0.0.1||80/tcp"]),
            ("[::1]:8080:80", vec!["::1|8080|80/tcp"]),
            ("3000-3001", vec!["||3000/tcp", "||3001/tcp"]),
            (
                "9090-9091:8080-8081",
                vec!["|9090|8080/tcp", "|9091|8081/tcp"],
            ),
            ("8000-8009:80", vec!["|8000-8009|80/tcp"]),
            (
                "127.0.0.1:5000-5001:5000-5001/udp",
                vec!["127.0.0.1|5000|5000/udp", "127.0.0.1|5001|5001/udp"],
            ),
        ] {
            assert_eq!(
                written(text).as_deref(),
                Ok(expected
                    .iter()
                    .map(|line| (*line).to_owned())
                    .collect::<Vec<_>>()
                    .as_slice()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_port() {
        for text in [
            "",
            "web",
            "80:web",
            "70000",
            "80/icmp",
            "1-2:1-3",
            "2-1",
            "localhost:80:80",
            "1.2.3:80:80",
            ":",
            "80:",
        ] {
            assert!(short(text).is_err(), "{text}");
        }
    }
}
