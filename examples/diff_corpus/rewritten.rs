//! Lists of many small elements, most of them changed: the time must grow with their number, not with its square.

use anyhow::ensure;
use serde_json::json;

use super::{changed, cpu, millis, parse_only};
use kerf::diff::diff;
use kerf::syntax::language_of;

/// Elements of the shortest list and of the longest.
const COUNTS: [usize; 2] = [1000, 16_000];
/// Time may grow so many times as fast as the list; with the square it would be sixteen times.
const MOST: f64 = 6.0;

/// A list: file, what stands before and behind, one element.
type Shape = (&'static str, &'static str, &'static str, fn(usize) -> String);

const SHAPES: [Shape; 8] = [
    ("a.rs", "use a::{\n", "};\n", |i| format!("    name{i},\n")),
    ("b.rs", "", "", |i| format!("use a::b{i}::same;\n")),
    ("c.rs", "fn all() {\n", "}\n", |i| format!("    let a{i} = get({i});\n")),
    ("d.rs", "impl T for S {\n", "}\n", |i| format!("    fn a{i}(&self) {{ self.b({i}) }}\n")),
    ("e.ts", "import {\n", "} from 'x';\n", |i| format!("  name{i},\n")),
    ("f.ts", "export const o = {\n", "};\n", |i| format!("  k{i}: {{ a: {i} }},\n")),
    ("g.ts", "", "", |i| format!("// note {i}\nlet c{i} = a({i}); // same\n")),
    ("h.tsx", "const e = <div>\n", "</div>;\n", |i| format!("  <p key=\"{i}\">text {i} {{a{i}}}</p>\n")),
];

/// What happens to the elements.
type Change = (&'static str, fn(usize, &str) -> String);

/// Each gets the number of the place and its element.
const CHANGES: [Change; 3] = [
    ("each second edited", |i, text| if i % 2 == 0 { text.replace('a', "other") } else { text.to_owned() }),
    ("one name replaced in all", |_, text| text.replace('a', "zz")),
    ("in another order", |_, text| text.to_owned()),
];

fn texts(shape: &Shape, change: &Change, count: usize) -> [String; 2] {
    let (_, head, tail, element) = shape;
    let turned = change.0 == "in another order";
    let old: String = (0..count).map(element).collect();
    let new: String =
        (0..count).map(|i| change.1(i, &element(if turned { count - 1 - i } else { i }))).collect();
    [old, new].map(|list| format!("{head}{list}{tail}"))
}

/// Prints a line for each list and change, and one of JSON.
///
/// # Errors
/// Where time grows faster than [`MOST`] allows.
pub fn run() -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for shape in &SHAPES {
        for change in &CHANGES {
            let mut ratios = Vec::new();
            for count in COUNTS {
                let [old, new] = texts(shape, change, count);
                let language = language_of(shape.0).expect("a known ending");
                let (parse, _) = parse_only(language, [old.as_bytes(), new.as_bytes()])?;
                let files = [changed(shape.0, old.as_bytes(), new.as_bytes())];
                let start = cpu();
                let units = diff(&files).units.len();
                let took = cpu().saturating_sub(start);
                println!(
                    "{:6} {:26} {count:6} elements: parse only {:7.1} ms, diff {:8.1} ms, {units} units",
                    shape.0,
                    change.0,
                    millis(parse),
                    millis(took)
                );
                ratios.push(millis(took) / millis(parse));
                rows.push(json!({"list": shape.0, "change": change.0, "elements": count,
                    "parse_ms": millis(parse), "diff_ms": millis(took), "units": units}));
            }
            let growth = ratios[1] / ratios[0];
            ensure!(growth.is_finite() && growth > 0.0, "{} {}: nothing was measured", shape.0, change.0);
            ensure!(growth <= MOST, "{} {}: {growth:.1} times as long for its length", shape.0, change.0);
        }
    }
    println!("{}", json!({ "rewritten": rows }));
    Ok(())
}
