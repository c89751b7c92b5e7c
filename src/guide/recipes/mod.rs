//! Recipes: one task on each page, with code to copy.
//!
//! Every block of code is compiled and run as a test.
