//! A kerf that was built without the feature `container`: every image is refused, with that reason.

use std::sync::Arc;

use super::{EngineInfo, Image, Places};
use crate::sandbox::{Sandbox, SandboxError};

const ADVICE: &str = "build kerf with `cargo build --release --features container`";

fn refused(what: String) -> SandboxError {
    SandboxError::NoImage {
        what,
        detail: "this kerf was built without the feature `container`".to_owned(),
        advice: ADVICE.to_owned(),
    }
}

pub(super) fn sandbox(_: &Places, image: &Image, _: bool) -> Result<Arc<dyn Sandbox>, SandboxError> {
    Err(refused(format!("image {}", image.name)))
}

pub(super) fn look(_: &Places) -> Result<EngineInfo, SandboxError> {
    Err(refused("images".to_owned()))
}

#[allow(clippy::unnecessary_wraps, reason = "as with the feature")]
pub(super) fn remove_leftovers(_: &Places) -> Result<usize, SandboxError> {
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_names_the_image_and_what_to_do() {
        let image = Image { name: "a/b:c".to_owned(), workdir: None, repository: "b".to_owned() };
        let places = Places::of(&[].into());
        let Err(error) = sandbox(&places, &image, true) else { panic!("nothing to run it with") };
        insta::assert_snapshot!(error, @"image a/b:c: this kerf was built without the feature `container`; build kerf with `cargo build --release --features container`");
        assert!(look(&places).is_err());
        assert_eq!(remove_leftovers(&places).unwrap(), 0);
    }
}
