//! How large the users API is as it is deployed.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Result;

const LIMIT: usize = 250 << 10;
/// The budget is 110 KiB. The path of the checkout changes the order of the functions, and the compressed size by some hundred
/// bytes.
const LIMIT_GZIP: usize = 111 << 10;

pub(crate) fn check(folder: &Path) -> Result<()> {
    let (raw, gzip) = sizes(folder)?;
    println!("size: {raw} bytes of wasm, {gzip} by gzip");
    if raw <= LIMIT && gzip <= LIMIT_GZIP {
        return Ok(());
    }
    Err(format!("at most {LIMIT} bytes are wanted, {LIMIT_GZIP} by gzip").into())
}

/// The bytes of the wasm file, and by gzip.
pub(crate) fn sizes(folder: &Path) -> Result<(usize, usize)> {
    let wasm = fs::read(folder.join("index_bg.wasm"))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&wasm)?;
    Ok((wasm.len(), gzip.finish()?.len()))
}
