//! Builds a worker: a folder with a script, a wasm file, and the configuration of workerd.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wasm_bindgen_cli_support::Bindgen;

use crate::{Result, link};

/// The wasm features that rustc uses by default. binaryen refuses the file without these flags.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-exception-handling",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the app.
pub(crate) fn app() -> Result<PathBuf> {
    worker("edge_worker", "app")
}

/// Builds the worker of the wire tests.
pub(crate) fn wire() -> Result<PathBuf> {
    worker("edge_wire", "wire")
}

/// Builds the users API alone.
pub(crate) fn users() -> Result<PathBuf> {
    worker("edge_users", "users")
}

/// Builds a worker from a file of `js`, without wasm.
pub(crate) fn script(name: &str) -> Result<PathBuf> {
    install()?;
    let folder = empty_folder(name)?;
    bundle(&own("js").join(name).with_extension("js"), &folder)?;
    configure(&folder, "")?;
    Ok(folder)
}

fn worker(package: &str, name: &str) -> Result<PathBuf> {
    install()?;
    run(Command::new("rustup").args(["--quiet", "target", "add", "wasm32-unknown-unknown"]))?;
    let target = "wasm32-unknown-unknown";
    let cargo = std::env::var("CARGO").unwrap_or("cargo".into());
    run(Command::new(cargo)
        .current_dir(root())
        .args(["build", "--quiet", "--locked", "--profile", "edge", "--target", target, "--package", package])
        .env("CARGO_ENCODED_RUSTFLAGS", [short_paths()?, vec![link::flag()?]].concat().join("\x1f")))?;
    let folder = empty_folder(name)?;
    let bindings = folder.join("bindings");
    let script = bind(&target_folder().join(target).join("edge").join(package).with_extension("wasm"), &bindings)?;
    remove_unused(&bindings, &script)?;
    optimise(&bindings.join("used.wasm"), &folder.join("index_bg.wasm"))?;
    fs::copy(root().join("examples/edge/worker/main.js"), bindings.join("main.js"))?;
    bundle(&bindings.join("main.js"), &folder)?;
    fs::remove_dir_all(&bindings)?;
    configure(&folder, r#"(name = "index_bg.wasm", wasm = embed "index_bg.wasm"),"#)?;
    Ok(folder)
}

/// Returns flags that shorten the paths in panic messages: they begin with the crate or `library`, and not with local folders.
fn short_paths() -> Result<Vec<String>> {
    let sysroot =
        Command::new(std::env::var("RUSTC").unwrap_or("rustc".into())).args(["--print", "sysroot"]).output()?;
    let library = Path::new(String::from_utf8(sysroot.stdout)?.trim()).join("lib/rustlib/src/rust");
    let home = std::env::home_dir().map(|home| home.join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or(home)
        .ok_or("cargo's home folder is unknown: set CARGO_HOME")?;
    let mut prefixes = vec![library];
    for registry in fs::read_dir(cargo.join("registry/src"))? {
        prefixes.push(registry?.path());
    }
    Ok(prefixes.iter().map(|prefix| format!("--remap-path-prefix={}/=", prefix.display())).collect())
}

/// Installs the npm tools of the lock file.
fn install() -> Result<()> {
    let locked = fs::read(own("package-lock.json"))?;
    let installed = own("node_modules/.locked");
    if fs::read(&installed).is_ok_and(|installed| installed == locked) {
        return Ok(());
    }
    // No install scripts are needed, as each program is in the package of its platform.
    run(Command::new("npm").current_dir(own("")).args([
        "ci",
        "--silent",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    Ok(fs::write(installed, locked)?)
}

/// Runs wasm-bindgen, which writes the wasm file and `index.js`. Returns the text of `index.js`.
fn bind(wasm: &Path, folder: &Path) -> Result<String> {
    Bindgen::new()
        .input_path(wasm)
        .out_name("index")
        .module(true)?
        .typescript(false)
        .remove_name_section(true)
        .generate(folder)?;
    let script = folder.join("index.js");
    let instances = instances(&fs::read_to_string(&script)?, folder)?;
    fs::write(&script, &instances)?;
    Ok(instances)
}

/// Turns the script into a function that makes an instance of the program. Each instance has a separate state, where `worker`
/// records a panic.
fn instances(script: &str, folder: &Path) -> Result<String> {
    let (imports, body): (Vec<_>, Vec<_>) = script.lines().partition(|line| line.starts_with("import "));
    if imports.len() != 2 || !imports[0].starts_with("import { state }") {
        return Err(format!("wasm-bindgen writes other imports than expected; adapt this function: {imports:?}").into());
    }
    let body = used(&body, folder)?;
    // workerd reads a plain import of a wasm file as its module.
    let module = imports[1].replace("import source ", "import ");
    Ok(format!("{module}\nexport function instantiate(state) {{\n{body}\nreturn {{ fetch }};\n}}\n"))
}

/// Returns the part of the script that `fetch` needs. The whole script has each class of every dependency, with the functions
/// that the class calls, and most are unused.
fn used(lines: &[&str], folder: &Path) -> Result<String> {
    // Both statements have no effect if the class is unused, but esbuild cannot know that. No worker here calls `dispose`.
    let lines = lines.iter().filter(|line| !line.starts_with("if (Symbol.dispose) "));
    let script = lines.map(|line| format!("{line}\n")).collect::<String>();
    let script = script.replace("new FinalizationRegistry", "/* @__PURE__ */ new FinalizationRegistry");
    let (all, used) = (folder.join("all.js"), folder.join("used.js"));
    fs::write(&all, script.replace("\nexport ", "\n") + "export { fetch };\n")?;
    run(Command::new(program("@esbuild", "esbuild")?)
        .arg(all)
        .args(["--tree-shaking=true", "--format=esm", "--log-level=error"])
        .arg(format!("--outfile={}", used.display())))?;
    Ok(fs::read_to_string(used)?.replace("export {\n  fetch\n};\n", ""))
}

/// Removes the functions that neither the script nor the program calls.
fn remove_unused(folder: &Path, script: &str) -> Result<()> {
    let named = script.split("wasm.").skip(1).map(|rest| {
        let end = rest.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(rest.len());
        &rest[..end]
    });
    let roots = named
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|name| serde_json::json!({ "name": name, "export": name, "root": true }));
    let graph = folder.join("roots.json");
    fs::write(&graph, serde_json::Value::from_iter(roots).to_string())?;
    run(Command::new(own("node_modules/.bin/wasm-metadce"))
        .args(WASM_FEATURES)
        .arg(folder.join("index_bg.wasm"))
        .arg("--graph-file")
        .arg(graph)
        .arg("-o")
        .arg(folder.join("used.wasm"))
        .stdout(Stdio::null())) // it lists each removal
}

/// The passes that make the compressed file smaller. Each was measured, and none changes the behaviour.
const PASSES: &[&str] = &[
    "--flatten",
    "--rereloop",
    "-Oz",
    "--flatten", // a second round finds more
    "--rereloop",
    "-Oz",
    "-Oz",
    "--dealign", // engines ignore the alignment hints
    // These passes make the compressed file larger.
    "--skip-pass=local-cse",
    "--skip-pass=memory-packing",
    // No data is in the lowest kilobyte, which is the end of the stack. A load may then include an offset to a pointer.
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
];

fn optimise(from: &Path, to: &Path) -> Result<()> {
    run(Command::new(own("node_modules/.bin/wasm-opt")).args(PASSES).args(WASM_FEATURES).arg(from).arg("-o").arg(to))
}

/// Bundles the script and its imports into `main.js`.
fn bundle(script: &Path, folder: &Path) -> Result<()> {
    run(Command::new(program("@esbuild", "esbuild")?)
        .arg(script)
        .args(["--bundle", "--format=esm", "--external:./index_bg.wasm", "--log-level=error"])
        .env("NODE_PATH", own("node_modules"))
        .arg(format!("--outfile={}", folder.join("main.js").display())))
}

fn configure(folder: &Path, modules: &str) -> Result<()> {
    let config = fs::read_to_string(own("config.capnp"))?.replace("# more modules", modules);
    fs::write(folder.join("config.capnp"), config)?;
    fs::copy(own("js/kv.js"), folder.join("kv.js"))?;
    Ok(())
}

fn empty_folder(name: &str) -> Result<PathBuf> {
    let folder = target_folder().join("workers").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Returns the path of a program from npm. The scope has a package for each platform, and npm installs the package of this one.
pub(crate) fn program(scope: &str, name: &str) -> Result<PathBuf> {
    let mut packages = fs::read_dir(own("node_modules").join(scope))?;
    let package = packages.next().ok_or_else(|| format!("npm has no {name} for this platform"))??;
    Ok(package.path().join("bin").join(name))
}

/// Returns the path of a file of this package.
pub(crate) fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn root() -> PathBuf {
    own("../../..")
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
