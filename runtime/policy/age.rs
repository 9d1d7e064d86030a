//! Spans of time as people write and read them: `24h`, `2d`; "6 hours ago".
//!
//! In: texts, durations, moments. Out: the other. Side effects: none.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Reads `90m`, `24h`, `2d`, `1w`; `None` for anything else.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let number: u64 = text[..end].parse().ok()?;
    let unit = match text[end..].trim() {
        "m" | "min" | "minute" | "minutes" => MINUTE,
        "h" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => WEEK,
        _ => return None,
    };
    number.checked_mul(unit).map(Duration::from_secs)
}

/// A number of hours, which may have a fraction.
pub fn of_hours(hours: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(hours * HOUR as f64).ok()
}

/// `6 hours`, `1 day`, `45 minutes`: the biggest unit of which there are at least two, or one.
pub fn words(span: Duration) -> String {
    let seconds = span.as_secs();
    let (count, unit) = match seconds {
        0..MINUTE => (seconds, "second"),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        _ if seconds < 2 * DAY => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// `2026-11-23T01:24:56Z`.
pub fn moment(time: SystemTime) -> String {
    let time: chrono::DateTime<chrono::Utc> = time.into();
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Reads what [`moment`] wrote.
pub fn parse_moment(text: &str) -> Option<SystemTime> {
    let time = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    let seconds = u64::try_from(time.timestamp()).ok()?;
    Some(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_told() {
        assert_eq!(parse("24h"), Some(Duration::from_secs(DAY)));
        assert_eq!(parse("3 days"), Some(Duration::from_secs(3 * DAY)));
        assert_eq!(of_hours(1.5), Some(Duration::from_secs(5400)));
        assert_eq!(of_hours(-1.0), None);
        for text in ["", "h", "24", "1y", "-1h", "99999999999999999999h"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(words(Duration::from_secs(6 * HOUR + 59)), "6 hours");
        assert_eq!(words(Duration::from_secs(DAY)), "24 hours");
        assert_eq!(words(Duration::from_secs(9 * DAY)), "9 days");
        assert_eq!(words(Duration::from_secs(61)), "1 minute");
    }

    #[test]
    fn moments_survive() {
        let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(moment(time), "2023-11-14T22:13:20Z");
        assert_eq!(parse_moment(&moment(time)), Some(time));
    }
}
