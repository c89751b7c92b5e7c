use route_handlers::{FromHead, FromRequest, Head, Request, Result};

struct User;

impl FromHead for User {
    fn from_head(_: &Head<'_>) -> Result<Self> {
        Ok(Self)
    }
}

impl FromRequest for User {
    async fn from_request(_: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

fn main() {}
