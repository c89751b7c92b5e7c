//! The methods of serde's `Deserializer` that ask for one value: many deserializers do the same in each of them.

/// Calls a macro with the methods that ask for one value of a known kind, which is no list. Those for floats are not among
/// them.
macro_rules! one_value_methods {
    ($macro:ident) => {
        $crate::request::methods::scalar_methods!($macro);

        $macro! {
            deserialize_unit()
            deserialize_map()
            deserialize_unit_struct(name: &'static str)
            deserialize_struct(name: &'static str, fields: &'static [&'static str])
            deserialize_enum(name: &'static str, variants: &'static [&'static str])
        }
    };
}

/// Calls a macro with the methods that ask for a scalar. Those for floats are not among them.
macro_rules! scalar_methods {
    ($macro:ident) => {
        $macro! {
            deserialize_bool()
            deserialize_i8()
            deserialize_i16()
            deserialize_i32()
            deserialize_i64()
            deserialize_i128()
            deserialize_u8()
            deserialize_u16()
            deserialize_u32()
            deserialize_u64()
            deserialize_u128()
            deserialize_char()
            deserialize_str()
            deserialize_string()
            deserialize_bytes()
            deserialize_byte_buf()
            deserialize_identifier()
        }
    };
}

pub(super) use {one_value_methods, scalar_methods};
