//! Which repository's logs are read how.
//!
//! In: `org/repo`, or the name of a family. Out: a reader. The table holds the classes that the package's report step
//! can reach: it makes instances from organisation and repository alone, so the classes for intervals of pull requests
//! (1 805 of 2 022) never read a log for a verdict.
//!
//! Invariant: a repository stands in one row.

use super::javascript as js;
use super::rules::{self, Rules};
use super::sets::Sets;
use super::{cpp, lines, other, python};
use crate::harness::Format;
use crate::harness::foreign::Raised;

/// A reader with the repositories that it is for.
struct Row {
    name: &'static str,
    read: fn(&str, u64) -> Result<Sets, Raised>,
    repositories: &'static [&'static str],
}

/// How a repository's logs are read.
#[derive(Clone, Copy)]
pub struct Family(&'static Row);

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Family {
    /// By repository (`clap-rs/clap`) or by name (`cargo`).
    pub fn of(name: &str) -> Option<Self> {
        let exact = ROWS.iter().find(|row| row.repositories.contains(&name));
        exact.or_else(|| ROWS.iter().find(|row| row.name == name)).map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().map(|row| row.name)
    }

    pub(super) fn read(self, text: &str, number: u64) -> Result<Sets, Raised> {
        (self.0.read)(text, number)
    }
}

/// All repositories that can be read.
pub fn repositories() -> impl Iterator<Item = &'static str> {
    ROWS.iter().flat_map(|row| row.repositories.iter().copied())
}

/// The family for a format of kerf's, where no repository is given: the one that most repositories with such a runner
/// have. None of them reads JUnit XML, nextest or unittest; surefire, cargo and django stand in for those.
pub fn family_for(format: Format) -> &'static str {
    match format {
        Format::Cargo | Format::Nextest => "cargo",
        Format::Junit => "surefire",
        Format::Jest => "dayjs",
        Format::Vitest => "svelte",
        Format::Mocha => "axios",
        Format::Node => "marked",
        Format::Tap => "zx",
        Format::Pytest => "pytest",
        Format::Unittest => "django",
        Format::Go => "go",
    }
}

/// A row that is patterns only.
macro_rules! patterns {
    ($name:literal, $rules:expr, $($repository:literal),+) => {
        Row {
            name: $name,
            read: |text, _| {
                const RULES: Rules = $rules;
                Ok(rules::read(text, &RULES))
            },
            repositories: &[$($repository),+],
        }
    };
}

/// A row with a function of its own.
macro_rules! own {
    ($name:literal, $read:expr, $($repository:literal),+) => {
        Row { name: $name, read: $read, repositories: &[$($repository),+] }
    };
}

const ROWS: &[Row] = &[
    patterns!(
        "cargo",
        lines::CARGO,
        "BurntSushi/ripgrep",
        "alacritty/alacritty",
        "bee-san/RustScan",
        "clap-rs/clap",
        "fish-shell/fish-shell",
        "helix-editor/helix",
        "nushell/nushell",
        "rayon-rs/rayon",
        "rusqlite/rusqlite",
        "rust-lang/mdBook",
        "serde-rs/serde",
        "sharkdp/bat",
        "sharkdp/fd",
        "tokio-rs/bytes",
        "tokio-rs/tokio",
        "tokio-rs/tracing"
    ),
    patterns!(
        "go",
        lines::GO,
        "beego/beego",
        "caddyserver/caddy",
        "cli/cli",
        "concourse/concourse",
        "fatedier/frp",
        "gohugoio/hugo",
        "istio/istio",
        "jesseduffield/lazygit",
        "junegunn/fzf",
        "labstack/echo",
        "nats-io/nats-server",
        "nektos/act",
        "prometheus/prometheus",
        "syncthing/syncthing"
    ),
    patterns!(
        "go-parent",
        lines::GO_PARENT,
        "etcd-io/etcd",
        "gin-gonic/gin",
        "go-gorm/gorm",
        "grpc/grpc-go",
        "zeromicro/go-zero"
    ),
    own!(
        "nothing",
        |_, _| Ok(Sets::default()),
        "ReactiveX/RxJava",
        "eclipse-vertx/vert.x",
        "keycloak/keycloak",
        "pmd/pmd",
        "facebook/docusaurus",
        "scala-js/scala-js",
        "scala-native/scala-native"
    ),
    own!(
        "surefire",
        |text, _| Ok(other::surefire(text, true)),
        "apache/dubbo",
        "fasterxml/jackson-core",
        "fasterxml/jackson-databind",
        "fasterxml/jackson-dataformat-xml"
    ),
    own!("surefire-plain", |text, _| Ok(other::surefire(text, false)), "alibaba/fastjson2"),
    patterns!(
        "gradle",
        lines::GRADLE,
        "junit-team/junit5",
        "micronaut-projects/micronaut-core",
        "spotbugs/spotbugs",
        "Kotlin/kotlinx.coroutines",
        "ankidroid/Anki-Android",
        "pinterest/ktlint",
        "streetcomplete/StreetComplete",
        "thunderbird/thunderbird-android"
    ),
    patterns!("gradle-no-cache", lines::GRADLE_NO_CACHE, "elastic/logstash", "mockito/mockito"),
    patterns!("jib", lines::JIB, "googlecontainertools/jib"),
    patterns!("openrefine", lines::OPENREFINE, "OpenRefine/OpenRefine", "apache/shenyu"),
    patterns!("graylog", lines::GRAYLOG, "Graylog2/graylog2-server"),
    patterns!("kafka-ui", lines::KAFKA_UI, "provectus/kafka-ui"),
    own!("checkstyle", |text, _| other::checkstyle(text), "checkstyle/checkstyle"),
    own!("gson", |text, _| Ok(other::gson(text)), "google/gson"),
    patterns!(
        "ctest",
        lines::CTEST,
        "OpenMathLib/OpenBLAS",
        "fluent/fluent-bit",
        "libgit2/libgit2",
        "libsdl-org/SDL",
        "CGAL/cgal",
        "root-project/root"
    ),
    patterns!(
        "ctest-end",
        lines::CTEST_END,
        "fmtlib/fmt",
        "nlohmann/json",
        "rdkit/rdkit",
        "simdjson/simdjson"
    ),
    patterns!("halide", lines::HALIDE, "halide/Halide"),
    patterns!("automake", lines::AUTOMAKE, "jqlang/jq"),
    own!("zstd", |text, number| Ok(cpp::zstd(text, number)), "facebook/zstd"),
    own!("mruby", cpp::mruby, "mruby/mruby"),
    patterns!("php-src", lines::PHP_SRC, "php/php-src"),
    patterns!("gtest", lines::GTEST, "ponylang/ponyc", "yhirose/cpp-httplib"),
    patterns!("redis", lines::REDIS, "redis/redis"),
    patterns!("valkey", lines::VALKEY, "valkey-io/valkey"),
    own!("amrex", |text, _| Ok(cpp::amrex(text)), "AMReX-Codes/amrex"),
    own!("bitcoin", |text, _| Ok(cpp::bitcoin(text)), "bitcoin/bitcoin"),
    own!("catch2", |text, _| Ok(cpp::catch2(text)), "catchorg/Catch2"),
    own!("cactus", |text, _| Ok(cpp::cactus(text)), "einsteintoolkit/Cactus"),
    own!("openmm", |text, _| Ok(cpp::openmm(text)), "openmm/openmm"),
    patterns!(
        "lighthouse",
        js::LIGHTHOUSE,
        "GoogleChrome/lighthouse",
        "grommet/grommet",
        "prettier/prettier",
        "palantir/blueprint"
    ),
    own!("dayjs", |text, _| js::by_file(text, &js::DAYJS), "anuraghazra/github-readme-stats", "iamkun/dayjs"),
    own!("darkreader", |text, _| js::by_file(text, &js::DARKREADER), "darkreader/darkreader"),
    // These classes hand over lists where sets are asked for, whatever the log says.
    own!(
        "lists",
        |_, _| Err(Raised::new("ValueError", "the class gives lists where the package asks for sets")),
        "fastify/fastify",
        "vuejs/vuex",
        "NervJS/taro",
        "ant-design/ant-design",
        "puppeteer/puppeteer",
        "withastro/astro"
    ),
    own!(
        "mongoose",
        |text, _| {
            let mut sets = Sets::default();
            js::tree(text, r"^(\s*)(?:(✔|[0-9]+\))\s+)?(.*?)(?:\s+\([0-9]+ms\))?$", " > ", &mut sets);
            Ok(sets)
        },
        "Automattic/mongoose"
    ),
    own!("async", |text, number| Ok(js::caolan_async(text, number)), "caolan/async"),
    patterns!("katex", js::KATEX, "KaTeX/KaTeX"),
    patterns!("jest", js::JEST, "jestjs/jest"),
    patterns!("react", js::REACT, "facebook/react"),
    patterns!("kit", js::KIT, "sveltejs/kit"),
    patterns!("metamask", js::METAMASK, "MetaMask/metamask-extension"),
    patterns!("calypso", js::CALYPSO, "Automattic/wp-calypso"),
    patterns!("swagger-ui", js::SWAGGER, "swagger-api/swagger-ui"),
    patterns!("payload", js::PAYLOAD, "payloadcms/payload"),
    patterns!("lexical", js::LEXICAL, "facebook/lexical"),
    patterns!(
        "hook-form",
        js::HOOK_FORM,
        "react-hook-form/react-hook-form",
        "tradingview/lightweight-charts",
        "vuetifyjs/vuetify"
    ),
    own!("rjsf", |text, _| Ok(js::rjsf(text)), "rjsf-team/react-jsonschema-form"),
    own!("carbon", |text, _| Ok(js::carbon(text)), "carbon-design-system/carbon"),
    own!(
        "prism",
        |text, _| js::with_total(text, &js::PRISM, &["ast-utils", "bin/prism.js"]),
        "PrismJS/prism"
    ),
    own!(
        "eslint",
        |text, _| js::with_total(text, &js::PRISM, &["ast-utils", "bin/eslint.js"]),
        "eslint/eslint"
    ),
    own!(
        "bpmn-js",
        |text, _| js::with_total(text, &js::PRISM, &["ast-utils", "bin/bpmnjs.js"]),
        "bpmn-io/bpmn-js"
    ),
    own!(
        "highlight-js",
        |text, _| js::with_total(text, &js::PRISM, &["ast-utils", "bin/highlightjs.js"]),
        "highlightjs/highlight.js"
    ),
    own!(
        "openlayers",
        |text, _| js::with_total(text, &js::PRISM, &["ast-utils", "bin/openlayers.js"]),
        "openlayers/openlayers"
    ),
    own!(
        "scratch-gui",
        |text, _| js::with_total(text, &js::PRISM, &["ast-utils", "bin/scratchgui.js"]),
        "scratchfoundation/scratch-gui"
    ),
    own!(
        "quarto-cli",
        |text, _| js::with_total(text, &js::QUARTO, &["ast-utils", "bin/quartocli.js"]),
        "quarto-dev/quarto-cli"
    ),
    own!("next", |text, _| Ok(js::next(text)), "alibaba-fusion/next"),
    patterns!("insomnia", js::INSOMNIA, "Kong/insomnia"),
    patterns!("axios", js::AXIOS, "axios/axios"),
    patterns!("openmct", js::OPENMCT, "nasa/openmct", "highcharts/highcharts"),
    patterns!("vscode", js::VSCODE, "microsoft/vscode"),
    patterns!("svelte", js::SVELTE, "sveltejs/svelte", "vuejs/core"),
    patterns!("commander", js::COMMANDER, "tj/commander.js"),
    patterns!("zod", js::ZOD, "colinhacks/zod", "remix-run/react-router"),
    patterns!("redux", js::REDUX, "reduxjs/redux"),
    patterns!("typescript", js::TYPESCRIPT, "microsoft/TypeScript"),
    patterns!("nuxt", js::NUXT, "nuxt/nuxt"),
    patterns!("trpc", js::TRPC, "trpc/trpc"),
    patterns!("vue", js::VUE, "vuejs/vue"),
    own!("zx", |text, _| Ok(js::zx(text)), "google/zx"),
    own!("marked", |text, _| Ok(js::marked(text)), "markedjs/marked"),
    own!("pytest", |text, _| Ok(python::pytest(text)), "pallets/flask", "pydata/xarray", "pytest-dev/pytest"),
    own!(
        "pytest-options",
        |text, _| Ok(python::pytest_options(text)),
        "mne-tools/mne-python",
        "napari/napari",
        "psf/requests",
        "pylint-dev/pylint",
        "spyder-ide/spyder"
    ),
    own!(
        "pytest-v2",
        |text, _| Ok(python::pytest_v2(text)),
        "Qiskit/qiskit",
        "astropy/astropy",
        "networkx/networkx",
        "plotly/plotly.py",
        "python-pillow/pillow",
        "qiskit/qiskit",
        "scikit-learn/scikit-learn",
        "sphinx-doc/sphinx",
        "vega/altair"
    ),
    own!("matplotlib", |text, _| Ok(python::matplotlib(text)), "matplotlib/matplotlib"),
    own!("seaborn", |text, _| python::seaborn(text), "mwaskom/seaborn"),
    own!("django", |text, _| python::django(text), "django/django"),
    own!("sympy", |text, _| python::sympy(text), "sympy/sympy"),
    own!("pyscf", |text, _| Ok(python::pyscf(text)), "pyscf/pyscf"),
    own!("phpunit", |text, _| Ok(other::laravel(text)), "briannesbitt/Carbon", "laravel/framework"),
    own!("composer", |text, _| Ok(other::composer(text)), "composer/composer"),
    own!("dbal", |text, _| Ok(other::dbal(text)), "doctrine/dbal"),
    own!(
        "slim",
        |text, number| Ok(if number <= 2497 { other::composer(text) } else { other::dbal(text) }),
        "slimphp/Slim"
    ),
    own!("playframework", |text, _| Ok(other::playframework(text)), "playframework/playframework"),
    own!("sbt", |text, _| Ok(other::sbt(text)), "sbt/sbt"),
    own!("scalameta", |text, number| Ok(other::scalameta(text, number)), "scalameta/scalameta"),
    own!("terminal-gui", |text, _| Ok(other::terminal_gui(text)), "gui-cs/Terminal.Gui"),
    own!("osu", |text, _| Ok(other::osu(text)), "ppy/osu"),
    patterns!("swift", lines::SWIFT, "peripheryapp/periphery", "realm/SwiftLint", "vapor/vapor"),
    patterns!("minitest", lines::MINITEST, "asciidoctor/asciidoctor", "jekyll/jekyll"),
];
