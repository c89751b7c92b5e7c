//! Reads `app/` and `pages/`, and writes what `route_handlers::app!` brings into the program.

fn main() {
    route_handlers::app_dir::Builder::new("app").pages("pages").generate();
}
