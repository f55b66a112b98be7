//! Keys of a structured file, put back one by one.
//!
//! In: three versions of a document (mine, base's, gold's) and a path of keys. Out: mine with that key as the task has
//! it. TOML and JSON are walked alike, by [`Document`].
//!
//! Invariant: keys that are not asked for stay as they are.

/// A file's text on the three sides that matter.
pub(super) struct Texts<'a> {
    /// What the model left.
    pub mine: &'a str,
    /// The base's; none where the base has no such file.
    pub base: Option<&'a str>,
    /// Gold's.
    pub gold: Gold<&'a str>,
}

/// What gold does to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gold<T> {
    /// There is no gold, or it leaves the file alone.
    LeavesAlone,
    /// It deletes the file, or what was looked for in it.
    Deletes,
    /// It has this.
    Has(T),
}

impl<T> Gold<T> {
    /// The same, looked up in what gold has.
    pub fn and_then<U>(self, look: impl FnOnce(T) -> Option<U>) -> Gold<U> {
        match self {
            Self::LeavesAlone => Gold::LeavesAlone,
            Self::Deletes => Gold::Deletes,
            Self::Has(value) => look(value).map_or(Gold::Deletes, Gold::Has),
        }
    }

    /// By reference.
    pub fn as_ref(&self) -> Gold<&T> {
        match self {
            Self::LeavesAlone => Gold::LeavesAlone,
            Self::Deletes => Gold::Deletes,
            Self::Has(value) => Gold::Has(value),
        }
    }

    /// What the task has: gold's where gold changes it, else base's.
    pub fn or(self, base: Option<T>) -> Option<T> {
        match self {
            Self::LeavesAlone => base,
            Self::Deletes => None,
            Self::Has(value) => Some(value),
        }
    }
}

/// A tree of tables.
pub(super) trait Document: Clone + PartialEq {
    /// An empty table.
    fn table() -> Self;
    /// The value of a key, where this is a table that has it.
    fn get(&self, key: &str) -> Option<&Self>;
    /// The value of a key, to be changed.
    fn get_mut(&mut self, key: &str) -> Option<&mut Self>;
    /// Sets or removes a key; nothing where this is no table.
    fn set(&mut self, key: &str, value: Option<Self>);
    /// Keys of a table.
    fn keys(&self) -> Vec<String>;
    /// Elements of a list.
    fn items_mut(&mut self) -> Vec<&mut Self>;
    /// Elements of a list.
    fn items(&self) -> Vec<&Self>;
    /// The text of a string.
    fn text(&self) -> Option<&str>;
}

impl Document for toml::Value {
    fn table() -> Self {
        Self::Table(toml::Table::new())
    }

    fn get(&self, key: &str) -> Option<&Self> {
        self.as_table()?.get(key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.as_table_mut()?.get_mut(key)
    }

    fn set(&mut self, key: &str, value: Option<Self>) {
        let Some(table) = self.as_table_mut() else { return };
        match value {
            Some(value) => {
                table.insert(key.to_owned(), value);
            }
            None => {
                table.remove(key);
            }
        }
    }

    fn keys(&self) -> Vec<String> {
        self.as_table().into_iter().flat_map(|table| table.keys().cloned()).collect()
    }

    fn items_mut(&mut self) -> Vec<&mut Self> {
        self.as_array_mut().into_iter().flatten().collect()
    }

    fn items(&self) -> Vec<&Self> {
        self.as_array().into_iter().flatten().collect()
    }

    fn text(&self) -> Option<&str> {
        self.as_str()
    }
}

impl Document for serde_json::Value {
    fn table() -> Self {
        Self::Object(serde_json::Map::new())
    }

    fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.as_object_mut()?.get_mut(key)
    }

    fn set(&mut self, key: &str, value: Option<Self>) {
        let Some(object) = self.as_object_mut() else { return };
        match value {
            Some(value) => {
                object.insert(key.to_owned(), value);
            }
            None => {
                object.shift_remove(key);
            }
        }
    }

    fn keys(&self) -> Vec<String> {
        self.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect()
    }

    fn items_mut(&mut self) -> Vec<&mut Self> {
        self.as_array_mut().into_iter().flatten().collect()
    }

    fn items(&self) -> Vec<&Self> {
        self.as_array().into_iter().flatten().collect()
    }

    fn text(&self) -> Option<&str> {
        self.as_str()
    }
}

/// A document on the three sides.
pub(super) struct Documents<D> {
    /// What the model left; changed in place.
    pub mine: D,
    base: Option<D>,
    gold: Gold<D>,
    /// Keys that were put back, as `a.b`.
    pub restored: Vec<String>,
}

impl<D: Document> Documents<D> {
    /// Parses all sides; none where mine is no document: the runner will not take it either.
    pub fn parse(texts: &Texts, parse: impl Fn(&str) -> Option<D>) -> Option<Self> {
        Some(Self {
            mine: parse(texts.mine)?,
            base: texts.base.and_then(&parse),
            gold: texts.gold.and_then(&parse),
            restored: Vec::new(),
        })
    }

    /// The value that the task has, given the one in mine.
    fn wanted(&self, path: &[&str], mine: Option<&D>) -> Option<D> {
        let base = self.base.as_ref().and_then(|base| at(base, path));
        if mine == base {
            return base.cloned();
        }
        self.gold.as_ref().and_then(|gold| at(gold, path)).or(base).cloned()
    }

    /// Puts one key back.
    pub fn restore(&mut self, path: &[&str]) {
        let mine = at(&self.mine, path).cloned();
        let wanted = self.wanted(path, mine.as_ref());
        if wanted != mine {
            set(&mut self.mine, path, wanted);
            self.restored.push(path.join("."));
        }
    }

    /// Keys of the table at `path`, in mine or in the base.
    pub fn keys(&self, path: &[&str]) -> Vec<String> {
        let sides = [Some(&self.mine), self.base.as_ref()];
        let mut keys: Vec<String> =
            sides.into_iter().flatten().filter_map(|side| at(side, path)).flat_map(Document::keys).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// Whether the base has this key.
    pub fn base_has(&self, path: &[&str]) -> bool {
        self.base.as_ref().is_some_and(|base| at(base, path).is_some())
    }

    /// Puts `keys` back in every table of the list `list`; tables go by their `name`.
    pub fn restore_in_list(&mut self, list: &str, keys: &[&str]) {
        let named = |side: Option<&D>, name: &str| {
            let tables = side.and_then(|side| side.get(list)).map(Document::items).unwrap_or_default();
            tables.into_iter().find(|table| table.get("name").and_then(Document::text) == Some(name)).cloned()
        };
        let names: Vec<String> = self
            .mine
            .get(list)
            .map(Document::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|table| table.get("name")?.text().map(str::to_owned))
            .collect();
        for name in names {
            let Some(mine) = named(Some(&self.mine), &name) else { continue };
            let mut one = Documents {
                mine,
                base: named(self.base.as_ref(), &name),
                gold: self.gold.as_ref().and_then(|gold| named(Some(gold), &name)),
                restored: Vec::new(),
            };
            for key in keys {
                one.restore(&[key]);
            }
            if one.restored.is_empty() {
                continue;
            }
            self.restored.extend(one.restored.iter().map(|key| format!("{list}.{name}.{key}")));
            let tables = self.mine.get_mut(list).map(Document::items_mut).unwrap_or_default();
            let found = |table: &&mut D| table.get("name").and_then(Document::text) == Some(&name);
            if let Some(table) = tables.into_iter().find(found) {
                *table = one.mine;
            }
        }
    }
}

fn at<'a, D: Document>(document: &'a D, path: &[&str]) -> Option<&'a D> {
    path.iter().try_fold(document, |table, key| table.get(key))
}

fn set<D: Document>(document: &mut D, path: &[&str], value: Option<D>) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut table = document;
    for key in parents {
        if table.get(key).is_none() {
            if value.is_none() {
                return;
            }
            table.set(key, Some(D::table()));
        }
        match table.get_mut(key) {
            Some(inner) => table = inner,
            None => return,
        }
    }
    table.set(last, value);
}
