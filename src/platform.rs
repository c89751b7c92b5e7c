//! What differs between wasm32 and everywhere else: the only `cfg(target_arch)` of the crate.
//!
//! In a browser or on an edge runtime there is one thread, and JavaScript's futures are not `Send`; so handlers need not
//! be `Send` there, and may await them. Everywhere else they must be.

use std::pin::Pin;

/// Whether a program is loaded wherever it is first asked: there a small one is a fast one.
pub(crate) const WANTS_SMALL: bool = cfg!(target_arch = "wasm32");

/// `Send` everywhere but on wasm32, where every type is `MaybeSend`.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Sync` everywhere but on wasm32, where every type is `MaybeSync`.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSync: Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// A boxed future, `Send` everywhere but on wasm32.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// `Send` everywhere but on wasm32, where every type is `MaybeSend`.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync` everywhere but on wasm32, where every type is `MaybeSync`.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSync for T {}

/// A boxed future, `Send` everywhere but on wasm32.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A value that is put away, to be taken out again whole: `Send` and `Sync` wherever it is put.
///
/// Everywhere but on wasm32 the value itself must be `Send`. There, where there is one thread, nobody could take it out
/// on another.
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

/// A value that is put away, to be taken out again whole: `Send` and `Sync` wherever it is put.
///
/// Not `SendWrapper`, which asks the standard library which thread this is: that has an allocator of its own for it.
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

#[cfg(all(target_arch = "wasm32", target_os = "unknown", feature = "timeout"))]
compile_error!("feature `timeout` needs a clock, and wasm32-unknown-unknown has none: set the deadline at the host");

#[cfg(all(target_arch = "wasm32", feature = "tokio"))]
compile_error!(
    "feature `tokio` needs tasks that are `Send`, which they are not on wasm32: `wait_until` takes the host's own hook"
);
