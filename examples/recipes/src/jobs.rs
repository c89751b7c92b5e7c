use apalis::layers::retry::RetryPolicy;
use apalis::prelude::{BoxDynError, Data, TaskSink, WorkerBuilder, WorkerBuilderExt, WorkerError};
use apalis_redis::{Config, RedisError, RedisStorage};
use http::StatusCode;
use route_handlers::{Json, Result, RouteHandlers, State};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct WelcomeMail {
    to: String,
}

/// The queue in Redis. A clone is a handle to the same queue.
pub type Mails = RedisStorage<WelcomeMail>;

/// Connects to Redis, such as `redis://127.0.0.1/`.
pub async fn queue(url: &str) -> Result<Mails, RedisError> {
    let connection = apalis_redis::connect(url).await?;
    Ok(RedisStorage::new(connection).with_config(Config::default().queue("welcome-mails")))
}

/// Enqueues the mail, and responds before it is sent.
async fn sign_up(State(mails): State<Mails>, Json(to): Json<String>) -> Result<StatusCode> {
    let mut mails = Mails::clone(&mails);
    mails.push(WelcomeMail { to }).await?;
    Ok(StatusCode::ACCEPTED)
}

pub fn api(mails: Mails) -> RouteHandlers {
    RouteHandlers::new().with_state(mails).post("/users", sign_up)
}

/// A real program has the client of a mail service here.
pub type Mailer = mpsc::UnboundedSender<String>;

/// One job. An error makes the worker try again.
async fn send(mail: WelcomeMail, mailer: Data<Mailer>) -> Result<(), BoxDynError> {
    mailer.send(format!("Welcome, {}", mail.to))?;
    Ok(())
}

/// Does the jobs until `shutdown`, and then completes the running ones. Each worker needs its own name.
pub async fn work(
    name: &str,
    mails: Mails,
    mailer: Mailer,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WorkerError> {
    let worker = WorkerBuilder::new(name).backend(mails).retry(RetryPolicy::retries(3)).data(mailer).build(send);
    worker
        .run_until(async {
            shutdown.await;
            Ok::<_, WorkerError>(())
        })
        .await
}
