//! Predictions in Multi-SWE-bench form: `org`, `repo`, `number`, `fix_patch`; or an id `org/repo:pr-N` for the first
//! three. The task is named `org__repo-N`, as in SWE-bench's ids.

use super::fields::Fields;
use super::{Body, Prediction, Problem};

/// Whether an object is in this form.
pub fn is_form(fields: &Fields<'_>) -> bool {
    fields.has("fix_patch") || (fields.has("org") && fields.has("number"))
}

/// `org/repo:pr-N` → `org__repo-N`; any other id as it is.
pub fn task_id(id: &str) -> String {
    let parts = id.split_once('/').and_then(|(org, rest)| Some((org, rest.split_once(":pr-")?)));
    match parts {
        Some((org, (repo, number)))
            if number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty() =>
        {
            format!("{org}__{repo}-{number}")
        }
        _ => id.to_owned(),
    }
}

/// Reads one prediction; `model` stands in where none is named.
pub fn read(fields: &Fields<'_>, key: Option<&str>, model: &str) -> Result<Prediction, Problem> {
    let id = match key {
        Some(key) => Some(key),
        None => fields.text("instance_id").ok().flatten().or(fields.text("id").ok().flatten()),
    };
    let task = match id {
        Some(id) if !fields.has("number") => task_id(id),
        _ => {
            let number = match fields.count("number") {
                Ok(Some(number)) => number,
                Ok(None) => return Err(fields.problem("number", "is missing")),
                // Some writers quote it.
                Err(problem) => {
                    fields.text("number").ok().flatten().and_then(|text| text.parse().ok()).ok_or(problem)?
                }
            };
            format!("{}__{}-{number}", fields.needed_text("org")?, fields.needed_text("repo")?)
        }
    };
    Ok(Prediction {
        task,
        model: fields.text("model_name_or_path")?.unwrap_or(model).to_owned(),
        scaffold: fields.text("scaffold")?.map(str::to_owned),
        sample: fields.sample()?,
        body: Body::Patch(fields.text("fix_patch")?.unwrap_or_default().to_owned()),
        cost: fields.cost()?,
        origin: fields.origin(),
    })
}

#[cfg(test)]
mod tests {
    use super::task_id;

    #[test]
    fn ids() {
        assert_eq!(task_id("tokio-rs/bytes:pr-543"), "tokio-rs__bytes-543");
        assert_eq!(task_id("tokio-rs__bytes-543"), "tokio-rs__bytes-543");
        assert_eq!(task_id("a/b:pr-x"), "a/b:pr-x");
    }
}
