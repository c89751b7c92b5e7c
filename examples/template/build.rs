//! Reads the folder `app`, and writes the file that `route_handlers::app_dir!` includes.

fn main() {
    route_handlers::app_dir::Builder::new("app").generate();
}
