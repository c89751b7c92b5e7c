//! Versions of dependencies that are known to be broken.
//!
//! What a fresh build takes at the least stands in `Cargo.toml`, and `.ci/minimal-versions` builds with it; what is built and
//! tested here stands in `Cargo.lock`. The advisories of today are asked for by `.ci/deny`.

/// Crate, the first version without the fault, advisory.
const FLOORS: &[(&str, [u64; 3], &str)] = &[
    ("bytes", [1, 11, 1], "RUSTSEC-2026-0007 (CVE-2026-25541)"),
    ("http", [1, 5, 0], "http 1.4.1: use after free in `header::IntoIter`; 1.4.2: DEL in a URI"),
    ("h2", [0, 4, 16], "RUSTSEC-2023-0034, RUSTSEC-2024-0003, RUSTSEC-2024-0332, RUSTSEC-2026-0258"),
    ("hyper", [1, 0, 0], "RUSTSEC-2020-0008, RUSTSEC-2021-0020, -0078, -0079, RUSTSEC-2017-0002"),
    ("tower-http", [0, 2, 1], "RUSTSEC-2021-0135, RUSTSEC-2022-0043"),
    ("cookie", [0, 16, 0], "RUSTSEC-2017-0005"),
];

/// `1.11` is 1.11.0.
fn version(text: &str) -> [u64; 3] {
    let mut parts = text.split(['.', '-', '+']).map_while(|part| part.parse().ok());
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The version that `Cargo.toml` asks for at the least.
fn asked_for(name: &str) -> Option<[u64; 3]> {
    let manifest = include_str!("../../Cargo.toml");
    let dependencies = manifest.split("\n[dependencies]\n").nth(1)?.split("\n[").next()?;
    let line = dependencies.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))?;
    line.split('"').find(|text| text.starts_with(|first: char| first.is_ascii_digit())).map(version)
}

#[test]
fn neither_the_lowest_version_asked_for_nor_the_one_that_is_built_is_a_broken_one() {
    let lock = include_str!("../../Cargo.lock");
    for (name, floor, advisory) in FLOORS {
        let needle = format!("\nname = \"{name}\"\nversion = \"");
        let locked =
            lock.split(&needle).skip(1).map(|rest| version(rest.split('"').next().unwrap())).collect::<Vec<_>>();
        assert!(!locked.is_empty(), "{name} is in Cargo.lock");
        // Of h2 and http there is an old major version with actix-web in benches/peers; it has its own fixes.
        let current = locked.iter().max().unwrap();
        assert!(current >= floor, "{name} {current:?} is built: {advisory}");
        if let Some(asked_for) = asked_for(name) {
            assert!(asked_for >= *floor, "{name} {asked_for:?} is asked for: {advisory}");
        }
    }
    assert_eq!(asked_for("bytes"), Some([1, 11, 1]), "the manifest is read");
}
