//! OpenPGP's outer form: armor, packets, numbers.
//!
//! In: text or bytes. Out: packets and their parts. Side effects: none.
//!
//! Source: RFC 9580, sections 3, 4.2 and 6; old packets (section 4.2.2) are what GnuPG writes.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// What cannot be read, for people.
pub(super) type Malformed = String;

/// A packet's number and content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
}

/// Takes bytes from the front.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or("it ends in the middle of a packet")?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(self.take(1)?[0])
    }

    /// A big-endian number of `bytes` bytes, at most four.
    pub(super) fn number(&mut self, bytes: usize) -> Result<usize, Malformed> {
        let taken = self.take(bytes)?;
        Ok(taken
            .iter()
            .fold(0, |number, byte| (number << 8) | usize::from(*byte)))
    }

    /// A multi-precision integer, without its length.
    pub(super) fn integer(&mut self) -> Result<&'a [u8], Malformed> {
        let bits = self.number(2)?;
        self.take(bits.div_ceil(8))
    }
}

/// The bytes within armor of one kind: `SIGNATURE`, `PUBLIC KEY BLOCK`.
pub(super) fn dearmor(text: &str, kind: &str) -> Result<Vec<u8>, Malformed> {
    let begin = format!("-----BEGIN PGP {kind}-----");
    let end = format!("-----END PGP {kind}-----");
    let (_, rest) = text
        .split_once(&begin)
        .ok_or_else(|| format!("expected `{begin}`"))?;
    let (inside, _) = rest
        .split_once(&end)
        .ok_or_else(|| format!("expected `{end}`"))?;
    let encoded: String = inside
        .lines()
        .map(str::trim)
        // Headers such as `Version: 1`, then the data, then a checksum that nobody needs.
        .filter(|line| !line.contains(": ") && !line.starts_with('='))
        .collect();
    BASE64_STANDARD
        .decode(encoded)
        .map_err(|_| "the armored text is not base64".to_owned())
}

/// Every packet of `bytes`.
pub(super) fn packets(bytes: &[u8]) -> Result<Vec<Packet<'_>>, Malformed> {
    let mut reader = Reader(bytes);
    let mut packets = Vec::new();
    while !reader.0.is_empty() {
        packets.push(packet(&mut reader)?);
    }
    Ok(packets)
}

fn packet<'a>(reader: &mut Reader<'a>) -> Result<Packet<'a>, Malformed> {
    let header = reader.byte()?;
    let (tag, length) = match header {
        0xc0.. => (header & 0x3f, new_length(reader)?),
        0x80..0xc0 => {
            let bytes = match header & 3 {
                3 => return Err("packets without a length are not supported".into()),
                size => 1 << size,
            };
            ((header >> 2) & 0xf, reader.number(bytes)?)
        }
        _ => return Err("it is not made of OpenPGP packets".into()),
    };
    Ok(Packet {
        tag,
        body: reader.take(length)?,
    })
}

/// The length of a packet or, without the partial ones, of a subpacket.
fn new_length(reader: &mut Reader<'_>) -> Result<usize, Malformed> {
    match reader.byte()? {
        first @ 0..192 => Ok(usize::from(first)),
        first @ 192..224 => Ok(((usize::from(first) - 192) << 8) + reader.number(1)? + 192),
        224..255 => Err("packets in parts are not supported".into()),
        255 => reader.number(4),
    }
}

/// A subpacket of a signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subpacket<'a> {
    pub(super) kind: u8,
    pub(super) is_critical: bool,
    pub(super) body: &'a [u8],
}

/// Every subpacket of an area.
pub(super) fn subpackets(area: &[u8]) -> Result<Vec<Subpacket<'_>>, Malformed> {
    let mut reader = Reader(area);
    let mut found = Vec::new();
    while !reader.0.is_empty() {
        let length = match reader.byte()? {
            first @ 0..192 => usize::from(first),
            first @ 192..255 => ((usize::from(first) - 192) << 8) + reader.number(1)? + 192,
            255 => reader.number(4)?,
        };
        let mut inner = Reader(reader.take(length)?);
        let kind = inner.byte()?;
        found.push(Subpacket {
            kind: kind & 0x7f,
            is_critical: kind & 0x80 != 0,
            body: inner.0,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_all_forms() {
        let mut bytes = vec![0xc2, 3, 1, 2, 3, 0x88, 1, 9];
        bytes.extend([0xc6, 192, 8]);
        bytes.extend([7; 200]);
        let found = packets(&bytes).unwrap();
        let seen: Vec<_> = found
            .iter()
            .map(|packet| (packet.tag, packet.body.len()))
            .collect();
        assert_eq!(seen, [(2, 3), (2, 1), (6, 200)]);
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        for bytes in [
            &[0xc2][..],
            &[0xc2, 5, 1],
            &[0xc2, 255, 255, 255, 255, 255],
            &[0x8b, 1],
            &[0x00],
            &[0xc2, 230, 1],
        ] {
            packets(bytes).unwrap_err();
        }
        subpackets(&[5, 2]).unwrap_err();
        subpackets(&[0]).unwrap_err();
        Reader(&[0xff, 0xff, 1]).integer().unwrap_err();
        dearmor(
            "-----BEGIN PGP SIGNATURE-----\n\n!\n-----END PGP SIGNATURE-----",
            "SIGNATURE",
        )
        .unwrap_err();
    }
}
