//! The text of the generated file, laid out as rustfmt does.

use std::fmt::Write as _;

use crate::app_dir::exports::{Export, Exports, HANDLER};
use crate::app_dir::folders::Flavour;
use crate::app_dir::reading::RouteFile;

/// How wide rustfmt lets a chain of calls and the arguments of a call be.
const WIDTH: usize = 60;

/// The name that a file's module has while the file is registered: the module's own name may be wider than [`WIDTH`].
const MODULE: &str = "file";

/// What a file that is not `Edge` stands under.
const NOT_ON_WASM: &str = "cfg(not(target_arch = \"wasm32\"))";

/// What is asked of a route file it need not silence: the name of a verb, its `async`, its `pub`. A type of a signature
/// that is less public would be refused here, in the generated file; so it is refused there, with its line.
const LINTS: &str = "\
#[allow(non_snake_case, unreachable_pub, clippy::unused_async)]
#[deny(private_interfaces)]";

/// The whole file.
pub(super) fn render(files: &[RouteFile]) -> String {
    let mut text = Text("// Made by route_handlers::app_dir, and written anew when a route file changes.\n".to_owned());
    for file in files {
        text.module(file);
    }
    text.routes(files);
    text.register(files);
    text.0
}

struct Text(String);

impl Text {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.0, "{:indent$}{text}", "");
    }

    fn conditions(&mut self, indent: usize, conditions: &[String]) {
        for condition in conditions {
            self.line(indent, &format!("#[{condition}]"));
        }
    }

    /// A call, its arguments on lines of their own if they are too wide for one.
    fn call(&mut self, indent: usize, head: &str, arguments: &[String], tail: &str) {
        let line = arguments.join(", ");
        if line.chars().count() <= WIDTH && !line.contains('\n') {
            return self.line(indent, &format!("{head}({line}){tail}"));
        }
        self.line(indent, &format!("{head}("));
        for argument in arguments {
            self.line(indent + 4, &format!("{argument},"));
        }
        self.line(indent, &format!("){tail}"));
    }

    /// A chain of calls, each on a line of its own if they are too wide for one.
    fn chain(&mut self, indent: usize, name: &str, calls: &[String]) {
        let line = calls.join(".");
        if calls.len() == 1 || line.chars().count() <= WIDTH {
            return self.line(indent, &format!("let {name} = {line};"));
        }
        self.line(indent, &format!("let {name} = {}", calls[0]));
        let last = calls.len() - 1;
        for (position, call) in calls.iter().enumerate().skip(1) {
            self.line(indent + 4, &format!(".{call}{}", if position == last { ";" } else { "" }));
        }
    }

    fn module(&mut self, file: &RouteFile) {
        self.line(0, &format!("\n// {}", file.shown));
        if let Ok(exports) = &file.exports {
            self.conditions(0, &conditions(exports, &[]));
        }
        self.line(0, &format!("#[path = {:?}]", file.path.to_string_lossy()));
        self.line(0, LINTS);
        self.line(0, &format!("mod {};", file.module));
        if let Err((place, reason)) = &file.exports {
            // The compiler says it better, in the file itself; but should it find nothing, no route is lost in silence.
            let reason = format!("{}:{}:{}: {reason}", file.shown, place.line, place.column);
            self.line(0, &format!("compile_error!({reason:?});"));
        }
    }

    fn routes(&mut self, files: &[RouteFile]) {
        self.line(0, "\n/// The routes, in the order of their files.\n#[allow(dead_code, unreachable_pub)]");
        let head = "pub const ROUTES: &[route_handlers::FileRoute<'static>] = &[";
        if files.is_empty() {
            return self.line(0, &format!("{head}];"));
        }
        self.line(0, head);
        for (file, exports) in readable(files) {
            self.conditions(4, &conditions(exports, &some_handler(exports)));
            let runtime = if exports.settings.contains(&"RUNTIME") {
                format!("{}::RUNTIME", file.module)
            } else {
                "route_handlers::Runtime::Native".to_owned()
            };
            let arguments = [format!("{:?}", file.pattern), methods(exports), runtime, format!("{:?}", file.shown)];
            self.call(4, "route_handlers::FileRoute::new", &arguments, ",");
        }
        self.line(0, "];");
    }

    fn register(&mut self, files: &[RouteFile]) {
        self.line(0, "\n/// Adds the routes to a table.\n#[allow(unreachable_pub, clippy::all, clippy::pedantic)]");
        self.line(0, "pub fn register(table: route_handlers::RouteHandlers) -> route_handlers::RouteHandlers {");
        for (file, exports) in readable(files) {
            self.line(4, &format!("// {}", file.shown));
            for handlers in exports.handlers.chunk_by(|one, next| one.conditions == next.conditions) {
                self.registration(file, exports, handlers);
            }
        }
        self.line(4, "table\n}");
    }

    /// The handlers of a file that stand under the same conditions.
    fn registration(&mut self, file: &RouteFile, exports: &Exports, handlers: &[Export]) {
        let setting =
            |name| exports.settings.contains(&name).then(|| format!("{}({MODULE}::{name})", name.to_lowercase()));
        self.conditions(4, &conditions(exports, &handlers[0].conditions));
        self.line(4, "let table = {");
        self.line(8, &format!("use {} as {MODULE};", file.module));
        match file.flavour {
            Flavour::App => {
                let verb = |export: &Export| format!("{}({MODULE}::{})", export.name.to_lowercase(), export.name);
                let mut calls: Vec<String> = handlers.iter().map(verb).chain(setting("BODY_LIMIT")).collect();
                calls[0].insert_str(0, "route_handlers::");
                self.chain(8, "route", &calls);
            }
            Flavour::Pages => {
                let handler = format!("route_handlers::pages({MODULE}::{HANDLER})");
                let calls = [Some(handler), setting("BODY_LIMIT"), setting("BODY_PARSER")];
                self.chain(8, "handler", &calls.into_iter().flatten().collect::<Vec<_>>());
                self.line(8, "let route = route_handlers::any(handler);");
            }
        }
        if exports.settings.contains(&"MAX_DURATION") {
            // The message of a missing feature shows this name, so it says which file it is.
            let arguments = ["route".to_owned(), format!("{}::MAX_DURATION", file.module)];
            self.call(8, "let route = route_handlers::__max_duration!", &arguments, ";");
        }
        self.call(8, "table.route", &[format!("{:?}", file.pattern), "route".to_owned()], "");
        self.line(4, "};");
    }
}

fn readable(files: &[RouteFile]) -> impl Iterator<Item = (&RouteFile, &Exports)> {
    files.iter().filter_map(|file| Some((file, file.exports.as_ref().ok()?)))
}

/// The conditions of a file, and those of a part of it.
fn conditions(exports: &Exports, more: &[String]) -> Vec<String> {
    let not_on_wasm = (!exports.is_edge).then(|| NOT_ON_WASM.to_owned());
    not_on_wasm.into_iter().chain(exports.conditions.iter().chain(more).cloned()).collect()
}

/// The condition under which a file has any handler; empty if it always has one.
fn some_handler(exports: &Exports) -> Vec<String> {
    let mut handlers: Vec<_> = exports.handlers.iter().map(|export| &export.conditions).collect();
    handlers.dedup();
    match handlers[..] {
        [only] => only.clone(),
        _ if handlers.iter().any(|conditions| conditions.is_empty()) => Vec::new(),
        _ => vec![format!("cfg(any({}))", handlers.into_iter().map(|own| all(own)).collect::<Vec<_>>().join(", "))],
    }
}

/// Joins the conditions of one handler into one.
fn all(conditions: &[String]) -> String {
    let inner = |condition: &String| {
        let inner = condition.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(condition);
        inner.trim_ascii().trim_end_matches(',').to_owned()
    };
    match conditions {
        [only] => inner(only),
        _ => format!("all({})", conditions.iter().map(inner).collect::<Vec<_>>().join(", ")),
    }
}

/// The methods of a file as an array; one under a condition makes it stand over several lines, as deep as in `ROUTES`.
fn methods(exports: &Exports) -> String {
    let methods = exports.methods.iter().zip(&exports.handlers);
    if exports.methods.is_empty() || exports.handlers.iter().all(|export| export.conditions.is_empty()) {
        return format!("&[{}]", methods.map(|(method, _)| format!("{method:?}")).collect::<Vec<_>>().join(", "));
    }
    let mut text = Text("&[\n".to_owned());
    for (method, export) in methods {
        text.conditions(12, &export.conditions);
        text.line(12, &format!("{method:?},"));
    }
    text.0 + "        ]"
}
