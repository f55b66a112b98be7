//! Where a unit comes back or goes, what stands on both sides of the seam still begins and ends there. Each case is cut
//! down from a published commit on which a unit taken back alone gave a parse error; `of_path` checks all units alone
//! and random sets.

use super::*;

/// Checks all invariants, and every two units together.
fn any_two_can_go(path: &str, old: &str, new: &str) {
    let diff = of_path(path, old, new);
    for a in 0..diff.units.len() {
        for b in 0..a {
            let closed: Vec<usize> = closure(&diff, &BTreeSet::from([a, b])).into_iter().collect();
            let text = without(&diff, &closed);
            assert_eq!(errors(path, text.as_bytes()), 0, "{a} {b}: {text}");
        }
    }
}

/// A statement of Python comes back between statements of its own indentation, not inside what was put around another.
#[test]
fn a_statement_does_not_come_back_into_the_head_of_a_new_block() {
    let old = "def test(app):\n    # First.\n    rv = app.send(\"index.html\")\n    assert rv.age is None\n    rv.close()\n\n    \
               # Second.\n    rv = flask.send(\"index.html\")\n    assert rv.age == 3600\n    rv.close()\n\n    app.age = 3600\n";
    let new = "def test(app):\n    # First.\n    with app.send(\"index.html\") as rv:\n        assert rv.age is None\n\n    \
               # Second.\n    with flask.send(\"index.html\") as rv:\n        assert rv.age == 3600\n\n    app.age = 3600\n";
    of_path("a.py", old, new);
}

/// The line break that begins a statement goes neither with the comment before it nor with the statement before it.
#[test]
fn a_line_break_that_ends_a_statement_stays() {
    let old = "class V:\n    def get(self, source: Any, handler: H) -> core.Schema:\n        schema = handler(self.from_type)\n        \
               return core.no_info_after(\n            self.hook,\n            schema=schema,\n        )\n";
    let new = "class V:\n    def get(self, source: Any, handler: H) -> core.Schema:\n        # Lazy import to avoid cycle:\n        \
               from pydantic.generate import ERRORS\n\n        from_type_schema = handler(self.from_type)\n        \
               schema = core.no_info_after(\n            self.hook,\n            schema=from_type_schema,\n        )\n        \
               try:\n            ser_schema = handler(source)\n        except ERRORS:\n            ser_schema = core.any_schema()\n\n        \
               # The core doesn't accept it, but we should be able to provide an\n        # arbitrary schema:\n        \
               schema['serialization'] = core.wrap(\n            function=lambda v, h: h(v), schema=ser_schema\n        )\n        \
               return schema\n";
    of_path("a.py", old, new);
    let old = "test('a', async ({ page }) => {\n  const value = page.getByTestId('counter-value')\n  \
               const text = await value.innerText({ timeout: 0 })\n  expect(text).toBe('0')\n\n  \
               const increment = page.getByRole('button', { name: 'Increment value' })\n  await increment.click()\n\n  \
               const text2 = await value.innerText({ timeout: 0 })\n  expect(text2).toBe('1')\n\n  const time = page.getByTestId('time')\n})\n";
    let new = "test('a', async ({ page }) => {\n  const value = page.getByTestId('counter-value')\n  \
               await expect(value).toHaveText('0')\n\n  \
               await page.getByRole('button', { name: 'Increment value' }).click()\n  await expect(value).toHaveText('1')\n\n  \
               const status = page.getByTestId('counter-status')\n  \
               await page.getByRole('button', { name: 'Increment async' }).click()\n  await expect(status).toHaveText('loading')\n  \
               await expect(value).toHaveText('3', { timeout: 10000 })\n  await expect(status).toHaveText('idle')\n\n  const time = page.getByTestId('time')\n})\n";
    of_path("a.test.ts", old, new);
    let old = "exports.first = 1;\n\n/* export */ function column() {\n  return 1;\n}\n";
    let new = "exports.first = 1;\n\n/* export */\nclass Base {}\n\nexports.base = Base\n\n/* export */ function column() {\n  return 1;\n}\n";
    of_path("a.js", old, new);
}

/// A statement comes back into a block only if what is left without the block is a place for it.
#[test]
fn a_statement_does_not_come_back_into_an_argument_that_may_go() {
    let old = "fn main() {\n    let mut terminal = ratatui::init();\n    loop {\n        terminal\n            \
               .draw(|frame| frame.render(Text::raw(\"Hello\"), frame.area()))\n            .expect(\"failed\");\n        \
               if event::read().expect(\"failed\").is_key_press() {\n            break;\n        }\n    }\n    ratatui::restore();\n}\n";
    let new = "fn main() -> Result<(), Error> {\n    ratatui::run(|terminal| {\n        loop {\n            \
               terminal.draw(|frame| frame.render(\"Hello\", frame.area()))?;\n            \
               if crossterm::event::read()?.is_key_press() {\n                break Ok(());\n            }\n        }\n    })\n}\n";
    any_two_can_go("src/a.rs", old, new);
}

/// What was put around statements goes only where each of them ends, those that came with it too.
#[test]
fn a_new_value_does_not_stay_behind_without_its_block() {
    let old = "fn f(&mut self) -> R {\n    let at = self.at();\n    let value = unsafe {\n        self.slice(self.start, at)\n    };\n\n    \
               out.push(value);\n    raw.push(value);\n\n    if self.ahead().is_some() {\n        self.bump();\n    }\n    Ok(raw)\n}\n";
    let new = "fn f(&mut self) -> R {\n    let value = if out.is_empty() {\n        let at = self.at();\n        \
               let value = unsafe {\n            self.slice(self.start, at)\n        };\n\n        self.atoms.atom(value)\n    } else {\n        \
               let at = self.at();\n        let value = unsafe {\n            self.slice(self.start, at)\n        };\n\n        \
               out.push(value);\n\n        self.atoms.atom(out)\n    };\n\n    if self.ahead().is_some() {\n        self.bump();\n    }\n    \
               let raw = self.raw();\n    Ok(raw)\n}\n";
    of(old, new);
}

/// The beginning of an element that is still there comes back in front of it, not in front of what is new before it.
#[test]
fn the_beginning_of_an_element_comes_back_at_it() {
    let old = "use a::B;\n\npub(super) const fn day(year: i64) -> i64 {\n    year\n}\n";
    let new = "use a::B;\n\nconst HOURS: f64 = 24.0;\n\n// Days in a year.\nfn days(y: f64) -> u16 {\n    365\n}\n\n\
               fn day(y: f64) -> f64 {\n    y\n}\n";
    let diff = of(old, new);
    let comes = new.find("const HOURS").unwrap_or_default();
    let head = old.find(" fn day").unwrap_or_default();
    let back = diff
        .units
        .iter()
        .flat_map(|unit| &unit.changes)
        .find(|change| change.old[0] < head && head <= change.old[1]);
    assert!(back.is_some_and(|change| change.new[0] > comes), "{:#?}", show(&diff));
}

/// A comma in front of a comment and a new element comes and goes with the element.
#[test]
fn a_separator_before_a_comment_goes_with_the_element_behind_it() {
    let old = "const kinds = {\n  first: kinds.bool,\n  last: kinds.bool\n};\n";
    let new = "const kinds = {\n  first: kinds.bool,\n  last: kinds.bool,\n  // Props of slots.\n  slotProps: kinds.shape({ a: 1 }),\n  \
               // Slots.\n  slots: kinds.shape({ b: 2 })\n};\n";
    let shown = show(&of_path("a.js", old, new));
    assert!(
        shown.iter().any(|unit| unit.ends_with("-> , |  -> slotProps: kinds.shape({ a: 1 })")),
        "{shown:#?}"
    );
}

/// What is put around all of a file with a call is one unit, and the statements in it keep theirs.
#[test]
fn a_call_around_all_statements_is_one_unit() {
    let body = |indent: &str, count: usize| {
        let test = |i: usize| format!("{indent}test('{i}', () => {{\n{indent}  check({i});\n{indent}}});\n");
        (0..count).map(test).collect::<String>()
    };
    let old = format!(
        "const a = 1;\n\n// Some tests.\n\n{}test('last', () => {{\n  old(a);\n}});\n",
        body("", 300)
    );
    let new = format!(
        "const a = 1;\n\n// Some tests.\n\ndescribe('all', () => {{\n{}  test('last', () => {{\n    newer(a);\n  }});\n}});\n",
        body("  ", 300)
    );
    let shown = show(&of_path("a.test.js", &old, &new));
    let wraps: Vec<&String> = shown.iter().filter(|unit| unit.contains("describe('all'")).collect();
    assert!(wraps.len() == 1 && wraps[0].ends_with(" -> describe('all', () => { |  -> });"), "{wraps:#?}");
    assert!(
        shown.iter().any(|unit| unit.starts_with("added") && unit.contains("newer(a)")),
        "{:#?}",
        shown.last()
    );
}

/// A comment comes back with the line that it stands above, where a comma behind both would be read as a part of it.
#[test]
fn a_line_comment_does_not_take_in_a_comma() {
    let entry = |i: usize| format!(",\n    // Styles.\n    'one{i}': {{\n      position: 'relative'\n    }}");
    let list = |changed: usize, entries: usize, by: usize| {
        let other =
            |i: usize| format!("    other{i}: token.number({}),\n", if i < changed { i + by } else { i });
        let others: String = (0..8).map(other).collect();
        let entries: String = (0..entries).map(entry).collect();
        format!("const f = token => {{\n  return {{\n{others}    flex: 'none'{entries}\n  }};\n}};\n")
    };
    for (changed, entries) in (0..6).flat_map(|changed| [(changed, 2), (changed, 3), (changed, 4)]) {
        any_two_can_go("a.js", &list(changed, entries, 0), &list(changed, 0, 100));
    }
}

/// A comment in a block that was empty goes with the statement under it: the bracket stands on no line of its own then.
#[test]
fn a_line_comment_does_not_take_in_a_bracket() {
    let old = "class R {\n  constructor(\n    private readonly object: T,\n    private readonly key: K,\n  ) {}\n}\n";
    let new = "class R {\n  constructor(\n    private readonly object: T,\n    private readonly key: K,\n  ) {\n    \
               this.raw = toRaw(object)\n\n    let shallow = true\n\n    // For an array\n    if (!isArray(object)) {\n      \
               shallow = !isProxy(object)\n    }\n\n    this.shallow = shallow\n  }\n}\n";
    any_two_can_go("a.ts", old, new);
}

/// A unit without which a comment takes in code cannot go alone.
#[test]
fn a_line_comment_does_not_take_in_half_a_statement() {
    let old = "function f(body) {\n  if (callback.length !== 0) {\n    // replace chars not allowed\n    body = body\n      \
               .replace(/a/g, 'b')\n      .replace(/c/g, 'd');\n\n    done(body);\n  }\n}\n";
    let new = "function f(body) {\n  if (callback.length !== 0) {\n    if (body === undefined) {\n      // empty argument\n      body = ''\n    \
               } else if (typeof body === 'string') {\n      // replace chars not allowed\n      body = body\n        \
               .replace(/a/g, 'b')\n        .replace(/c/g, 'd')\n    }\n\n    done(body);\n  }\n}\n";
    any_two_can_go("a.js", old, new);
}

/// Nor a value that comes back where a new one began a line; in a long file with errors no trial tells.
#[test]
fn a_line_comment_does_not_take_in_a_value() {
    let class = |body: &str| {
        let method = |i: usize| format!("  m{i}() {{\n    return {i}\n  }}\n");
        let methods: String = (0..40).map(method).collect();
        format!(
            "}}\nclass C {{\n  redirect(place) {{\n{body}    return this.answer(null)\n  }}\n{methods}}}\n"
        )
    };
    let old = class("    this.header('Location', safeEncode(String(place)))\n");
    let new = class(
        "    const text = String(place)\n    this.header(\n      'Location',\n      // Wide ones are encoded\n      \
         !/[^\\x00-\\xFF]/.test(text) ? text : encode(text)\n    )\n",
    );
    let diff = of_path("a.ts", &old, &new);
    for unit in 0..diff.units.len() {
        let text = without(&diff, &closure(&diff, &BTreeSet::from([unit])).into_iter().collect::<Vec<_>>());
        let comment = text.lines().find(|line| line.contains("Wide ones"));
        assert!(comment.is_none_or(|line| line.trim() == "// Wide ones are encoded"), "{unit}: {text}");
    }
}

/// A tag is one half of what is put around others, also where nothing else is new between the two.
#[test]
fn the_tags_of_an_element_come_and_go_together() {
    let page = |inner: &str| {
        format!(
            "const A = ({{ children }}: P) => (\n  <>\n    <div className=\"text\">{inner}</div>\n  </>\n);\n"
        )
    };
    let (bare, wrapped) = (page("{children}"), page("<Short>{children}</Short>"));
    for (old, new) in [(&bare, &wrapped), (&wrapped, &bare)] {
        let diff = of_path("a.tsx", old, new);
        assert_eq!(diff.units.len(), 1, "{:#?}", show(&diff));
    }
    // Too long for all trials, not for none.
    let page = |client: &str, inner: &str, more: &str, last: &str| {
        let (other, step) =
            (|i: usize| format!("const c{i} = {i};\n"), |i: usize| format!("  step{i}({i});\n"));
        let (others, steps): (String, String) = ((0..40).map(other).collect(), (0..20).map(step).collect());
        format!(
            "{others}export function create<T>(): Result<T> {{\n{client}  const Own = createContext<Proxy<T> | null>(\n    null,\n  );\n  \
             function Both(props: P) {{\n    const value = useMemo(() => proxy(props), [props]);\n    return (\n{inner}    );\n  }}\n\
             {steps}{more}  return {{ Both{last} }};\n}}\n"
        )
    };
    let client = "  const Client = createContext<Sender<T> | null>(\n    null,\n  );\n";
    let more = "\n  function useClient() {\n    const utils = useContext(Client);\n    if (!utils) {\n      \
                throw new Error('useClient() can only be used inside of a <Provider>');\n    }\n    return utils;\n  }\n\n";
    let old = "      <Own.Provider value={value}>\n        {props.children}\n      </Own.Provider>\n";
    let new = "      <Client.Provider value={props.client}>\n        <Own.Provider value={value}>\n          \
               {props.children}\n        </Own.Provider>\n      </Client.Provider>\n";
    let (old, new) = (page("", old, "", ""), page(client, new, more, ", useClient"));
    any_two_can_go("a.tsx", &old, &new);
    any_two_can_go("a.tsx", &new, &old);
}

/// Nothing comes back before the line that begins a script.
#[test]
fn the_line_that_names_the_interpreter_begins_the_file() {
    let old = "/* a */\nimport p from \"p\";\nimport q from \"q\";\nimport { r } from \"r\";\n\nconst x = p(q);\n\nr(x);\n";
    let new = "#!/usr/bin/env node\nconst z = 1;\n\nconst x = y();\n\nr(x, z);\n";
    any_two_can_go("a.ts", old, new);
    any_two_can_go("a.ts", new, old);
}

/// What comes back at one place with two others may stay away when only these come back.
#[test]
fn three_that_come_back_at_one_place_are_tried_by_two() {
    let class = |head: &str, call: &str| {
        format!(
            "class A {{\n  get b() {{\n    const b = [];\n    b.push({head});\n    for (const f of this.d.g) {{\n      \
             if (f.h.i > 0) {{\n        b.push(\n{call}        );\n      }}\n    }}\n    return b;\n  }}\n}}\n"
        )
    };
    let call = "          new M(\n            f.h,\n            this.d,\n            this.e,\n            void 0,\n            \
                k(this.d.l, f.l)\n          )\n";
    let old = class("new C([], this.d, this.e)", call);
    let call = "          new N(this.d, this.o).s(f.h).t(k(this.d.l, f.l)).r()\n";
    let new = class("\n      new N(this.d, this.o).p().q().r()\n    ", call);
    any_two_can_go("a.js", &old, &new);
    any_two_can_go("a.js", &new, &old);
}

/// Of fields with attributes none is rewritten across the others.
#[test]
fn a_type_with_an_attribute_is_not_put_together_from_two() {
    let old = "enum E {\n    /// Doc - (a, b).\n    V(\n        Box<(Option<N>, S, u64, I)>,\n        Option<M>,\n        P,\n    ),\n    W(P),\n}\n";
    let new = "enum E {\n    /// Doc - (b, a).\n    V(\n        #[cfg(not(feature = \"no_module\"))]\n        \
               Box<(Option<N>, I, super::S, u64)>,\n        #[cfg(feature = \"no_module\")] Box<(Option<N>, I)>,\n        \
               Option<M>,\n        P,\n    ),\n    W(P),\n}\n";
    any_two_can_go("src/a.rs", old, new);
}

/// A semicolon in front of a bracket goes only where nothing without one may come to stand before it.
#[test]
fn a_semicolon_before_a_bracket_does_not_go_alone_behind_a_block() {
    let old = "function f() {\n  const a = b\n  if (c) {\n    d()\n  }\n  let e: boolean\n}\n";
    let new = "function f() {\n  const a = b\n  if (c) {\n    d()\n  }\n  ;(a.g ??= new M()).set(c, a)\n}\n";
    any_two_can_go("a.ts", old, new);
    let old =
        "function f() {\n  if (x) {\n    y()\n  }\n  let e: boolean\n  let e: boolean\n  let m: A<B>\n}\n";
    let new = "function f() {\n  for (let n = 0; ; n++) {\n    let e: boolean\n    let e: boolean\n    let m: A<B>\n    \
               for (const i of j) {\n      k(i)\n    }\n    ;[a, b] = [b, a]\n  }\n}\n";
    any_two_can_go("a.ts", old, new);
}
