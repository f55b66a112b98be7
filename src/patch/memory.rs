//! A tree of text files in memory, for tests.

use std::collections::BTreeMap;

use super::{Blob, Tree};

/// Path → text.
pub(crate) struct Files(pub BTreeMap<String, String>);

impl Files {
    /// A tree of these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }
}

impl Tree for Files {
    fn blob(&self, path: &str) -> Option<Blob> {
        self.0.get(path).map(|text| Blob { mode: 0o100_644, bytes: text.clone().into_bytes() })
    }

    fn paths(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}
