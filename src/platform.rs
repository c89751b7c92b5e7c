//! The differences between wasm32 and other targets. No other module of the library uses `cfg(target_arch)`, except the macros for generated code.
//!
//! A browser or an edge runtime has one thread, and JavaScript futures are not `Send`. So handlers on wasm32 need not be `Send`
//! and may await such futures. On other targets they must be `Send`.

use std::pin::Pin;
use std::time::SystemTime;

/// `Send`, except on wasm32, where every type is `MaybeSend`.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Sync`, except on wasm32, where every type is `MaybeSync`.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSync: Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// A boxed future, which is `Send` except on wasm32.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// `Send`, except on wasm32, where every type is `MaybeSend`.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync`, except on wasm32, where every type is `MaybeSync`.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSync for T {}

/// A boxed future, which is `Send` except on wasm32.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Stores a value that is only moved in and out, so that the store is `Send` and `Sync`.
///
/// The value must be `Send`, except on wasm32, which has one thread.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) struct Parked<T>(sync_wrapper::SyncWrapper<T>);
#[cfg(not(target_arch = "wasm32"))]
impl<T> Parked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(sync_wrapper::SyncWrapper::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

/// Stores a value that is only moved in and out, so that the store is `Send` and `Sync`.
///
/// `SendWrapper` would link the thread handles of the standard library, which need their own allocator.
#[cfg(target_arch = "wasm32")]
pub(crate) struct Parked<T>(fragile::Fragile<T>);
#[cfg(target_arch = "wasm32")]
impl<T> Parked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(fragile::Fragile::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

/// The time, if the target has a clock.
pub(crate) fn now() -> Option<SystemTime> {
    let has_clock = cfg!(not(all(target_arch = "wasm32", target_os = "unknown")));
    has_clock.then(SystemTime::now)
}

/// Stores a value in the extensions of a request, which must be `Send` and `Sync` on wasm32 too.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) struct Extended<T>(T);
#[cfg(not(target_arch = "wasm32"))]
impl<T> Extended<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) fn get(&self) -> &T {
        &self.0
    }
}

/// Stores a value in the extensions of a request, which must be `Send` and `Sync` on wasm32 too.
#[cfg(target_arch = "wasm32")]
pub(crate) struct Extended<T>(fragile::Fragile<T>);
#[cfg(target_arch = "wasm32")]
impl<T> Extended<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(fragile::Fragile::new(value))
    }

    pub(crate) fn get(&self) -> &T {
        self.0.get()
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown", feature = "timeout"))]
compile_error!(
    "feature `timeout` requires a clock, which wasm32-unknown-unknown does not have: set the timeout at the host"
);

#[cfg(all(target_arch = "wasm32", feature = "tokio"))]
compile_error!(
    "feature `tokio` requires tasks that are `Send`, which they are not on wasm32: pass a hook of the host to `wait_until`"
);

#[cfg(all(target_arch = "wasm32", feature = "temp-files"))]
compile_error!("feature `temp-files` requires a file system and threads: on wasm32, files of forms are kept in memory");

#[cfg(all(target_arch = "wasm32", feature = "axum"))]
compile_error!(
    "feature `axum` requires handlers that are `Send`, which they are not on wasm32: put the table in front of an axum router \
     by `over`, which needs no feature"
);
