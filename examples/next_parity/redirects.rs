//! `/api/r/{redirect,nav}`: redirects, and interrupts such as `notFound()`.

use http::StatusCode;
use route_handlers::{Error, IntoResponse, Json, Query, Redirect, Response, Result, RouteHandlers, State, get};
use serde::{Deserialize, Serialize};

use super::Variant;
use super::next_url::NextUrl;
use super::web::{Case, no_such_case, thrown};

const ABSOLUTE: &str = "https://example.com/t?x=1";

#[derive(Deserialize)]
struct Selected {
    #[serde(default)]
    case: String,
    code: Option<String>,
}

impl Selected {
    /// `Number(searchParams.get('code'))`
    fn status(&self) -> Result<StatusCode> {
        Ok(StatusCode::from_u16(self.code.as_deref().unwrap_or("0").parse()?)?)
    }
}

/// The errors that Next's helpers throw, as a `catch` sees them. Here they are values.
#[derive(Serialize)]
struct Caught {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    message: &'static str,
    digest: &'static str,
}

async fn redirect(url: NextUrl, Query(selected): Query<Selected>) -> Result<Response> {
    Ok(match selected.case.as_str() {
        "nr" | "navAbs" => Redirect::to(ABSOLUTE).into_response(),
        "nrStatus" => Redirect::with_status(selected.status()?, ABSOLUTE).into_response(),
        "nrInit" => ([("x-a", "b")], Redirect::see_other(ABSOLUTE)).into_response(),
        "nrRelative" | "nav" | "navReplace" | "returned" => Redirect::to("/api/users").into_response(),
        "nrUrl" => Redirect::to(format!("{}/api/users?q=1#frag", url.origin())).into_response(),
        "nrNextUrl" => Redirect::to(url.with_pathname("/api/users")).into_response(),
        "resp" => Redirect::with_status(StatusCode::FOUND, ABSOLUTE).into_response(),
        "resp301" => Redirect::with_status(StatusCode::MOVED_PERMANENTLY, ABSOLUTE).into_response(),
        "respRelative" => Redirect::with_status(StatusCode::FOUND, "/api/users").into_response(),
        "navRel" => Redirect::to("sibling?x=1").into_response(),
        "navUnicode" => Redirect::to("/é b?q=ü").into_response(),
        "navSemicolon" => Redirect::to("/a;b;c").into_response(),
        "navEmpty" => return Err(thrown("Error: Invariant: Unexpected redirect url format")),
        "navCrlf" => Redirect::to("/a\r\nx-evil: 1").into_response(),
        "perm" => Redirect::permanent("/api/users").into_response(),
        "caught" => Json(Caught {
            name: Some("Error"),
            message: "NEXT_REDIRECT",
            digest: "NEXT_REDIRECT;replace;/api/users;307;",
        })
        .into_response(),
        "manual" => (StatusCode::FOUND, [("location", "/api/users")], ()).into_response(),
        _ => return Err(no_such_case()),
    })
}

/// `notFound()`, `forbidden()`, `unauthorized()`: errors with a status only. The last two need a flag in Next.
async fn interrupt(State(variant): State<Variant>, Query(Case { case }): Query<Case>) -> Result<Json<Caught>> {
    Err(match case.as_str() {
        "notFound" => Error::new(StatusCode::NOT_FOUND),
        "forbidden" | "unauthorized" if !variant.has_interrupts() => thrown("experimental.authInterrupts is off"),
        "forbidden" => Error::new(StatusCode::FORBIDDEN),
        "unauthorized" => Error::new(StatusCode::UNAUTHORIZED),
        "caught" => {
            let message = "NEXT_HTTP_ERROR_FALLBACK;404";
            return Ok(Json(Caught { name: None, message, digest: message }));
        }
        _ => no_such_case(),
    })
}

pub fn routes(variant: Variant) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(variant)
        .route("/api/r/redirect", get(redirect).post(redirect))
        .route("/api/r/nav", get(interrupt).post(interrupt))
}
