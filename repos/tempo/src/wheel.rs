//! Many timers, cheap to set and to cancel.

use std::time::Duration;

use crate::clock::Moment;

/// Names a timer of one wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId {
    slot: usize,
    serial: u64,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    serial: u64,
    /// Whole turns of the wheel before the timer is due.
    rounds: u64,
    item: T,
}

/// A hashed timing wheel: a ring of slots, one for each tick, over which a hand moves.
///
/// A timer lies in the slot of its tick and waits there for as many turns as its deadline is away.
/// A deadline between two ticks counts for the later one, so no timer is ever early.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Moment, Wheel};
///
/// let at = |millis| Moment::ORIGIN + Duration::from_millis(millis);
/// let mut wheel = Wheel::new(Duration::from_millis(10), 64);
/// wheel.insert(at(25), "second");
/// wheel.insert(at(15), "first");
/// let never = wheel.insert(at(20), "cancelled");
/// assert_eq!(wheel.cancel(never), Some("cancelled"));
/// assert_eq!(wheel.advance(at(29)), ["first"]);
/// assert_eq!(wheel.advance(at(30)), ["second"]);
/// ```
#[derive(Debug, Clone)]
pub struct Wheel<T> {
    tick: Duration,
    slots: Vec<Vec<Entry<T>>>,
    /// The tick at which the hand stands.
    current: u64,
    next_serial: u64,
}

impl<T> Wheel<T> {
    /// An empty wheel at the origin. A tick lasts at least a nanosecond, and there is at least one
    /// slot.
    pub fn new(tick: Duration, slots: usize) -> Self {
        Self {
            tick: tick.max(Duration::from_nanos(1)),
            slots: (0..slots.max(1)).map(|_| Vec::new()).collect(),
            current: 0,
            next_serial: 0,
        }
    }

    /// Timers that have been set and neither fired nor been cancelled.
    pub fn len(&self) -> usize {
        self.slots.iter().map(Vec::len).sum()
    }

    /// Whether there is no timer.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(Vec::is_empty)
    }

    /// Sets a timer. One whose deadline has passed fires at the next tick.
    pub fn insert(&mut self, deadline: Moment, item: T) -> TimerId {
        let due = self.ticks_until(deadline).max(self.current + 1);
        let serial = self.next_serial;
        self.next_serial += 1;
        let rounds = (due - self.current - 1) / self.turn();
        let slot = self.slot_of(due);
        self.slots[slot].push(Entry {
            serial,
            rounds,
            item,
        });
        TimerId { slot, serial }
    }

    /// Takes a timer out. None if it has fired or been cancelled before.
    pub fn cancel(&mut self, id: TimerId) -> Option<T> {
        let slot = self.slots.get_mut(id.slot)?;
        let index = slot.iter().position(|entry| entry.serial == id.serial)?;
        Some(slot.remove(index).item)
    }

    /// Moves the hand to `now` and takes out all timers that are due, in the order of their ticks
    /// and, within a tick, of their insertion.
    ///
    /// However far the hand moves, each slot is looked at once at most.
    pub fn advance(&mut self, now: Moment) -> Vec<T> {
        let target = self.ticks_before(now).max(self.current);
        let last = target.min(self.current + self.turn());
        let mut fired = Vec::new();
        for tick in self.current + 1..=last {
            let slot = self.slot_of(tick);
            let entries = std::mem::take(&mut self.slots[slot]);
            for mut entry in entries {
                if entry.rounds == 0 {
                    fired.push(entry.item);
                } else {
                    entry.rounds -= 1;
                    self.slots[slot].push(entry);
                }
            }
        }
        self.current = target;
        fired
    }

    /// Ticks in one turn of the wheel.
    fn turn(&self) -> u64 {
        self.slots.len() as u64
    }

    fn slot_of(&self, tick: u64) -> usize {
        // Less than the number of slots, so it fits.
        usize::try_from(tick % self.turn()).unwrap_or(0)
    }

    fn tick_nanos(&self) -> u64 {
        u64::try_from(self.tick.as_nanos()).unwrap_or(u64::MAX)
    }

    fn ticks_before(&self, moment: Moment) -> u64 {
        moment.as_nanos() / self.tick_nanos()
    }

    fn ticks_until(&self, moment: Moment) -> u64 {
        moment.as_nanos().div_ceil(self.tick_nanos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::ORIGIN + Duration::from_millis(millis)
    }

    fn wheel(slots: usize) -> Wheel<u32> {
        Wheel::new(Duration::from_millis(1), slots)
    }

    #[test]
    fn timers_wait_for_their_turn() {
        let mut wheel = wheel(4);
        wheel.insert(at(2), 1);
        wheel.insert(at(6), 2);
        assert_eq!(wheel.advance(at(4)), [1]);
        assert_eq!(wheel.advance(at(5)), []);
        assert_eq!(wheel.advance(at(6)), [2]);
        assert!(wheel.is_empty());
    }

    #[test]
    fn a_deadline_in_the_past_fires_at_the_next_tick() {
        let mut wheel = wheel(8);
        wheel.advance(at(5));
        wheel.insert(at(1), 1);
        assert_eq!(wheel.advance(at(5)), []);
        assert_eq!(wheel.advance(at(6)), [1]);
    }

    #[test]
    fn a_timer_is_cancelled_once() {
        let mut wheel = wheel(8);
        let id = wheel.insert(at(3), 1);
        assert_eq!(wheel.len(), 1);
        assert_eq!(wheel.cancel(id), Some(1));
        assert_eq!(wheel.cancel(id), None);
        assert_eq!(wheel.advance(at(3)), []);
    }

    #[test]
    fn the_hand_never_goes_back() {
        let mut wheel = wheel(8);
        wheel.advance(at(6));
        wheel.insert(at(8), 1);
        assert_eq!(wheel.advance(at(2)), []);
        assert_eq!(wheel.advance(at(8)), [1]);
    }
}
