//! Counts instructions: the program runs itself again under callgrind.
//!
//! The second run calls [`section`] once for each count. callgrind counts only the instructions of that function, and writes
//! a file each time it returns.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::harness::Run;

/// The environment variable that is set in the run under callgrind.
const INSIDE: &str = "PEERS_UNDER_CALLGRIND";

/// Whether this process runs under callgrind.
pub fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs `times` times in a section that callgrind counts, after a short warm-up.
pub fn count(name: &str, run: &mut Run, times: u32) {
    run(3);
    section(run, times);
    println!("{times} {name}");
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn section(run: &mut Run, times: u32) {
    run(times);
}

/// Runs this program with the same arguments under callgrind. Returns the name of each count, and its instructions per run.
pub fn counts() -> Vec<(String, f64)> {
    let folder = env::temp_dir().join(format!("peers-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let output = Command::new("valgrind")
        .args(["-q", "--tool=callgrind", "--toggle-collect=section", "--dump-after=section"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(env::current_exe().unwrap())
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .output()
        .expect("valgrind starts; install it with apt-get install valgrind");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let counts = lines.lines().enumerate().map(|(index, line)| {
        let (times, name) = line.split_once(' ').unwrap();
        let total = total(&folder.join(format!("out.{}", index + 1)));
        (name.to_owned(), total / times.parse::<f64>().unwrap())
    });
    let counts = counts.collect();
    fs::remove_dir_all(&folder).unwrap();
    counts
}

fn total(file: &Path) -> f64 {
    let text = fs::read_to_string(file).unwrap();
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
    total.trim().parse().unwrap()
}
