//! Migration: terms and programs of other frameworks, and their replacements here.
