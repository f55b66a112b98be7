//! Progress of a run: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use crate::evaluate::{Event, Watcher};
use crate::report::escape;

/// Tells a person how far a run is, on standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    terminal: bool,
    total: usize,
}

impl Progress {
    /// For a run of `total` trials.
    pub(super) fn new(total: usize) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if terminal { ProgressBar::new(total as u64) } else { ProgressBar::hidden() };
        bar.set_length(total as u64);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:30} {pos}/{len} trials · {per_sec} · {eta} left · {wide_msg}")
        {
            bar.set_style(style);
        }
        Self { bar, terminal, total }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        let text = escape::terminal(text);
        if self.terminal {
            self.bar.set_message(text);
        } else {
            eprintln!("{text}");
        }
    }
}

impl Watcher for Progress {
    fn note(&self, event: &Event) {
        match event {
            Event::Preparing(task) => self.line(&format!("{task}: set up, build, controls")),
            Event::Prepared(task, seconds) => self.line(&format!("{task}: ready after {seconds:.1} s")),
            Event::Unready(task, why) => {
                // A reason why trials are invalid must not vanish with the bar.
                self.bar.suspend(|| eprintln!("{}", escape::terminal(&format!("{task}: invalid: {why}"))));
            }
            Event::Known(count) => {
                self.bar.inc(*count as u64);
                // Speed and remaining time speak of this session's work alone.
                self.bar.reset_eta();
                if *count > 0 && *count < self.total {
                    self.line(&format!("{count} of {} trials are there already", self.total));
                }
            }
            Event::Done(record) => {
                self.bar.inc(1);
                let outcome = serde_json::to_value(record.outcome).ok();
                let outcome = outcome.as_ref().and_then(|value| value.as_str()).unwrap_or_default();
                let done = self.bar.position();
                self.line(&format!("{done}/{} {} · {}: {outcome}", self.total, record.task, record.model));
            }
        }
    }
}
