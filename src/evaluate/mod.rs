//! A trial from start to end: the only place where the parts meet.
pub mod record;
pub use record::Record;
