#!/usr/bin/env bash
# Compares the build of a program that depends on route-handlers with one that depends on axum:
#
#   benches/peers/build_cost.sh [rounds]
#
# It makes two programs, and builds them by turns without built dependencies (`cargo build`, then `cargo build --release`).
# Two more programs have 500 handlers of three arguments. For these it builds the program again, with built dependencies.
set -euo pipefail
crate=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${1:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0

program() { # name, dependency, source
  mkdir -p "$work/$1/src"
  printf '[package]\nname = "program"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n%s\n\n[profile.release]\nstrip = true\n\n[workspace]\n' "$2" >"$work/$1/Cargo.toml"
  printf '%s\n' "$3" >"$work/$1/src/main.rs"
  cp "$crate/Cargo.lock" "$work/$1/"
  cargo fetch --quiet --manifest-path "$work/$1/Cargo.toml"
}

# Sends one request, so that the binary includes the code that serves.
serves='
    let request = http::Request::new(Body::empty());
    let response = std::pin::pin!(app.call(request)).poll(&mut Context::from_waker(Waker::noop()));
    println!("{}", matches!(response, Poll::Ready(Ok(response)) if response.status() == 200));
}'
uses='use std::future::Future;
use std::task::{Context, Poll, Waker};
use tower_service::Service;'
ours="$uses
use route_handlers::{Body, RouteHandlers, get};
fn main() {
    let mut app = RouteHandlers::new().route(\"/\", get(async || \"hello\"));$serves"
axum="$uses
use axum::{Router, body::Body, routing::get};
fn main() {
    let mut app: Router = Router::new().route(\"/\", get(async || \"hello\"));$serves"

many() { # imports, the table, the end of the table
  printf '%s\n#[derive(serde::Deserialize, serde::Serialize)]\nstruct Item { id: u32, name: String }\n' "$1"
  for n in $(seq 500); do
    printf 'async fn h%d(State(_): State<u32>, Path(p): Path<(u32, String)>, Json(i): Json<Item>) -> Json<Item> { Json(Item { id: i.id + p.0 + %d, name: p.1 + &i.name }) }\n' "$n" "$n"
  done
  printf 'fn main() {\n    let app = %s' "$2"
  for n in $(seq 500); do printf '\n        .route("/h%d/{a}/{b}", post(h%d))' "$n" "$n"; done
  printf '%s;\n    println!("{app:?}");\n}\n' "$3"
}

serde='serde = { version = "1", features = ["derive"] }'
http='
http = "1"
tower-service = "0.3"' # both crates depend on these anyway
program ours "route-handlers = { path = \"$crate\" }$http" "$ours"
program axum "axum = \"0.8\"$http" "$axum"
program ours-500 "route-handlers = { path = \"$crate\" }
$serde" "$(many 'use route_handlers::{Json, Path, RouteHandlers, State, post};' 'RouteHandlers::new().with_state(7_u32)' '')"
program axum-500 "axum = \"0.8\"
$serde" "$(many 'use axum::{Json, Router, extract::{Path, State}, routing::post};' 'Router::new()' '.with_state::<()>(7_u32)')"

seconds() { # runs a command, prints its seconds
  local start=$EPOCHREALTIME
  "$@" >&2
  awk "BEGIN { printf \"%.1f\n\", $EPOCHREALTIME - $start }"
}

build() { # program, arguments
  cargo build --quiet --offline --manifest-path "$work/$1/Cargo.toml" "${@:2}"
}

median() {
  sort -n | sed -n "$(((rounds + 1) / 2))p"
}

for round in $(seq "$rounds"); do
  for name in ours axum; do
    rm -rf "$work/$name/target"
    seconds build "$name" >>"$work/$name.debug"
    rm -rf "$work/$name/target"
    seconds build "$name" --release >>"$work/$name.release"
  done
  for name in ours-500 axum-500; do
    build "$name"
    touch "$work/$name/src/main.rs"
    seconds build "$name" >>"$work/$name.debug"
  done
done

crates() {
  cargo tree --offline -e normal --prefix none --no-dedupe --manifest-path "$work/$1/Cargo.toml" | sort -u | grep -vc '^program '
}

echo '| median of '"$rounds"' | route-handlers | axum |'
echo '|---|--:|--:|'
echo "| cold \`cargo build\`, s | $(median <"$work/ours.debug") | $(median <"$work/axum.debug") |"
echo "| cold \`cargo build --release\`, s | $(median <"$work/ours.release") | $(median <"$work/axum.release") |"
echo "| crates | $(crates ours) | $(crates axum) |"
echo "| binary, release, stripped, KiB | $(($(stat -c %s "$work/ours/target/release/program") / 1024)) | $(($(stat -c %s "$work/axum/target/release/program") / 1024)) |"
echo "| 500 handlers of 3 arguments, s | $(median <"$work/ours-500.debug") | $(median <"$work/axum-500.debug") |"
