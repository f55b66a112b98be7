//! The public harnesses' rules, to the letter: being written.
