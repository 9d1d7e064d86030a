//! Moments that a fixture names by how long ago they were.
//!
//! In: hours. Out: seconds since 1970, or the text that registries write. Side effects: reads the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// The moment so many hours ago, in seconds since 1970.
pub fn hours_ago(hours: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs().saturating_sub(hours * 3600))
}

/// `2026-11-23T01:24:56.000Z`
pub fn to_rfc3339(seconds: u64) -> String {
    let time: DateTime<Utc> = (UNIX_EPOCH + Duration::from_secs(seconds)).into();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
