//! Whether a published port takes connections.
//!
//! In: the engine's address, a host port. Out: that it is open, some time. Side effects: connects to it.
//! There is no event for this: it is tried again and again, more and more seldom.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A proxy in front of a port that nobody listens on takes a connection and drops it at once.
const DROPPED_WITHIN: Duration = Duration::from_millis(50);
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Where a published port is reached from here.
pub fn reachable_host(engine: &str, host_ip: &str) -> String {
    if let Some((_, rest)) = engine.split_once("://")
        && !engine.starts_with("unix:")
        && !engine.starts_with("npipe:")
    {
        return rest
            .rsplit_once(':')
            .map_or(rest, |(host, _)| host)
            .to_owned();
    }
    match host_ip.parse::<IpAddr>() {
        Ok(address) if !address.is_unspecified() => address.to_string(),
        _ => Ipv4Addr::LOCALHOST.to_string(),
    }
}

/// Ends when the port takes a connection and keeps it.
pub async fn accepting(host: &str, port: u16) {
    let mut pause = FIRST_PAUSE;
    while !accepts(host, port).await {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn accepts(host: &str, port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((host, port)).await else {
        return false;
    };
    let mut first = [0; 1];
    match tokio::time::timeout(DROPPED_WITHIN, stream.read(&mut first)).await {
        // It waits for us to speak.
        Err(_) => true,
        Ok(answer) => answer.is_ok_and(|count| count > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_engine_has_its_ports_on_its_own_machine() {
        assert_eq!(reachable_host("tcp://10.0.0.7:2375", "0.0.0.0"), "10.0.0.7");
        assert_eq!(
            reachable_host("unix:///run/docker.sock", "0.0.0.0"),
            "127.0.0.1"
        );
        assert_eq!(reachable_host("unix:///run/docker.sock", ""), "127.0.0.1");
        assert_eq!(
            reachable_host("unix:///run/docker.sock", "127.0.0.2"),
            "127.0.0.2"
        );
    }

    #[tokio::test]
    async fn a_port_that_drops_connections_is_not_open() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let dropping = tokio::spawn(async move {
            drop(listener.accept().await.unwrap());
            listener
        });
        assert!(!accepts("127.0.0.1", port).await);
        let _listener = dropping.await.unwrap();
        assert!(accepts("127.0.0.1", port).await);
    }
}
