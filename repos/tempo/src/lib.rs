//! Time as pure logic: durations, schedules, backoff, rate limits and timers.
//!
//! Nothing in this crate sleeps, spawns or asks the operating system for the time. Every type that
//! depends on time is told what time it is, as a [`Moment`], so a day of retries is tested in
//! microseconds and gives the same answer each time.
//!
//! ```
//! use std::time::Duration;
//! use tempo::{Clock, Limiter, ManualClock, TokenBucket};
//!
//! let clock = ManualClock::new();
//! let mut bucket = TokenBucket::new("2/1s".parse()?);
//!
//! assert!(bucket.try_acquire(clock.now(), 2));
//! assert!(!bucket.try_acquire(clock.now(), 1));
//! clock.advance(Duration::from_millis(500));
//! assert!(bucket.try_acquire(clock.now(), 1));
//! # Ok::<(), tempo::ParseError>(())
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`duration`] | reading, writing and rounding of durations such as `1h30m` |
//! | [`calendar`] | dates and minutes of the day, without time zones |
//! | [`cron`] | schedules in the five fields of `crontab` |
//! | [`backoff`] | how long to wait before the next attempt |
//! | [`limit`] | how much may be done in a stretch of time |
//! | [`wheel`] | many timers, cheap to set and to cancel |

pub mod backoff;
pub mod calendar;
pub mod clock;
pub mod cron;
pub mod duration;
pub mod error;
pub mod limit;
pub mod wheel;

pub use crate::backoff::{Constant, Exponential, Jittered, Linear, Policy};
pub use crate::calendar::DateTime;
pub use crate::clock::{Clock, ManualClock, Moment};
pub use crate::cron::Schedule;
pub use crate::duration::{Human, Rounding, Unit};
pub use crate::error::{ParseError, ParseErrorKind};
pub use crate::limit::{Limiter, Rate, SlidingWindow, Strictest, TokenBucket};
pub use crate::wheel::{TimerId, Wheel};
