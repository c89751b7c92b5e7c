//! Versions of dependencies with known vulnerabilities.
//!
//! `Cargo.toml` has the minimal versions, which `.ci/minimal-versions` builds; `Cargo.lock` has the versions that are built and
//! tested here. `.ci/deny` checks the current advisories.

/// A crate, its first fixed version, and the advisory.
const FLOORS: &[(&str, [u64; 3], &str)] = &[
    ("bytes", [1, 11, 1], "RUSTSEC-2026-0007 (CVE-2026-25541)"),
    ("http", [1, 5, 0], "http 1.4.1: use after free in `header::IntoIter`; 1.4.2: DEL in a URI"),
    ("h2", [0, 4, 16], "RUSTSEC-2023-0034, RUSTSEC-2024-0003, RUSTSEC-2024-0332, RUSTSEC-2026-0258"),
    ("hyper", [1, 0, 0], "RUSTSEC-2020-0008, RUSTSEC-2021-0020, -0078, -0079, RUSTSEC-2017-0002"),
    ("tower-http", [0, 2, 1], "RUSTSEC-2021-0135, RUSTSEC-2022-0043"),
    ("cookie", [0, 16, 0], "RUSTSEC-2017-0005"),
];

/// Parses a version; `1.11` is 1.11.0.
fn version(text: &str) -> [u64; 3] {
    let mut parts = text.split(['.', '-', '+']).map_while(|part| part.parse().ok());
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The minimal version in `Cargo.toml`.
fn minimal(name: &str) -> Option<[u64; 3]> {
    let manifest = include_str!("../../Cargo.toml");
    let dependencies = manifest.split("\n[dependencies]\n").nth(1)?.split("\n[").next()?;
    let line = dependencies.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))?;
    line.split('"').find(|text| text.starts_with(|first: char| first.is_ascii_digit())).map(version)
}

#[test]
fn minimal_and_locked_versions_have_no_known_vulnerability() {
    let lock = include_str!("../../Cargo.lock");
    for (name, floor, advisory) in FLOORS {
        let needle = format!("\nname = \"{name}\"\nversion = \"");
        let locked =
            lock.split(&needle).skip(1).map(|rest| version(rest.split('"').next().unwrap())).collect::<Vec<_>>();
        assert!(!locked.is_empty(), "{name} is in Cargo.lock");
        // benches/peers depends on old major versions of h2 and http through actix-web; they have their own fixes.
        let current = locked.iter().max().unwrap();
        assert!(current >= floor, "{name} {current:?} is in Cargo.lock: {advisory}");
        if let Some(minimal) = minimal(name) {
            assert!(minimal >= *floor, "{name} {minimal:?} is allowed by Cargo.toml: {advisory}");
        }
    }
    assert_eq!(minimal("bytes"), Some([1, 11, 1]), "the manifest is read");
}
