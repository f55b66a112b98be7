//! One file doubled from 1,000 to 256,000 lines: time and memory a line must stay about the same.

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::json;

use super::{changed, cpu, millis, parse_only};
use kerf::diff::diff;

/// A function of ten lines; `edit` changes it in one of several ways.
fn function(number: usize, edit: bool) -> String {
    let (value, extra) = if edit { (number * 3, "    trace(number);\n") } else { (number, "") };
    format!(
        "/// Function {number}.\npub fn step_{number}(input: &[u8]) -> Result<u64, Error> {{\n    \
         let number = input.iter().map(|byte| u64::from(*byte)).sum::<u64>();\n{extra}    \
         if number > {value} {{\n        return Err(Error::Large {{ number, limit: {value} }});\n    }}\n    \
         Ok(number + {number})\n}}\n\n"
    )
}

/// Prints a line for each size, and one of JSON with the growth of time over the growth of size.
pub fn run() -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for lines in (0..9).map(|step| 1000 << step) {
        let count = lines / 10;
        let old: String = (0..count).map(|number| function(number, false)).collect();
        let new: String = (0..count).map(|number| function(number, number % 20 == 7)).collect();
        let language = kerf::syntax::language_of("a.rs").expect("Rust is known");
        let (parse, _) = parse_only(language, [old.as_bytes(), new.as_bytes()])?;
        let files = [changed("a.rs", old.as_bytes(), new.as_bytes())];
        let start = cpu();
        let result = diff(&files);
        let took = cpu().saturating_sub(start);
        let peak = getrusage(UsageWho::RUSAGE_SELF)?.max_rss() / 1024;
        let (units, coarse) = (result.units.len(), result.files.iter().any(|file| file.coarse));
        println!(
            "{lines:7} lines: parse only {:8.1} ms, diff {:8.1} ms, {units} units, coarse {coarse}, peak {peak} MiB",
            millis(parse),
            millis(took)
        );
        rows.push(json!({"lines": lines, "parse_ms": millis(parse), "diff_ms": millis(took), "units": units,
            "coarse": coarse, "peak_mib": peak}));
    }
    println!("{}", json!({ "growth": rows }));
    Ok(())
}
