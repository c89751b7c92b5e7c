use route_handlers::{FromRequest, Request, Result, RouteHandlers, documented};

struct Caller;

impl FromRequest for Caller {
    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

fn main() {
    let _ = RouteHandlers::new().get("/", documented(async |_: Caller| "hello"));
}
