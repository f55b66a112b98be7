//! Ini files: sections put back as text, so that whatever dialect they are in stays as it is.

use super::keys::Texts;

/// Sections in order, each with its header line; the first has no name.
fn sections(text: &str) -> Vec<(Option<&str>, String)> {
    let mut found: Vec<(Option<&str>, String)> = vec![(None, String::new())];
    for line in text.split_inclusive('\n') {
        let header = line.trim_end();
        let name = header.strip_prefix('[').and_then(|rest| rest.split(']').next());
        if name.is_some() {
            found.push((name, String::new()));
        }
        if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
        }
    }
    found
}

fn section(text: Option<&str>, wanted: &str) -> Option<String> {
    let all = sections(text?).into_iter().filter(|(name, _)| *name == Some(wanted));
    let joined: String = all.map(|(_, body)| body).collect();
    (!joined.is_empty()).then_some(joined)
}

/// Puts the named sections back; a name also means those that begin with it and a `:` (`testenv:py312`).
pub(super) fn merge(texts: &Texts, names: &[&str]) -> (String, Vec<String>) {
    let ours = |name: &str| {
        names
            .iter()
            .any(|known| name == *known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with(':')))
    };
    let mut wanted: Vec<String> = [Some(texts.mine), texts.base]
        .into_iter()
        .flatten()
        .flat_map(|text| sections(text).into_iter().filter_map(|(name, _)| name.map(str::to_owned)))
        .filter(|name| ours(name))
        .collect();
    wanted.sort();
    wanted.dedup();
    let mut text = texts.mine.to_owned();
    let mut restored = Vec::new();
    for name in wanted {
        let mine = section(Some(texts.mine), &name);
        let base = section(texts.base, &name);
        let task = texts.gold.and_then(|gold| section(Some(gold), &name)).or(base.clone());
        let trimmed = |text: &Option<String>| text.as_ref().map(|text| text.trim_end().to_owned());
        if trimmed(&mine) == trimmed(&base) || trimmed(&mine) == trimmed(&task) {
            continue;
        }
        text = sections(&text)
            .into_iter()
            .filter(|(known, _)| *known != Some(name.as_str()))
            .map(|(_, body)| body)
            .collect();
        if let Some(task) = task {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&task);
        }
        restored.push(format!("[{name}]"));
    }
    (text, restored)
}
