//! A file of instances: packed or not, and how it is laid out.
//!
//! In: a path. Out: a [`DataFile`] that yields [`Pieces`], and any one of them again. A packed file is unpacked once into
//! a temporary file, which lives as long as an entry of the suite does. Everything is found from the content; the name
//! only decides where the content leaves it open.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::TaskProblem;
use super::form;
use super::pieces::{Content, Layout, Piece, Pieces};

/// What the first line may be to tell a file's layout, in bytes.
const FIRST_LINE: u64 = 64 << 20;

/// A file of instances.
#[derive(Debug)]
pub(super) struct DataFile {
    /// As the user named it.
    pub shown: PathBuf,
    unpacked: Option<NamedTempFile>,
    pub layout: Layout,
    /// Length of a byte-order mark.
    start: u64,
    /// Header of a CSV file.
    header: Vec<String>,
}

impl DataFile {
    /// Finds out what `path` holds.
    pub fn open(path: &Path) -> Result<Self, TaskProblem> {
        let problem = |error: &io::Error| TaskProblem::new(path, format!("cannot be read: {error}"));
        let mut magic = Vec::new();
        File::open(path)
            .and_then(|file| file.take(4).read_to_end(&mut magic))
            .map_err(|error| problem(&error))?;
        let unpacked = match magic.as_slice() {
            [0x28, 0xb5, 0x2f, 0xfd] => Some(super::unpack::unzstd(path).map_err(|error| problem(&error))?),
            [0x1f, 0x8b, ..] => Some(super::unpack::gunzip(path).map_err(|error| problem(&error))?),
            b"PAR1" => return Err(TaskProblem::new(path, parquet(path))),
            _ => None,
        };
        let mut file =
            Self { shown: path.to_owned(), unpacked, layout: Layout::Lines, start: 0, header: Vec::new() };
        match file.sniff().map_err(|error| problem(&error))? {
            Some(layout) => {
                file.layout = layout;
                Ok(file)
            }
            None => Err(file.unknown()),
        }
    }

    /// That nothing in it is known.
    pub fn unknown(&self) -> TaskProblem {
        TaskProblem::new(
            &self.shown,
            format!("holds no instances in a form that kerf reads; known are {}", form::KNOWN),
        )
    }

    fn handle(&self) -> io::Result<File> {
        match &self.unpacked {
            Some(file) => file.reopen(),
            None => File::open(&self.shown),
        }
    }

    /// All pieces, from the first.
    pub fn pieces(&self) -> io::Result<Pieces> {
        let mut file = self.handle()?;
        // The CSV reader passes over the mark itself.
        let start = if self.layout == Layout::Csv { 0 } else { self.start };
        file.seek(SeekFrom::Start(start))?;
        Ok(Pieces::new(file, self.layout, start))
    }

    /// The content of one piece again, by its place.
    pub fn again(&self, offset: u64, length: usize) -> io::Result<Content> {
        let mut file = self.handle()?;
        file.seek(SeekFrom::Start(offset))?;
        if self.layout == Layout::Csv {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
            let mut record = csv::ByteRecord::new();
            reader.read_byte_record(&mut record).map_err(io::Error::other)?;
            return Ok(Content::Record(record));
        }
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(Content::Json(bytes))
    }

    /// The fields of a piece.
    pub fn fields(&self, content: &Content) -> Result<Map<String, Value>, String> {
        match content {
            Content::Json(bytes) => super::json::from_slice(bytes).map_err(|error| {
                let cut = if error.is_eof() { " (the line is cut short)" } else { "" };
                format!("is no JSON object: {error}{cut}")
            }),
            Content::Record(record) => {
                let (found, wanted) = (record.len(), self.header.len());
                if found != wanted {
                    return Err(format!("has {found} fields; the header has {wanted}"));
                }
                let mut fields = Map::new();
                for (name, bytes) in self.header.iter().zip(record) {
                    let text = std::str::from_utf8(bytes).map_err(|_| format!("is no UTF-8 in `{name}`"))?;
                    if !text.is_empty() {
                        fields.insert(name.clone(), Value::String(text.to_owned()));
                    }
                }
                Ok(fields)
            }
        }
    }

    /// The layout, told by the first bytes; none where nothing fits.
    fn sniff(&mut self) -> io::Result<Option<Layout>> {
        let mut reader = BufReader::new(self.handle()?);
        if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.start = 3;
            reader.consume(3);
        }
        let first = first_line(&mut reader)?;
        let named_lines = self.shown.file_name().is_some_and(|name| {
            name.to_string_lossy().contains(".jsonl") || name.to_string_lossy().contains(".ndjson")
        });
        Ok(match first.first() {
            None => None,
            // A list under the name of lines is told by its objects; `[[[` is a broken line.
            Some(b'[') if !named_lines || list_of_objects(&first, &mut reader)? => Some(Layout::List),
            Some(_) if named_lines => Some(Layout::Lines),
            Some(b'{') => match super::json::from_slice::<Map<String, Value>>(&first) {
                Ok(object) if form::is_instance(&object) => Some(Layout::Lines),
                Ok(object) if object.is_empty() => Some(Layout::Lines),
                Ok(object) => object.values().all(Value::is_object).then_some(Layout::Map),
                Err(_) => self.object_over_lines(&first, &mut reader)?,
            },
            Some(_) => self.is_csv()?.then_some(Layout::Csv),
        })
    }

    /// A `{` whose line is no whole object: JSON over several lines, or a broken first line.
    fn object_over_lines(&self, first: &[u8], reader: &mut impl BufRead) -> io::Result<Option<Layout>> {
        let second = first_line(reader)?;
        if first != b"{" && second.first() == Some(&b'{') {
            return Ok(Some(Layout::Lines));
        }
        let mut file = self.handle()?;
        file.seek(SeekFrom::Start(self.start))?;
        let key = match Pieces::new(file, Layout::Map, self.start).next() {
            Some(Ok(Piece { key, .. })) => key,
            _ => None,
        };
        Ok(key.map(|key| if form::is_field(&key) { Layout::Single } else { Layout::Map }))
    }

    /// Whether the header names a field of an instance; keeps it.
    fn is_csv(&mut self) -> io::Result<bool> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(self.handle()?.take(FIRST_LINE));
        let Ok(header) = reader.byte_headers() else { return Ok(false) };
        self.header = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        Ok(self.header.len() > 1 && self.header.iter().any(|name| form::is_field(name)))
    }
}

/// Whether a text that begins with `[` goes on with an object, or ends the list.
fn list_of_objects(first: &[u8], reader: &mut impl BufRead) -> io::Result<bool> {
    let rest = first.get(1..).unwrap_or_default().trim_ascii_start();
    let next = if rest.is_empty() { first_line(reader)?.first().copied() } else { rest.first().copied() };
    Ok(matches!(next, Some(b'{' | b']')))
}

/// The first line that is not blank, without white space around it.
fn first_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut reader = reader.take(FIRST_LINE);
    while reader.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            return Ok(line.trim_ascii().to_vec());
        }
        line.clear();
    }
    Ok(Vec::new())
}

fn parquet(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().replace(['\'', '"'], "");
    let stem = name.trim_end_matches(".parquet");
    format!(
        "is Parquet, which kerf does not read; make JSON Lines of it: python3 -c \"import pandas; \
         pandas.read_parquet('{name}').to_json('{stem}.jsonl', orient='records', lines=True)\""
    )
}
