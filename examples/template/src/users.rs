//! The users, in memory. Put your database here.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize)]
pub struct User {
    pub id: usize,
    pub name: String,
}

#[derive(Deserialize)]
pub struct NewUser {
    pub name: String,
}

pub struct Users(Mutex<Vec<User>>);

impl Users {
    pub fn all(&self) -> Vec<User> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn add(&self, new: NewUser) -> User {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let user = User { id: users.len() + 1, name: new.name };
        users.push(user.clone());
        user
    }
}

impl Default for Users {
    fn default() -> Self {
        Self(Mutex::new(vec![User { id: 1, name: "Ada".to_owned() }]))
    }
}
