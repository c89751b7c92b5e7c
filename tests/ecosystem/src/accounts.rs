//! Users of `axum_login`, and the work of two handlers with a session.

use std::convert::Infallible;

use axum_login::{AuthManagerLayer, AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use http::StatusCode;
use route_handlers::{Error, Result};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

pub type Auth = AuthSession<Users>;

#[derive(Clone, Debug)]
pub struct User(pub String);

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.0.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Knows `ada` only.
#[derive(Clone, Debug)]
pub struct Users;

impl AuthnBackend for Users {
    type User = User;
    type Credentials = String;
    type Error = Infallible;

    async fn authenticate(&self, name: String) -> Result<Option<User>, Infallible> {
        self.get_user(&name).await
    }

    async fn get_user(&self, id: &String) -> Result<Option<User>, Infallible> {
        Ok((id == "ada").then(|| User(id.clone())))
    }
}

/// Makes a layer for sessions in memory.
pub fn sessions() -> SessionManagerLayer<MemoryStore> {
    SessionManagerLayer::new(MemoryStore::default())
}

/// Makes a layer for users, with a session of each.
pub fn users() -> AuthManagerLayer<Users, MemoryStore> {
    AuthManagerLayerBuilder::new(Users, sessions()).build()
}

/// Counts the requests of a session.
pub async fn visits(session: &Session) -> Result<String> {
    let count = session.get::<u32>("visits").await?.unwrap_or(0) + 1;
    session.insert("visits", count).await?;
    Ok(count.to_string())
}

/// Logs a user in. An unknown name is 401.
pub async fn log_in(mut auth: Auth, name: String) -> Result<()> {
    let user = auth.authenticate(name).await?.ok_or(Error::new(StatusCode::UNAUTHORIZED))?;
    Ok(auth.login(&user).await?)
}
