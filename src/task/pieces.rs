//! Cutting a file of instances into pieces, one instance each, without holding more than one.
//!
//! In: bytes, and how they are laid out. Out: [`Piece`]s with their place, so that one can be read again alone, or a
//! [`Fault`] at a line. Nothing is understood here but lines, strings and brackets; what is inside a piece is checked by
//! who reads it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// How the instances of a file are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One JSON object a line.
    Lines,
    /// A JSON list of objects.
    List,
    /// A JSON map, id → object.
    Map,
    /// One JSON object, over any number of lines.
    Single,
    /// Comma-separated values under a header.
    Csv,
}

/// The longest instance that is read, in bytes: more is no instance, but a file of another kind.
const LONGEST: usize = 256 << 20;

/// Bytes that are read at a time.
const BUFFER: usize = 1 << 20;

/// What one instance is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// The text of a JSON value.
    Json(Vec<u8>),
    /// A record of a CSV file.
    Record(csv::ByteRecord),
}

/// One instance, unread.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// 1-based line at which it begins.
    pub line: usize,
    /// Byte at which it begins.
    pub offset: u64,
    /// Its key in a map.
    pub key: Option<String>,
    pub content: Content,
}

impl Piece {
    /// Its size in bytes.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Json(bytes) => bytes.len(),
            Content::Record(record) => record.as_slice().len(),
        }
    }
}

/// A place of the file that holds no instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub line: usize,
    pub message: String,
}

/// The pieces of a file, in their order.
pub(super) struct Pieces {
    source: Cutter,
    done: bool,
}

enum Cutter {
    Json(Layout, Scanner),
    Csv(Box<csv::Reader<BufReader<File>>>, LineEnd),
}

/// How lines of a CSV file end. Of `\r\n` the CSV reader counts the second byte to the next record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Lf,
    CrLf,
}

impl Pieces {
    /// The pieces of `file`, which stands at `offset`, before the first of them.
    pub fn new(file: File, layout: Layout, offset: u64) -> Self {
        let source = match layout {
            Layout::Csv => {
                let mut reader = BufReader::with_capacity(BUFFER, file);
                let first =
                    reader.fill_buf().ok().and_then(|buffer| buffer.split(|byte| *byte == b'\n').next());
                let crlf = first.is_some_and(|line| line.ends_with(b"\r"));
                let reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
                Cutter::Csv(Box::new(reader), if crlf { LineEnd::CrLf } else { LineEnd::Lf })
            }
            Layout::Lines | Layout::List | Layout::Map | Layout::Single => {
                let reader = BufReader::with_capacity(BUFFER, file);
                let mut scanner = Scanner { reader, offset, line: 1, lost: false };
                let done = matches!(layout, Layout::List | Layout::Map) && scanner.open().is_err();
                return Self { source: Cutter::Json(layout, scanner), done };
            }
        };
        Self { source, done: false }
    }
}

impl Iterator for Pieces {
    type Item = Result<Piece, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (found, line) = match &mut self.source {
            Cutter::Csv(reader, end) => (record(reader, *end), reader.position().line() as usize),
            Cutter::Json(layout, scanner) => {
                let found = match layout {
                    Layout::Lines => scanner.line(),
                    Layout::Single => {
                        self.done = true;
                        scanner.blank().and_then(|_| scanner.element(None))
                    }
                    _ => scanner.member(*layout == Layout::Map),
                };
                (found, scanner.line)
            }
        };
        match found {
            Ok(Some(item)) => Some(item),
            Ok(None) => {
                self.done = true;
                None
            }
            Err(error) => {
                self.done = true;
                Some(Err(Fault { line, message: format!("cannot be read from here on: {error}") }))
            }
        }
    }
}

type Found = io::Result<Option<Result<Piece, Fault>>>;

fn record(reader: &mut csv::Reader<BufReader<File>>, end: LineEnd) -> Found {
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(io::Error::other)? {
        return Ok(None);
    }
    let (line, offset) =
        record.position().map_or((0, 0), |position| (position.line() as usize, position.byte()));
    let line = line + usize::from(end == LineEnd::CrLf);
    Ok(Some(Ok(Piece { line, offset, key: None, content: Content::Record(record) })))
}

/// A reader that knows where it is.
struct Scanner {
    reader: BufReader<File>,
    offset: u64,
    /// 1-based.
    line: usize,
    /// Whether nothing more can be told apart.
    lost: bool,
}

impl Scanner {
    /// Consumes the bracket that opens a list or map.
    fn open(&mut self) -> io::Result<()> {
        self.blank()?;
        self.step(1)
    }

    fn step(&mut self, bytes: usize) -> io::Result<()> {
        let buffer = self.reader.fill_buf()?;
        let taken = bytes.min(buffer.len());
        self.line += buffer[..taken].iter().filter(|byte| **byte == b'\n').count();
        self.reader.consume(taken);
        self.offset += taken as u64;
        Ok(())
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    /// Passes over white space, and says what follows.
    fn blank(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.step(1)?;
        }
        Ok(None)
    }

    /// The next line that is not blank.
    fn line(&mut self) -> Found {
        loop {
            let (line, offset) = (self.line, self.offset);
            let mut bytes = Vec::new();
            let mut length = (&mut self.reader).take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes)?;
            if length == 0 {
                return Ok(None);
            }
            let whole = bytes.last() == Some(&b'\n');
            if !whole && length > LONGEST {
                bytes = Vec::new();
                length += self.skip_line()?;
            }
            self.offset += length as u64;
            self.line += 1;
            if length > LONGEST {
                return Ok(Some(Err(too_long(line))));
            }
            if whole {
                bytes.pop();
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(Ok(Piece { line, offset, key: None, content: Content::Json(bytes) })));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<usize> {
        let mut length = 0;
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(taken);
            length += taken;
            if end.is_some() || taken == 0 {
                return Ok(length);
            }
        }
    }

    /// The next member of a list or map.
    fn member(&mut self, keyed: bool) -> Found {
        if self.lost {
            return Ok(None);
        }
        loop {
            match self.blank()? {
                None => {
                    let message =
                        "the file ends before its list or map is closed: it is cut short".to_owned();
                    return Ok(Some(Err(self.last_fault(message))));
                }
                Some(b',') => self.step(1)?,
                Some(b']' | b'}') => return Ok(None),
                Some(_) if !keyed => return self.element(None),
                Some(b'"') => {
                    let line = self.line;
                    let key = match self.element(None)? {
                        Some(Ok(Piece { content: Content::Json(text), .. })) => {
                            super::json::from_slice(&text).ok()
                        }
                        _ => None,
                    };
                    let Some(key) = key else {
                        let message = format!("the key at line {line} is no JSON string");
                        return Ok(Some(Err(self.last_fault(message))));
                    };
                    if self.blank()? != Some(b':') {
                        let message = "a key without a value; the rest is not read".to_owned();
                        return Ok(Some(Err(self.last_fault(message))));
                    }
                    self.step(1)?;
                    self.blank()?;
                    return self.element(Some(key));
                }
                Some(_) => {
                    let message = "is no JSON map from here on; the rest is not read".to_owned();
                    return Ok(Some(Err(self.last_fault(message))));
                }
            }
        }
    }

    /// A fault after which nothing can be told apart any more.
    fn last_fault(&mut self, message: String) -> Fault {
        self.lost = true;
        Fault { line: self.line, message }
    }

    /// One JSON value, by its brackets and strings alone.
    fn element(&mut self, key: Option<String>) -> Found {
        let (line, offset) = (self.line, self.offset);
        let mut bytes = Vec::new();
        let mut too_much = false;
        let mut scan = Scan::default();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                // Cut short: the reader of the piece says so.
                break;
            }
            let end = scan.feed(buffer);
            let taken = end.unwrap_or(buffer.len());
            if bytes.len() + taken > LONGEST {
                too_much = true;
                bytes = Vec::new();
            } else if !too_much {
                bytes.extend_from_slice(&buffer[..taken]);
            }
            self.step(taken)?;
            if end.is_some() {
                break;
            }
        }
        if too_much {
            return Ok(Some(Err(too_long(line))));
        }
        if bytes.is_empty() {
            // Something like `]]`: pass over it, so that every call gets on.
            self.step(1)?;
            return Ok(Some(Err(Fault { line, message: "a value is missing".to_owned() })));
        }
        Ok(Some(Ok(Piece { line, offset, key, content: Content::Json(bytes) })))
    }
}

fn too_long(line: usize) -> Fault {
    Fault { line, message: format!("is longer than {} MB and left out", LONGEST >> 20) }
}

/// Where in a JSON value one is.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// The byte after the value's last one, if it lies in this buffer.
    fn feed(&mut self, buffer: &[u8]) -> Option<usize> {
        for (at, byte) in buffer.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => return Some(at + 1),
                b'}' | b']' | b',' | b':' if self.depth == 0 => return Some(at),
                byte if self.depth == 0 && byte.is_ascii_whitespace() => return Some(at),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    fn pieces(text: &str, layout: Layout) -> String {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.rewind().unwrap();
        let shown = |item: Result<Piece, Fault>| match item {
            Err(fault) => format!("{}: {}", fault.line, fault.message),
            Ok(Piece { line, offset, key, content }) => {
                let content = match content {
                    Content::Json(bytes) => {
                        assert!(text.as_bytes()[offset as usize..].starts_with(&bytes));
                        String::from_utf8(bytes).unwrap()
                    }
                    Content::Record(record) => {
                        format!("{:?}", record.iter().map(String::from_utf8_lossy).collect::<Vec<_>>())
                    }
                };
                format!("{line}@{offset} {} {content}", key.unwrap_or_default())
            }
        };
        // More pieces than bytes would be a loop without end.
        Pieces::new(file, layout, 0).take(text.len() + 2).map(shown).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn lines() {
        insta::assert_snapshot!(pieces("{\"a\":1}\n\n \r\n{\"b\":\n{}", Layout::Lines), @r#"
        1@0  {"a":1}
        4@12  {"b":
        5@18  {}
        "#);
    }

    #[test]
    fn lists_and_maps_whatever_their_white_space() {
        insta::assert_snapshot!(pieces(" [ {\"a\":\"]\\\"}\"} ,\n[1,{}],3 , \"x\"\n]", Layout::List), @r#"
        1@3  {"a":"]\"}"}
        2@18  [1,{}]
        2@25  3
        2@29  "x"
        "#);
        insta::assert_snapshot!(pieces("{\"k\\u0041\" : {\"a\":1},\n\"l\":{}}", Layout::Map), @r#"
        1@13 kA {"a":1}
        2@26 l {}
        "#);
        assert_eq!(pieces("[]", Layout::List), "");
    }

    #[test]
    fn broken_lists_end() {
        insta::assert_snapshot!(pieces("[{\"a\":1},{\"b\":", Layout::List), @r#"
        1@1  {"a":1}
        1@9  {"b":
        1: the file ends before its list or map is closed: it is cut short
        "#);
    }

    #[test]
    fn records() {
        insta::assert_snapshot!(pieces("id,patch\na,\"x\n,y\"\nb,\"\"\"q\"\n", Layout::Csv), @r#"
        2@9  ["a", "x\n,y"]
        4@18  ["b", "\"q"]
        "#);
        insta::assert_snapshot!(pieces("id,patch\r\na,x\r\nb,y", Layout::Csv), @r#"
        2@9  ["a", "x"]
        3@14  ["b", "y"]
        "#);
    }
}
