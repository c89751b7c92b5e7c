//! The database: a SQLite file in the temp directory, or the database of `DATABASE_URL`.

use std::time::SystemTime;

use sqlx::any::{AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Row};

use crate::users::{NewUser, Page, Role, User, UserQuery};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The database with users, pictures and sessions.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
}

/// A picture.
#[derive(Debug)]
pub struct Avatar {
    pub media_type: String,
    pub content: Vec<u8>,
}

impl Store {
    /// Opens the database of the URL, or a file in the temp directory, and updates its tables.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be opened, or has newer tables.
    pub async fn open(url: Option<String>) -> Result<Self, sqlx::Error> {
        let file = std::env::temp_dir().join("route-handlers-fullstack.sqlite");
        let url = url.unwrap_or_else(|| format!("sqlite://{}?mode=rwc", file.display()));
        Self::connect(&url, 8).await
    }

    /// Opens a database in memory, for tests.
    ///
    /// # Errors
    ///
    /// Fails as [`open`](Self::open) does.
    pub async fn in_memory() -> Result<Self, sqlx::Error> {
        Self::connect("sqlite::memory:", 1).await
    }

    async fn connect(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect(url)
            .await?;
        if is_sqlite {
            sqlx::query("PRAGMA journal_mode = WAL").execute(&pool).await?;
        }
        if is_sqlite {
            SQLITE.run(&pool).await?
        } else {
            POSTGRES.run(&pool).await?
        }
        Ok(Self { pool })
    }

    pub async fn list(&self, query: &UserQuery) -> Result<Page, sqlx::Error> {
        const FOUND: &str =
            "FROM users WHERE (lower(name) LIKE lower($1) ESCAPE '!' OR lower(email) LIKE lower($1) ESCAPE '!')";
        let text = query.search.clone().unwrap_or_default().replace('\0', "");
        let text = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let like = format!("%{text}%");
        let total: i64 =
            sqlx::query_scalar(&format!("SELECT count(*) {FOUND}")).bind(&like).fetch_one(&self.pool).await?;
        let rows = sqlx::query(&format!("SELECT * {FOUND} ORDER BY id LIMIT $2 OFFSET $3"))
            .bind(&like)
            .bind(i64::from(query.limit))
            .bind(i64::from(query.offset))
            .fetch_all(&self.pool)
            .await?;
        let users = rows.iter().map(user).collect::<Result<_, _>>()?;
        Ok(Page { users, total: u32::try_from(total).unwrap_or(u32::MAX) })
    }

    pub async fn get(&self, id: u32) -> Result<Option<User>, sqlx::Error> {
        let row =
            sqlx::query("SELECT * FROM users WHERE id = $1").bind(i64::from(id)).fetch_optional(&self.pool).await?;
        row.as_ref().map(user).transpose()
    }

    pub async fn add(&self, new: &NewUser) -> Result<User, sqlx::Error> {
        let row = sqlx::query("INSERT INTO users (name, email, role) VALUES ($1, $2, $3) RETURNING *")
            .bind(&new.name)
            .bind(&new.email)
            .bind(new.role.as_str())
            .fetch_one(&self.pool)
            .await?;
        user(&row)
    }

    pub async fn replace(&self, id: u32, new: &NewUser) -> Result<Option<User>, sqlx::Error> {
        let row = sqlx::query("UPDATE users SET name = $1, email = $2, role = $3 WHERE id = $4 RETURNING *")
            .bind(&new.name)
            .bind(&new.email)
            .bind(new.role.as_str())
            .bind(i64::from(id))
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(user).transpose()
    }

    pub async fn remove(&self, id: u32) -> Result<bool, sqlx::Error> {
        sqlx::query("DELETE FROM avatars WHERE user_id = $1").bind(i64::from(id)).execute(&self.pool).await?;
        let gone = sqlx::query("DELETE FROM users WHERE id = $1").bind(i64::from(id)).execute(&self.pool).await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Stores a user's picture. The number in its URL increases, so that browsers load the new picture.
    pub async fn set_avatar(&self, id: u32, avatar: &Avatar) -> Result<Option<User>, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query("UPDATE users SET avatar = COALESCE(avatar, 0) + 1 WHERE id = $1 RETURNING *")
            .bind(i64::from(id))
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        sqlx::query(
            "INSERT INTO avatars (user_id, media_type, content) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id) DO UPDATE SET media_type = excluded.media_type, content = excluded.content",
        )
        .bind(i64::from(id))
        .bind(&avatar.media_type)
        .bind(&avatar.content)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        user(&row).map(Some)
    }

    /// Stores a session, and deletes expired sessions.
    pub async fn begin_session(
        &self,
        id: &str,
        name: &str,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM sessions WHERE expires <= $1").bind(seconds(now)).execute(&self.pool).await?;
        sqlx::query("INSERT INTO sessions (id, name, expires) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(name)
            .bind(seconds(expires))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the name in the session with this id, unless the session has expired.
    pub async fn session(&self, id: &str, now: SystemTime) -> Result<Option<String>, sqlx::Error> {
        const LIVE: &str = "SELECT name FROM sessions WHERE id = $1 AND expires > $2";
        sqlx::query_scalar(LIVE).bind(id).bind(seconds(now)).fetch_optional(&self.pool).await
    }

    pub async fn end_session(&self, id: &str) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Returns a user's picture: `None` without the user, `Some(None)` without a picture.
    pub async fn avatar(&self, id: u32) -> Result<Option<Option<Avatar>>, sqlx::Error> {
        const JOINED: &str = "SELECT media_type, content FROM users LEFT JOIN avatars ON user_id = id WHERE id = $1";
        let row = sqlx::query(JOINED).bind(i64::from(id)).fetch_optional(&self.pool).await?;
        let avatar = |row: AnyRow| {
            let media_type: Option<String> = row.try_get("media_type")?;
            let content: Option<Vec<u8>> = row.try_get("content")?;
            Ok(media_type.zip(content).map(|(media_type, content)| Avatar { media_type, content }))
        };
        row.map(avatar).transpose()
    }
}

/// Returns the seconds since 1970.
fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn user(row: &AnyRow) -> Result<User, sqlx::Error> {
    let id = row.try_get::<i64, _>("id")?;
    let id = u32::try_from(id).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let version: Option<i64> = row.try_get("avatar")?;
    Ok(User {
        id,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        role: Role::of(row.try_get("role")?),
        avatar: version.map(|version| format!("/api/users/{id}/avatar?v={version}")),
    })
}
