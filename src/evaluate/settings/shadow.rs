//! Modules of a tree that stand before Python's runners' own.
//!
//! Started in the root of the tree (`python -m pytest`), a runner finds modules there before any other place: a file
//! `pytest.py` is run in its stead, a file `random.py` inside it.

use crate::patch::Tree;

/// The runners, and packages that they import.
const RUNNERS: &str = "\
    _pytest pytest pluggy iniconfig py exceptiongroup tomli pygments packaging xdist execnet pytest_asyncio \
    pytest_cov coverage anyio hypothesis";

/// What they import of the standard library.
const STANDARD: &str = "\
    unittest doctest argparse ast bdb collections contextlib copy dataclasses datetime difflib dis enum \
    fnmatch functools getpass glob importlib inspect json linecache logging operator pathlib pdb platform \
    pprint random re reprlib shlex shutil signal socket string struct subprocess tempfile textwrap threading \
    tokenize traceback types typing unicodedata uuid warnings weakref xml zipfile";

/// Whether a file makes such a module where the base has none.
pub(super) fn shadows(path: &str, base: &dyn Tree) -> bool {
    let module = path.split(['/', '.']).next().unwrap_or(path);
    let code = [".py", ".pyc", ".so"].iter().any(|ending| path.ends_with(ending));
    let named = || RUNNERS.split_whitespace().chain(STANDARD.split_whitespace()).any(|name| name == module);
    let has = |file: String| base.blob(&file).is_some();
    code && named() && !has(format!("{module}.py")) && !has(format!("{module}/__init__.py"))
}
