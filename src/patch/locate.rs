//! Places hunks in a file and changes it: strictly as `git apply` does, or with fuzz as `patch` does.
//!
//! In: the old content and the hunks of one file. Out: the new content, or which hunk found no place. Kept lines come
//! from the file, never from the patch.

use super::line::{self, Line};
use super::model::{Hunk, HunkLine, Op};

/// Most lines compared for one file: a hostile patch must not keep the search busy for ever.
const MOST_COMPARED: u64 = 400_000_000;

/// A hunk that found no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit {
    /// 0-based index of the hunk.
    pub hunk: usize,
    /// Why.
    pub why: &'static str,
}

/// How far strict placement may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// At the stated line only.
    Stated,
    /// At the nearest line where everything matches.
    Nearest,
    /// The same; context lines may have lost their leading blank, and restored lines may be left out.
    Mended,
}

/// Applies hunks strictly. The rules are those of `git apply`: all context must match, a hunk whose old side starts
/// at line 1 matches only at the beginning of the file, one without trailing context only at its end, and hunks do
/// not overlap. Of several places the nearest is taken, of two equally near ones the later.
pub fn strict(old: &[u8], hunks: &[Hunk<'_>], strictness: Strictness) -> Result<Vec<u8>, Misfit> {
    let mut image: Vec<Row<'_>> =
        line::split(old).into_iter().map(|line| Row { line, taken: false }).collect();
    let mut budget = MOST_COMPARED;
    for (index, hunk) in hunks.iter().enumerate() {
        let misfit = |why| Misfit { hunk: index, why };
        let mut places = vec![(hunk.lines.as_slice(), false)];
        if strictness == Strictness::Mended {
            places.push((hunk.lines.as_slice(), true));
            if hunk.restored > 0 {
                places.push((&hunk.lines[..hunk.lines.len() - hunk.restored], false));
            }
        }
        let mut found = None;
        for (lines, lax) in places {
            if let Some(at) = place(&image, hunk, lines, lax, strictness, &mut budget) {
                found = Some((at, lines));
                break;
            }
            if budget == 0 {
                return Err(misfit("has too many possible places"));
            }
        }
        let Some((at, lines)) = found else {
            return Err(misfit(match strictness {
                Strictness::Stated => "does not match at its line",
                Strictness::Nearest | Strictness::Mended => "matches nowhere",
            }));
        };
        let mut old_rows = image[at..at + old_side(lines).count()].iter();
        let mut new_rows = Vec::with_capacity(lines.len());
        for line in lines {
            let kept = if line.op == Op::Insert { None } else { old_rows.next() };
            match (line.op, kept) {
                (Op::Context, Some(row)) => new_rows.push(Row { line: row.line, taken: true }),
                (Op::Insert, _) => new_rows.push(Row { line: line.content, taken: true }),
                (Op::Delete, _) | (Op::Context, None) => {}
            }
        }
        image.splice(at..at + old_side(lines).count(), new_rows);
    }
    Ok(assemble(image.into_iter().map(|row| row.line).collect()))
}

/// A line of the file as changed so far, and whether a hunk has already covered it.
#[derive(Clone, Copy)]
struct Row<'a> {
    line: Line<'a>,
    taken: bool,
}

fn old_side<'a>(lines: &'a [HunkLine<'a>]) -> impl DoubleEndedIterator<Item = &'a HunkLine<'a>> + Clone {
    lines.iter().filter(|line| line.op != Op::Insert)
}

/// Where in the image the hunk belongs.
fn place(
    image: &[Row<'_>],
    hunk: &Hunk<'_>,
    lines: &[HunkLine<'_>],
    lax: bool,
    strictness: Strictness,
    budget: &mut u64,
) -> Option<usize> {
    let pattern: Vec<&HunkLine<'_>> = old_side(lines).collect();
    let last = image.len().checked_sub(pattern.len())?;
    let at_start = hunk.header.old_start <= 1;
    let at_end = lines.last().is_none_or(|line| line.op != Op::Context);
    let mut fits = |at: usize| {
        if (at_start && at != 0) || (at_end && at != last) {
            return false;
        }
        pattern.iter().zip(&image[at..]).all(|(wanted, row)| {
            *budget = budget.saturating_sub(1);
            !row.taken && *budget > 0 && same(wanted, &row.line, lax)
        })
    };
    let header = &hunk.header;
    let stated = if header.new_count == 0 { header.new_start } else { header.new_start.saturating_sub(1) };
    if strictness == Strictness::Stated {
        return (stated <= last && fits(stated)).then_some(stated);
    }
    if at_start {
        return fits(0).then_some(0);
    }
    if at_end {
        return fits(last).then_some(last);
    }
    let centre = header.new_start.saturating_sub(1).min(image.len());
    nearest(centre, 0, last, fits)
}

/// Whether a line of the file is the wanted one; `lax`: its first blank may have been lost as the context mark.
fn same(wanted: &HunkLine<'_>, found: &Line<'_>, lax: bool) -> bool {
    *found == wanted.content
        || lax
            && wanted.op == Op::Context
            && found.newline == wanted.content.newline
            && found.text.strip_prefix(b" ") == Some(wanted.content.text)
}

/// The place in `low..=high` nearest to `centre` that fits; of two equally near ones the later.
fn nearest(centre: usize, low: usize, high: usize, mut fits: impl FnMut(usize) -> bool) -> Option<usize> {
    let reach = centre.abs_diff(low).max(centre.abs_diff(high));
    for distance in 0..=reach {
        let later = centre + distance;
        if (low..=high).contains(&later) && fits(later) {
            return Some(later);
        }
        if let Some(earlier) = centre.checked_sub(distance).filter(|_| distance > 0)
            && (low..=high).contains(&earlier)
            && fits(earlier)
        {
            return Some(earlier);
        }
    }
    None
}

/// Joins lines; one in the middle that lacks its newline gets it.
fn assemble(mut lines: Vec<Line<'_>>) -> Vec<u8> {
    if let Some((_, before)) = lines.split_last_mut() {
        for line in before {
            line.newline = true;
        }
    }
    line::join(&lines)
}

/// Applies hunks as `patch --forward --fuzz=MOST_FUZZ` does.
///
/// At fuzz `f` a hunk with `p` leading and `s` trailing context lines ignores `f + p − max(p, s)` lines at its
/// beginning and `f + s − max(p, s)` at its end. Where that is negative the hunk must lie at that end of the file (at
/// the beginning only if its stated line is 1). The place nearest to the stated line plus the offset of earlier hunks
/// is taken. A first hunk that matches only when read backwards has been applied before and is refused.
pub fn fuzzy(old: &[u8], hunks: &[Hunk<'_>], most_fuzz: usize) -> Result<Vec<u8>, Misfit> {
    let input = line::split(old);
    let mut state = Fuzzy { input: &input, frozen: 0, offset: 0, budget: MOST_COMPARED };
    let mut output: Vec<Line<'_>> = Vec::with_capacity(input.len());
    for (index, hunk) in hunks.iter().enumerate() {
        let misfit = |why| Misfit { hunk: index, why };
        let context = hunk.leading().max(hunk.trailing());
        let mut found = None;
        for fuzz in 0..=most_fuzz.min(context) {
            found = state.locate(hunk, Op::Insert, fuzz);
            if found.is_some() {
                break;
            }
            if index == 0 && state.locate(hunk, Op::Delete, fuzz).is_some() {
                return Err(misfit("is reversed or has been applied before"));
            }
            if state.budget == 0 {
                return Err(misfit("has too many possible places"));
            }
        }
        let Some(start) = found else { return Err(misfit("matches nowhere, even with fuzz")) };
        let mut at = start;
        for line in &hunk.lines {
            if line.op == Op::Context {
                at += 1;
                continue;
            }
            let upto = at.min(input.len());
            if upto < state.frozen {
                return Err(misfit("overlaps the hunk before it"));
            }
            output.extend_from_slice(&input[state.frozen..upto]);
            state.frozen = upto;
            if line.op == Op::Insert {
                output.push(line.content);
            } else {
                at += 1;
                state.frozen = at.min(input.len());
            }
        }
    }
    output.extend_from_slice(&input[state.frozen..]);
    Ok(assemble(output))
}

struct Fuzzy<'a> {
    input: &'a [Line<'a>],
    /// Lines of the input that are used up.
    frozen: usize,
    /// How far hunks have lain from their stated lines.
    offset: isize,
    budget: u64,
}

impl Fuzzy<'_> {
    /// 0-based place of the hunk, without the lines of kind `without`; remembers its offset.
    fn locate(&mut self, hunk: &Hunk<'_>, without: Op, fuzz: usize) -> Option<usize> {
        let pattern: Vec<&HunkLine<'_>> = hunk.lines.iter().filter(|line| line.op != without).collect();
        let header = &hunk.header;
        let (start, count) = if without == Op::Insert {
            (header.old_start, header.old_count)
        } else {
            (header.new_start, header.new_count)
        };
        // An empty side states the line after which it lies.
        let first = (start + usize::from(count == 0)).cast_signed();
        let guess = first + self.offset;
        if pattern.is_empty() {
            return usize::try_from(guess - 1).ok();
        }
        let (leading, trailing) = (hunk.leading().cast_signed(), hunk.trailing().cast_signed());
        let context = leading.max(trailing);
        let skip_first = fuzz.cast_signed() + leading - context;
        let skip_last = fuzz.cast_signed() + trailing - context;
        let length = pattern.len().cast_signed();
        let lines = self.input.len().cast_signed();
        let earliest = self.frozen.cast_signed() + 1;
        let latest = lines - (length - skip_last) + 1;

        let place = if skip_first < 0 && first <= 1 {
            let whole = skip_last >= 0 || (length == lines && self.frozen.cast_signed() <= leading);
            let fine = whole && self.frozen.cast_signed() <= leading && latest >= 1;
            fine.then(|| self.matches(&pattern, 1, 0, skip_last.max(0))).filter(|fits| *fits).map(|_| 1)
        } else if skip_last < 0 {
            let start = lines - length + 1;
            let fine = start >= earliest && self.matches(&pattern, start, skip_first.max(0), 0);
            fine.then_some(start)
        } else if latest < earliest {
            None
        } else {
            let shift = |place: usize| place.cast_signed();
            let (skip_first, low) = (skip_first.max(0), earliest as usize);
            let centre = guess.max(0) as usize;
            nearest(centre, low, latest as usize, |place| {
                self.matches(&pattern, shift(place), skip_first, skip_last)
            })
            .map(shift)
        }?;
        self.offset += place - guess;
        usize::try_from(place - 1).ok()
    }

    /// Whether the pattern, but for its outermost lines, is at 1-based line `place`.
    fn matches(
        &mut self,
        pattern: &[&HunkLine<'_>],
        place: isize,
        skip_first: isize,
        skip_last: isize,
    ) -> bool {
        let (skip_first, skip_last) = (skip_first as usize, skip_last as usize);
        let end = pattern.len().saturating_sub(skip_last);
        let Some(wanted) = pattern.get(skip_first..end).filter(|wanted| !wanted.is_empty()) else {
            return true;
        };
        let Ok(start) = usize::try_from(place - 1 + skip_first.cast_signed()) else { return false };
        let Some(found) = self.input.get(start..start + wanted.len()) else { return false };
        wanted.iter().zip(found).all(|(wanted, found)| {
            self.budget = self.budget.saturating_sub(1);
            self.budget > 0 && wanted.content == *found
        })
    }
}
