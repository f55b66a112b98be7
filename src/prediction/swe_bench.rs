//! Predictions in SWE-bench form: `instance_id`, `model_name_or_path`, `model_patch`, and kerf's optional fields.
//!
//! SWE-PolyBench and SWE-bench-Live leave the model out; SWE-bench Pro writes `patch` or `model_patch`, and its `prefix`,
//! which its harness names results after, stands for the model.
//! A map `id → prediction` may leave the id out of its values. Fields that are not known are no problem: other tools
//! keep much beside these.

use super::fields::Fields;
use super::multi_swe_bench::task_id;
use super::{Body, Prediction, Problem};

/// Reads one prediction; `key` is its id in a map, `model` stands in where none is named.
pub fn read(fields: &Fields<'_>, key: Option<&str>, model: &str) -> Result<Prediction, Problem> {
    let task = match key {
        Some(key) => fields.text("instance_id")?.unwrap_or(key),
        None => fields.needed_text("instance_id")?,
    };
    let patch = match fields.text("model_patch")? {
        Some(patch) => Some(patch),
        None => fields.text("patch")?,
    };
    let model = match fields.text("model_name_or_path")? {
        Some(name) => name,
        None => fields.text("prefix")?.filter(|prefix| !prefix.trim().is_empty()).unwrap_or(model),
    };
    let body = match (patch, fields.text("reply")?) {
        (Some(patch), _) if !patch.trim().is_empty() => Body::Patch(patch.to_owned()),
        (_, Some(reply)) => Body::Reply(reply.to_owned()),
        (patch, None) => Body::Patch(patch.unwrap_or_default().to_owned()),
    };
    Ok(Prediction {
        task: task_id(task),
        model: model.to_owned(),
        scaffold: fields.text("scaffold")?.map(str::to_owned),
        sample: fields.sample()?,
        body,
        cost: fields.cost()?,
        origin: fields.origin(),
    })
}
