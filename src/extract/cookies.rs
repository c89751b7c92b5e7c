//! The cookies as an argument.

use crate::error::Result;
use crate::extract::FromHead;
use crate::request::{Cookies, Head};

impl FromHead for Cookies {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        Ok(head.cookies())
    }
}
