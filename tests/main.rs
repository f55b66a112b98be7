//! The one integration-test binary: each module runs one flow of kerf for real.

#[cfg(target_os = "linux")]
mod flow;
#[cfg(target_os = "linux")]
mod sandbox;
mod tidy;
#[cfg(target_os = "linux")]
mod util;
