//! The paths of all route files, and the conflicts between them.
//!
//! Each path has one file, and the parameters at one level follow the rules of Next.js.

use std::collections::HashMap;

use crate::app_dir::generator::error::FileError;
use crate::app_dir::generator::segment::Segment;
use crate::routing::{Place, RouteTable};

/// The paths of the route files.
pub(super) struct Paths {
    /// A route table like that of the program. It refuses the same patterns.
    table: RouteTable<()>,
    /// Maps a pattern to its file.
    files: HashMap<String, String>,
    /// Maps the path of a folder, with parameter names removed, to the segments in that folder.
    levels: HashMap<String, Level>,
}

/// The first segment of each kind in one folder.
#[derive(Default)]
struct Level {
    param: Option<Found>,
    catch_all: Option<Found>,
    optional: Option<Found>,
    /// The path of the folder itself is a route.
    end: Option<Found>,
}

/// A segment, and the file in which it was found.
#[derive(Clone)]
struct Found {
    segment: String,
    file: String,
}

impl Paths {
    pub(super) fn new() -> Self {
        Self { table: RouteTable::new(), files: HashMap::new(), levels: HashMap::new() }
    }

    /// Returns the file of a pattern.
    pub(super) fn file(&self, pattern: &str) -> Option<&str> {
        self.files.get(pattern).map(String::as_str)
    }

    /// Adds the path of a file, and its conflicts to `errors`.
    pub(super) fn add(&mut self, file: &str, pattern: &str, segments: &[Segment], errors: &mut Vec<FileError>) {
        let before = errors.len();
        let mut check = |result: Result<(), String>| errors.extend(result.err().map(|text| FileError::new(file, text)));
        check(self.insert(file, pattern));
        check(check_names(segments));
        if errors.len() == before {
            errors.extend(self.add_levels(file, segments).err().map(|text| FileError::new(file, text)));
        }
    }

    fn insert(&mut self, file: &str, pattern: &str) -> Result<(), String> {
        if let Err(error) = self.table.insert(pattern, None, (), Place::caller()) {
            let other = error.other_pattern().and_then(|other| self.file(other));
            return Err(match other {
                Some(other) => format!("{other} already has the path `{pattern}`: keep one of them"),
                None => error.to_string(),
            });
        }
        self.files.insert(pattern.to_owned(), file.to_owned());
        Ok(())
    }

    fn add_levels(&mut self, file: &str, segments: &[Segment]) -> Result<(), String> {
        let mut path = String::new();
        for segment in segments {
            let found = Found { segment: segment.folder(), file: file.to_owned() };
            let level = self.levels.entry(path.clone()).or_default();
            level.add(segment, found)?;
            path.push('/');
            path.push_str(if let Segment::Literal(text) = segment { text } else { "[]" });
        }
        let has_catch_all = matches!(segments.last(), Some(Segment::CatchAll(_) | Segment::OptionalCatchAll(_)));
        if has_catch_all { Ok(()) } else { self.levels.entry(path).or_default().end(file) }
    }
}

impl Level {
    fn add(&mut self, segment: &Segment, found: Found) -> Result<(), String> {
        let (first, other) = match segment {
            Segment::Literal(_) => return Ok(()),
            Segment::Param(_) => {
                let first = self.param.get_or_insert_with(|| found.clone());
                if first.segment == found.segment {
                    return Ok(());
                }
                let Found { segment, file } = first;
                let own = found.segment;
                return Err(format!("`{own}` is at the level of `{segment}` in {file}: use one name for both"));
            }
            Segment::CatchAll(_) => (&mut self.catch_all, &self.optional),
            Segment::OptionalCatchAll(_) => (&mut self.optional, &self.catch_all),
        };
        let own = &found.segment;
        if let Some(Found { segment, file }) = other {
            return Err(format!(
                "`{own}` is at the level of `{segment}` in {file}: both match the same paths, so keep one of them"
            ));
        }
        let is_optional = matches!(segment, Segment::OptionalCatchAll(_));
        if let (true, Some(Found { file, .. })) = (is_optional, &self.end) {
            return Err(format!("`{own}` also matches the path of {file}: write `[...rest]`, or keep one of them"));
        }
        first.get_or_insert(found);
        Ok(())
    }

    /// Adds a file with the path of this folder.
    fn end(&mut self, file: &str) -> Result<(), String> {
        if let Some(Found { segment, file }) = &self.optional {
            return Err(format!(
                "`{segment}` of {file} also matches this path: write `[...rest]` there, or keep one of them"
            ));
        }
        self.end.get_or_insert_with(|| Found { segment: String::new(), file: file.to_owned() });
        Ok(())
    }
}

/// Refuses two names that differ in punctuation only, such as `[a-b]` and `[ab]` in one path, as Next.js does. They are easy
/// to confuse.
fn check_names(segments: &[Segment]) -> Result<(), String> {
    let word = |name: &str| name.replace(|c: char| !c.is_alphanumeric(), "");
    let names: Vec<&str> = segments.iter().filter_map(Segment::name).collect();
    for (position, name) in names.iter().enumerate() {
        let similar = names[..position].iter().find(|other| *other != name && word(other) == word(name));
        if let Some(other) = similar {
            return Err(format!("the names `{other}` and `{name}` differ in punctuation only: rename one of them"));
        }
    }
    Ok(())
}
