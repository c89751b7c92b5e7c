//! What no two files may say together: the rules of Next.js for the names at one level, and one file for one path.

use std::collections::HashMap;
use std::panic::Location;

use crate::app_dir::mistake::Mistake;
use crate::app_dir::segment::Segment;
use crate::routing::RouteTable;

/// The paths that are taken, and by which files.
pub(super) struct Taken {
    /// The table as it will be when the program runs: what it would refuse then, it refuses now.
    table: RouteTable<()>,
    /// Pattern → file.
    files: HashMap<String, String>,
    /// The path of a folder, whatever the names in it are → what leads on from there.
    levels: HashMap<String, Level>,
}

/// What was first seen at one level, and in which file.
#[derive(Default)]
struct Level {
    param: Option<Seen>,
    catch_all: Option<Seen>,
    optional: Option<Seen>,
    end: Option<Seen>,
}

#[derive(Clone)]
struct Seen {
    segment: String,
    file: String,
}

impl Taken {
    pub(super) fn new() -> Self {
        Self { table: RouteTable::new(), files: HashMap::new(), levels: HashMap::new() }
    }

    /// The file that answers a pattern.
    pub(super) fn file(&self, pattern: &str) -> Option<&str> {
        self.files.get(pattern).map(String::as_str)
    }

    /// Adds a file's path.
    pub(super) fn add(&mut self, file: &str, pattern: &str, segments: &[Segment], mistakes: &mut Vec<Mistake>) {
        let before = mistakes.len();
        let mut add = |result: Result<(), String>| mistakes.extend(result.err().map(|text| Mistake::new(file, text)));
        add(self.insert(file, pattern));
        add(names_differ(segments));
        if mistakes.len() == before {
            mistakes.extend(self.add_levels(file, segments).err().map(|text| Mistake::new(file, text)));
        }
    }

    fn insert(&mut self, file: &str, pattern: &str) -> Result<(), String> {
        if let Err(error) = self.table.insert(pattern, None, (), Location::caller()) {
            let other = error.other_pattern().and_then(|other| self.file(other));
            return Err(match other {
                Some(other) => format!("`{pattern}` is answered by {other} already: keep one of them"),
                None => error.to_string(),
            });
        }
        self.files.insert(pattern.to_owned(), file.to_owned());
        Ok(())
    }

    fn add_levels(&mut self, file: &str, segments: &[Segment]) -> Result<(), String> {
        let mut path = String::new();
        for segment in segments {
            let seen = Seen { segment: segment.folder(), file: file.to_owned() };
            let level = self.levels.entry(path.clone()).or_default();
            level.add(segment, seen)?;
            path.push('/');
            path.push_str(if let Segment::Literal(text) = segment { text } else { "[]" });
        }
        let is_open = !matches!(segments.last(), Some(Segment::CatchAll(_) | Segment::OptionalCatchAll(_)));
        if is_open { self.levels.entry(path).or_default().end(file) } else { Ok(()) }
    }
}

impl Level {
    fn add(&mut self, segment: &Segment, seen: Seen) -> Result<(), String> {
        let (own, rival) = match segment {
            Segment::Literal(_) => return Ok(()),
            Segment::Param(_) => {
                let first = self.param.get_or_insert_with(|| seen.clone());
                if first.segment == seen.segment {
                    return Ok(());
                }
                let Seen { segment, file } = first;
                return Err(format!("`{}` stands where {file} has `{segment}`: one level has one name", seen.segment));
            }
            Segment::CatchAll(_) => (&mut self.catch_all, &self.optional),
            Segment::OptionalCatchAll(_) => (&mut self.optional, &self.catch_all),
        };
        if let Some(Seen { segment, file }) = rival {
            return Err(format!(
                "`{}` stands where {file} has `{segment}`: an optional catch-all takes all that a required one takes",
                seen.segment
            ));
        }
        let is_optional = matches!(segment, Segment::OptionalCatchAll(_));
        if let (true, Some(Seen { file, .. })) = (is_optional, &self.end) {
            return Err(format!(
                "`{}` also takes the path of {file}: write `[...rest]`, or keep one of them",
                seen.segment
            ));
        }
        own.get_or_insert(seen);
        Ok(())
    }

    /// A path ends here.
    fn end(&mut self, file: &str) -> Result<(), String> {
        if let Some(Seen { segment, file }) = &self.optional {
            return Err(format!(
                "`{segment}` of {file} takes this path, too: write `[...rest]` there, or keep one of them"
            ));
        }
        self.end.get_or_insert_with(|| Seen { segment: String::new(), file: file.to_owned() });
        Ok(())
    }
}

/// `[a-b]` and `[ab]` in one path: a reader takes one for the other, and Next.js does.
fn names_differ(segments: &[Segment]) -> Result<(), String> {
    let word = |name: &str| name.replace(|c: char| !c.is_alphanumeric(), "");
    let names: Vec<&str> = segments.iter().filter_map(Segment::name).collect();
    for (position, name) in names.iter().enumerate() {
        let twin = names[..position].iter().find(|other| *other != name && word(other) == word(name));
        if let Some(other) = twin {
            return Err(format!("the names `{other}` and `{name}` differ in punctuation only: give one another name"));
        }
    }
    Ok(())
}
