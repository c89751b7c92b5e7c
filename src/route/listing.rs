//! Lists of the methods of a route.

use std::fmt;

use http::Method;

/// Writes each method with the calls for its layers and options: ` [GET, PUT].etag() [POST]`.
pub(crate) fn write_methods<'m>(
    f: &mut fmt::Formatter<'_>,
    methods: impl Iterator<Item = (Option<&'m Method>, String)>,
) -> fmt::Result {
    let mut methods: Vec<_> = methods.collect();
    methods.sort_by_key(|(method, _)| method.is_none());
    for same in methods.chunk_by(|(_, calls), (_, next)| calls == next) {
        let names: Vec<_> = same.iter().map(|(method, _)| method.map_or("any", Method::as_str)).collect();
        write!(f, " [{}]{}", names.join(", "), same[0].1)?;
    }
    Ok(())
}
