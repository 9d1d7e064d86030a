//! When to try a failed request again, and how long to wait before it.
//!
//! In: an [`HttpError`]. Out: a wait, or nothing when it is time to give up. No side effects.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::HttpError;

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// A server may ask for more; it is asked again after this long anyway.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);

/// The tries that one request has left.
pub(super) struct Attempts {
    left: u32,
    made: u32,
    timed_out: bool,
}

impl Attempts {
    pub(super) fn new(retries: u32) -> Attempts {
        Attempts {
            left: retries,
            made: 0,
            timed_out: false,
        }
    }

    /// The wait before the next try, or `None` if `error` is to be reported.
    pub(super) fn wait_after(&mut self, error: &HttpError) -> Option<Duration> {
        if self.left == 0 || !error.is_transient() {
            return None;
        }
        if matches!(error, HttpError::Timeout { .. }) {
            // A time-out is long already: one more is all that a waiting person should see.
            if self.timed_out {
                return None;
            }
            self.timed_out = true;
        }
        let wait = match error {
            HttpError::Status {
                retry_after: Some(asked),
                ..
            } => (*asked).min(LONGEST_RETRY_AFTER),
            _ => backoff(self.made),
        };
        self.left -= 1;
        self.made += 1;
        Some(wait)
    }
}

/// Doubles with every try made, less up to half at random so that clients do not march in step.
fn backoff(made: u32) -> Duration {
    let full = FIRST_WAIT
        .saturating_mul(2u32.saturating_pow(made))
        .min(LONGEST_WAIT);
    let random = RandomState::new().hash_one(made) % 1000;
    full - full.mul_f64(random as f64 / 2000.0)
}

/// The wait asked for by a `Retry-After` header: seconds, or an HTTP date.
///
/// Source: RFC 9110, section 10.2.3.
pub(super) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = parse_http_date(value)?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Reads the one date form that servers may generate, e.g. `Sun, 06 Nov 1994 08:49:37 GMT`.
fn parse_http_date(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let day: u64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok()?;
    let mut clock = words
        .next()?
        .split(':')
        .map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    if year < 1970 || !(1..=31).contains(&day) || hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    // Days from the civil calendar, counting years from March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year;
    let since_epoch = days.checked_sub(719_468)? * 86_400 + hours * 3600 + minutes * 60 + seconds;
    Some(UNIX_EPOCH + Duration::from_secs(since_epoch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::WaitedFor;

    fn status(status: u16, retry_after: Option<Duration>) -> HttpError {
        HttpError::Status {
            url: String::new(),
            status,
            retry_after,
        }
    }

    #[test]
    fn retry_after_takes_seconds_and_dates() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(
            parse_retry_after("120", now),
            Some(Duration::from_secs(120))
        );
        assert_eq!(
            parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now),
            Some(Duration::from_secs(10))
        );
        assert_eq!(
            parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now),
            Some(Duration::ZERO)
        );
        assert_eq!(parse_retry_after("soon", now), None);
    }

    #[test]
    fn waits_grow_and_end() {
        let mut attempts = Attempts::new(2);
        let first = attempts.wait_after(&status(503, None)).unwrap();
        let second = attempts.wait_after(&status(503, None)).unwrap();
        assert!(first <= FIRST_WAIT && first >= FIRST_WAIT / 2, "{first:?}");
        assert!(second <= FIRST_WAIT * 2 && second >= FIRST_WAIT);
        assert_eq!(attempts.wait_after(&status(503, None)), None);
    }

    #[test]
    fn only_passing_failures_are_tried_again() {
        assert_eq!(Attempts::new(3).wait_after(&status(404, None)), None);
        let asked = Some(Duration::from_secs(3600));
        assert_eq!(
            Attempts::new(3).wait_after(&status(429, asked)),
            Some(LONGEST_RETRY_AFTER)
        );
    }

    #[test]
    fn a_timeout_is_tried_once_more() {
        let timeout = HttpError::Timeout {
            url: String::new(),
            waited_for: WaitedFor::Answer,
            after: Duration::from_secs(30),
        };
        let mut attempts = Attempts::new(5);
        assert!(attempts.wait_after(&timeout).is_some());
        assert!(attempts.wait_after(&timeout).is_none());
    }
}
