//! Sizes, durations, port ranges and other values that compose files write as text.
//!
//! In: their text. Out: numbers with a unit in the type. Side effects: none.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// An amount of memory in bytes. Written as digits, as `docker compose config` has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// A limit of memory and swap together, in bytes; −1 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwapLimit(pub i64);

/// A span of time. Written as in `1m30s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// A number of devices; −1 is all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Count(pub i64);

/// Permission bits. Written as octal text: `"0440"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode(pub u32);

/// One port of the host, or a range of which the engine picks one. Written as text: `"8000-8010"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortRange {
    pub first: u16,
    pub last: u16,
}

/// Bytes from `512`, `64k`, `1.5gb`, `2GiB`. Units are powers of 1024, as everywhere in Docker.
pub(crate) fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    let letter = unit
        .strip_suffix("ib")
        .or_else(|| unit.strip_suffix('b'))
        .unwrap_or(unit);
    let power = ["", "k", "m", "g", "t", "p"]
        .iter()
        .position(|known| *known == letter)?;
    let factor = 1024_u64.checked_pow(u32::try_from(power).ok()?)?;
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    (bytes.is_finite() && bytes < 9e18).then_some(bytes as u64)
}

/// A span from `90s`, `1m30s`, `1.5h`, `500ms`, or whole seconds without a unit where that is zero.
///
/// Source: Go's `time.ParseDuration`, which compose files follow.
pub(crate) fn parse_span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))?;
        let number: f64 = rest[..end].parse().ok()?;
        let unit_end = rest[end..]
            .find(|letter: char| letter.is_ascii_digit() || letter == '.')
            .map_or(rest.len(), |index| end + index);
        let seconds = match &rest[end..unit_end] {
            "d" => 86_400.0,
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        total = total.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = &rest[unit_end..];
    }
    (!text.trim().is_empty()).then_some(total)
}

/// Permission bits: octal, with or without a leading `0` or `0o`.
pub(crate) fn parse_mode(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim_start_matches("0o"), 8)
        .ok()
        .filter(|mode| *mode <= 0o7777)
}

impl PortRange {
    /// A range from `80` or `8000-8010`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last).then_some(Self { first, last })
    }

    /// How many ports it has.
    pub(crate) fn size(self) -> u32 {
        u32::from(self.last - self.first) + 1
    }

    /// Its ports, each as a range of one.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (self.first..=self.last).map(|port| Self {
            first: port,
            last: port,
        })
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.first)?;
        if self.last > self.first {
            write!(formatter, "-{}", self.last)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        if seconds == 0 && self.0.subsec_nanos() > 0 {
            return write!(formatter, "{:?}", self.0);
        }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        if hours > 0 {
            write!(formatter, "{hours}h")?;
        }
        if seconds >= 60 {
            write!(formatter, "{minutes}m")?;
        }
        let rest = Duration::new(seconds % 60, self.0.subsec_nanos());
        write!(formatter, "{}s", rest.as_secs_f64())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for SwapLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("0{:o}", self.0))
    }
}

impl Serialize for PortRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("512", 512),
            ("64k", 65_536),
            ("64kb", 65_536),
            ("1.5g", 1_610_612_736),
            ("2GiB", 2_147_483_648),
            ("1 MB", 1_048_576),
            ("3b", 3),
        ] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for text in ["", "k", "-1", "1x", "1.2.3g", "99999999t", "99999p"] {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
    }

    #[test]
    fn spans() {
        for (text, milliseconds, written) in [
            ("90s", 90_000, "1m30s"),
            ("1m30s", 90_000, "1m30s"),
            ("1.5h", 5_400_000, "1h30m0s"),
            ("500ms", 500, "500ms"),
            ("0", 0, "0s"),
            ("2s500ms", 2500, "2.5s"),
        ] {
            let span = parse_span(text);
            assert_eq!(span, Some(Duration::from_millis(milliseconds)), "{text}");
            assert_eq!(Span(span.unwrap()).to_string(), written);
        }
        for text in ["", "5", "s", "5x", "-1s", "1e400h"] {
            assert_eq!(parse_span(text), None, "{text}");
        }
    }

    #[test]
    fn ports_and_modes() {
        assert_eq!(
            PortRange::parse("80"),
            Some(PortRange {
                first: 80,
                last: 80
            })
        );
        assert_eq!(
            PortRange::parse("80-82")
                .map(|range| range.to_string())
                .as_deref(),
            Some("80-82")
        );
        assert_eq!(
            (
                PortRange::parse("82-80"),
                PortRange::parse("70000"),
                PortRange::parse("a")
            ),
            (None, None, None)
        );
        assert_eq!(
            (
                parse_mode("0440"),
                parse_mode("440"),
                parse_mode("0o440"),
                parse_mode("999")
            ),
            (Some(0o440), Some(0o440), Some(0o440), None)
        );
    }
}
