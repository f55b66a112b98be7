//! How much memory the machine has to spare.
//!
//! In: the kernel's own figures, where there are any. Out: MiB that could be used now without swapping.

/// None where the system does not say.
pub(super) fn available_mb() -> Option<u64> {
    read(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn read(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb / 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_kernels_words_are_understood() {
        let text = "MemTotal:       24689764 kB\nMemFree: 1 kB\nMemAvailable:   2048000 kB\n";
        assert_eq!(super::read(text), Some(2000));
        assert_eq!(super::read("MemTotal: 1 kB\n"), None);
    }
}
