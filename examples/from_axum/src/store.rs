//! The notes and the users of both programs.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub struct Note {
    pub id: u32,
    pub owner: String,
    pub text: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct NewNote {
    pub text: String,
}

/// The user of a request, whom the middleware `auth` finds.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    pub name: String,
}

#[derive(Debug, Default)]
pub struct Store(Mutex<BTreeMap<u32, Note>>);

impl Store {
    fn notes(&self) -> MutexGuard<'_, BTreeMap<u32, Note>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the user of a session. A real store has sessions, and passwords as hashes.
    pub fn user(&self, token: &str) -> Option<User> {
        token.strip_prefix("token-of-").map(|name| User { name: name.to_owned() })
    }

    pub fn list(&self, query: &str) -> Vec<Note> {
        self.notes().values().filter(|note| note.text.contains(query)).cloned().collect()
    }

    pub fn find(&self, id: u32) -> Option<Note> {
        self.notes().get(&id).cloned()
    }

    pub fn add(&self, owner: &User, note: NewNote) -> Note {
        let mut notes = self.notes();
        let id = notes.last_key_value().map_or(1, |(id, _)| id + 1);
        let note = Note { id, owner: owner.name.clone(), text: note.text };
        notes.insert(id, note.clone());
        note
    }

    pub fn replace(&self, id: u32, owner: &User, note: NewNote) -> Option<Note> {
        let mut notes = self.notes();
        let own = notes.get_mut(&id).filter(|own| own.owner == owner.name)?;
        own.text = note.text;
        Some(own.clone())
    }

    pub fn remove(&self, id: u32, owner: &User) -> Option<Note> {
        let mut notes = self.notes();
        notes.get(&id).filter(|own| own.owner == owner.name)?;
        notes.remove(&id)
    }
}
