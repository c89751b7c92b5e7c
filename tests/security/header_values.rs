//! Line breaks in header values.

use route_handlers::pages::{PagesResponse, pages};
use route_handlers::response::{permanent_redirect, redirect};
use route_handlers::{IntoResponse, Redirect, Response, RouteHandlers, SetCookie};

use crate::get_from;

// RUSTSEC-2024-0009 (trillium), RUSTSEC-2017-0002 (hyper): line breaks in headers; axum's `Redirect` panicked on them.
#[tokio::test]
async fn line_break_in_a_header_is_a_500_problem() {
    const EVIL: &str = "/a\r\nx-evil: 1";
    type Make = fn(PagesResponse) -> Response;
    let makers: [Make; 11] = [
        |_| Redirect::to(EVIL).into_response(),
        |_| Redirect::permanent("\r\n").into_response(),
        |_| Redirect::see_other(EVIL).into_response(),
        |_| redirect(EVIL).into_response(),
        |_| permanent_redirect(EVIL).into_response(),
        |_| ([("x-a", EVIL)], "").into_response(),
        |_| ([(EVIL, "1")], "").into_response(),
        |_| (SetCookie::new("n", "v").path(EVIL), "").into_response(),
        |res| res.header("x-a", EVIL).end(""),
        |res| res.cookie(SetCookie::new(EVIL, "v")).send(""),
        |res| res.redirect(EVIL),
    ];
    for (index, make) in makers.into_iter().enumerate() {
        let api = RouteHandlers::new().any("/", pages(move |_, res| std::future::ready(make(res))));
        let response = get_from(api, "/").await;
        assert_eq!(response.status, 500, "{index}");
        response.problem();
        for name in ["x-evil", "x-a", "location", "set-cookie"] {
            assert!(!response.headers.contains_key(name), "{index}: {:?}", response.headers);
        }
    }
}
