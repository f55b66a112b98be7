//! Verdicts by the rules of others, in kerf's words.
//!
//! In: logs, lists, and what an instance says of itself. Out: a [`GradeVerdict`] of the public harness's own making,
//! and for each listed test what it saw.
//!
//! Invariant: the outcome is `resolved` exactly where that harness would report so.

use super::super::foreign::multi_swe_bench::{self, Invalid, Kind, Outcomes};
use super::super::foreign::swebench::{self, EvalType, List, Resolution, Side};
use super::super::{Format, Lists};
use super::{GradeVerdict, SplitList};

/// Whose rules a verdict follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rules {
    /// kerf's own.
    Kerf,
    /// The Python package `swebench` 5.0.2.
    Swebench,
    /// The Python package `multi-swe-bench` 1.1.2.
    MultiSweBench,
}

impl Rules {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kerf, Self::Swebench, Self::MultiSweBench];

    /// Name on the command line and in a grade.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kerf => "kerf",
            Self::Swebench => "swebench",
            Self::MultiSweBench => "multi-swe-bench",
        }
    }

    /// The rules of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rules| rules.name() == name)
    }
}

/// What an instance says of itself, where a data set tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// `OWNER/NAME`: chooses multi-swe-bench's reader.
    pub repository: Option<String>,
    /// Number of its pull request.
    pub number: u64,
    /// Name of swebench's parser.
    pub parser: Option<String>,
    /// Version, by which two of swebench's parsers choose.
    pub version: String,
    /// Only failures count, for runners that print nothing else.
    pub fail_only: bool,
}

/// Logs of an instance.
#[derive(Debug, Clone, Copy, Default)]
pub struct Logs<'a> {
    /// With the patch.
    pub fix: &'a [u8],
    /// Base with the test patch.
    pub test: Option<&'a [u8]>,
    /// Base.
    pub run: Option<&'a [u8]>,
}

/// A verdict of another harness.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// In kerf's words.
    pub verdict: GradeVerdict,
    /// What it saw of each listed test, fail-to-pass first.
    pub tests: Vec<Saw>,
    /// Which of its readers was used.
    pub reader: String,
    /// The report that it would write for the instance.
    pub report: Option<serde_json::Value>,
}

/// What a harness saw of a listed test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saw {
    /// As listed.
    pub listed: String,
    /// The harness's own word; none where it saw nothing.
    pub word: Option<String>,
    /// 1-based line of the log.
    pub line: Option<usize>,
    /// Whether it counts as passed; none where it does not count at all.
    pub passed: Option<bool>,
}

/// Rules that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    /// By swebench's.
    #[error(transparent)]
    Swebench(#[from] swebench::SpecError),
    /// By multi-swe-bench's.
    #[error(transparent)]
    MultiSweBench(#[from] multi_swe_bench::SpecError),
}

/// The verdict of swebench.
pub fn by_swebench(
    log: &[u8],
    format: Option<Format>,
    lists: &Lists,
    instance: &Instance,
) -> Result<Foreign, ForeignError> {
    let reader = match &instance.parser {
        Some(parser) => parser.clone(),
        None => swebench::parser_for(format.unwrap_or(Format::Pytest)).to_owned(),
    };
    let spec = swebench::Spec {
        parser: reader.clone(),
        eval_type: if instance.fail_only { EvalType::FailOnly } else { EvalType::PassAndFail },
        fail_to_pass: lists.fail_to_pass.clone(),
        pass_to_pass: lists.pass_to_pass.clone(),
        marked: swebench::is_marked(log),
        instance_id: instance.id.clone(),
        version: instance.version.clone(),
    };
    let graded = swebench::grade(log, &spec)?;
    let mut verdict = blank(Rules::Swebench);
    let outcome = match graded.resolution {
        Resolution::Full => "resolved",
        Resolution::Partial => "partial",
        Resolution::No => "unresolved",
    };
    outcome.clone_into(&mut verdict.outcome);
    verdict.reason = match (&graded.raised, &graded.why_not) {
        (Some(raised), _) => Some(format!("error: {}: {}", raised.kind, raised.message)),
        (None, Some(why)) => Some(format!("log not accepted: {why:?}")),
        (None, None) => None,
    };
    let mut tests = Vec::new();
    for test in &graded.tests {
        let list = match test.list {
            List::FailToPass => &mut verdict.fail_to_pass,
            List::PassToPass => &mut verdict.pass_to_pass,
        };
        let passed = match test.side {
            Side::Success => Some(true),
            Side::Failure => Some(false),
            Side::Neither => None,
        };
        match passed {
            Some(true) => list.passed.push(test.name.clone()),
            Some(false) => list.failed.push(test.name.clone()),
            None => {}
        }
        tests.push(Saw {
            listed: test.name.clone(),
            word: test.word.as_ref().map(|word| word.text().to_owned()),
            line: test.line,
            passed,
        });
    }
    if !graded.found {
        verdict.fail_to_pass.failed.clone_from(&lists.fail_to_pass);
        verdict.pass_to_pass.failed.clone_from(&lists.pass_to_pass);
        tests = lists
            .fail_to_pass
            .iter()
            .chain(&lists.pass_to_pass)
            .map(|listed| Saw { listed: listed.clone(), word: None, line: None, passed: Some(false) })
            .collect();
    }
    let mut report = serde_json::Map::new();
    report.insert(instance.id.clone(), graded.report());
    Ok(Foreign { verdict, tests, reader, report: Some(report.into()) })
}

/// The verdict of multi-swe-bench. With logs of base and of the test patch these are compared, as that harness does
/// when it makes a data set; without them the lists stand for what came before.
pub fn by_multi_swe_bench(
    logs: &Logs<'_>,
    format: Option<Format>,
    lists: &Lists,
    instance: &Instance,
) -> Result<Foreign, ForeignError> {
    let reader = match &instance.repository {
        Some(repository) if multi_swe_bench::Family::of(repository).is_some() => repository.clone(),
        _ => multi_swe_bench::family_for(format.unwrap_or(Format::Pytest)).to_owned(),
    };
    let mut spec = multi_swe_bench::Spec::from_lists(&reader, &lists.fail_to_pass, &lists.pass_to_pass);
    spec.number = instance.number;
    let graded = match (logs.run, logs.test) {
        (run, Some(test)) => {
            // Of the lists only those names are demanded of which the logs, not the lists, tell the kind.
            spec.expected = multi_swe_bench::Expected::default();
            let run = run.map_or(Outcomes::Log(test), Outcomes::Log);
            multi_swe_bench::grade([run, Outcomes::Log(test), Outcomes::Log(logs.fix)], &spec)?
        }
        (_, None) => multi_swe_bench::grade_fix(logs.fix, &spec)?,
    };
    let mut verdict = blank(Rules::MultiSweBench);
    let among = |kinds: &[Kind], name: &str| {
        kinds.iter().any(|kind| graded.kinds.get(kind).is_some_and(|names| names.contains(name)))
    };
    let mut tests = Vec::new();
    let mut all = true;
    for (list, names, kinds) in [
        (&mut verdict.fail_to_pass, &lists.fail_to_pass, &[Kind::F2p, Kind::S2p, Kind::N2p][..]),
        (&mut verdict.pass_to_pass, &lists.pass_to_pass, &[Kind::P2p][..]),
    ] {
        for name in names {
            let seen = graded.tests.get(name);
            let passed = if graded.valid {
                among(kinds, name)
            } else {
                seen.is_some_and(|test| test.fix == multi_swe_bench::Outcome::Pass)
            };
            all &= passed;
            if passed {
                list.passed.push(name.clone());
            } else {
                list.failed.push(name.clone());
            }
            tests.push(Saw {
                listed: name.clone(),
                word: seen.map(|test| format!("{:?}", test.fix).to_uppercase()),
                line: seen.and_then(|test| test.lines[2]),
                passed: Some(passed),
            });
        }
    }
    let resolved = graded.resolved() && (logs.test.is_none() || all);
    (if resolved { "resolved" } else { "unresolved" }).clone_into(&mut verdict.outcome);
    verdict.reason = match (&graded.raised, &graded.why_not) {
        (Some(raised), _) => Some(format!("error: {}: {}", raised.kind, raised.message)),
        (None, Some(why)) => Some(said(why)),
        (None, None) if !resolved => Some("a listed test did not come to pass".to_owned()),
        (None, None) => None,
    };
    let report = report(&graded, instance);
    Ok(Foreign { verdict, tests, reader, report: Some(report) })
}

/// The instance's report file.
fn report(graded: &multi_swe_bench::Graded, instance: &Instance) -> serde_json::Value {
    let (org, repo) =
        instance.repository.as_deref().and_then(|name| name.split_once('/')).unwrap_or_default();
    let word = |outcome: multi_swe_bench::Outcome| serde_json::to_value(outcome).unwrap_or_default();
    let entry = |name: &str| {
        let test = graded.tests.get(name)?;
        let runs = serde_json::json!({"run": word(test.run), "test": word(test.test), "fix": word(test.fix)});
        Some((name.to_owned(), runs))
    };
    let of_kind = |kind: Kind| -> serde_json::Map<String, serde_json::Value> {
        graded.of_kind(kind).filter_map(entry).collect()
    };
    let fixed: serde_json::Map<String, serde_json::Value> =
        graded.fixed_tests.iter().filter_map(|name| entry(name)).collect();
    serde_json::json!({
        "org": org,
        "repo": repo,
        "number": instance.number,
        "valid": graded.valid,
        "error_msg": graded.why_not.as_ref().map(said).unwrap_or_default(),
        "fixed_tests": fixed,
        "p2p_tests": of_kind(Kind::P2p),
        "f2p_tests": of_kind(Kind::F2p),
        "s2p_tests": of_kind(Kind::S2p),
        "n2p_tests": of_kind(Kind::N2p),
    })
}

fn said(why: &Invalid) -> String {
    match why {
        Invalid::NothingRan => "no test was seen".to_owned(),
        Invalid::NewFailure(name) => format!("{name} passed before and fails"),
        Invalid::NothingFixed => "no test came to pass".to_owned(),
        Invalid::Anomaly(name) => format!("{name} passed at base, was not run, and fails"),
        Invalid::Missing(kind, name) => format!("{name} is not among the report's {kind:?} tests"),
    }
}

fn blank(rules: Rules) -> GradeVerdict {
    GradeVerdict {
        rules: rules.name().to_owned(),
        outcome: String::new(),
        reason: None,
        fail_to_pass: SplitList::default(),
        pass_to_pass: SplitList::default(),
        unlisted_regressions: Vec::new(),
    }
}
