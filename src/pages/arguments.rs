//! The arguments of a pages-style handler: `req`, `res`, and further ones.

use crate::extract::Arguments;
use crate::pages::request::PagesRequest;
use crate::pages::response::PagesResponse;

/// A tuple of the arguments of a pages-style handler.
#[diagnostic::on_unimplemented(
    message = "these are not the arguments of a pages-style handler",
    label = "takes other arguments than `req: PagesRequest, res: PagesResponse`, and up to six more",
    note = "further arguments stand after `req` and `res`"
)]
pub trait RequestAndResponse: Sized {
    /// The arguments after `req` and `res`.
    type Further: Arguments;

    /// Puts `req` and `res` before the further arguments.
    fn join(req: PagesRequest, res: PagesResponse, further: Self::Further) -> Self;
}

macro_rules! tuples {
    ($(($($arg:ident)*))*) => {$(
        impl<$($arg,)*> RequestAndResponse for (PagesRequest, PagesResponse, $($arg,)*)
        where
            ($($arg,)*): Arguments,
        {
            type Further = ($($arg,)*);

            #[allow(non_snake_case, reason = "a value is named after its type")]
            fn join(req: PagesRequest, res: PagesResponse, ($($arg,)*): Self::Further) -> Self {
                (req, res, $($arg,)*)
            }
        }
    )*};
}

tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
