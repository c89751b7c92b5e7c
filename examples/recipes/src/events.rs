use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt};
use redis::aio::{ConnectionManager, PubSub};
use redis::{AsyncCommands, Client, RedisResult};
use route_handlers::sse::{Event, Sse};
use route_handlers::{NoContent, Result, RouteHandlers, State, get};
use tokio::sync::broadcast;
use tokio::time::sleep;

/// One subscription for this instance. A task copies its messages to the event streams.
#[derive(Clone)]
pub struct Events {
    publisher: ConnectionManager,
    local: broadcast::Sender<String>,
}

impl Events {
    /// Connects to Redis, such as `redis://127.0.0.1/`.
    pub async fn connect(url: &str) -> RedisResult<Self> {
        let client = Client::open(url)?;
        let publisher = client.get_connection_manager().await?;
        let mut subscription = subscribe(&client).await?;
        let local = broadcast::Sender::new(64);
        let sender = local.clone();
        tokio::spawn(async move {
            loop {
                while let Some(message) = subscription.on_message().next().await {
                    if let Ok(text) = message.get_payload() {
                        let _ = sender.send(text); // an error means that no client listens to this instance
                    }
                }
                // The connection is lost.
                subscription = loop {
                    sleep(Duration::from_secs(1)).await;
                    if let Ok(subscription) = subscribe(&client).await {
                        break subscription;
                    }
                };
            }
        });
        Ok(Self { publisher, local })
    }
}

async fn subscribe(client: &Client) -> RedisResult<PubSub> {
    let mut subscription = client.get_async_pubsub().await?;
    subscription.subscribe("chat").await?;
    Ok(subscription)
}

async fn say(State(events): State<Events>, message: String) -> Result<NoContent> {
    let _: u32 = events.publisher.clone().publish("chat", message).await?;
    Ok(NoContent)
}

async fn listen(State(events): State<Events>) -> Sse<BoxStream<'static, Result<Event>>> {
    let messages = stream::unfold(events.local.subscribe(), async |mut messages| {
        let message = messages.recv().await.ok()?; // a client that is too slow reconnects
        Some((Ok(Event::from(message)), messages))
    });
    Sse::new(messages.boxed())
}

pub fn api(events: Events) -> RouteHandlers {
    RouteHandlers::new().with_state(events).route("/chat", get(listen).post(say))
}
