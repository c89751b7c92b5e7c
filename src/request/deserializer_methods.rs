//! The methods of serde's `Deserializer` for one value. A deserializer often does the same in each of them.

/// Calls a macro with the methods for one value of a known type that is not a list.
macro_rules! one_value_methods {
    ($macro:ident) => {
        $crate::request::deserializer_methods::scalar_methods!($macro);

        $macro! {
            deserialize_unit()
            deserialize_map()
            deserialize_unit_struct(name: &'static str)
            deserialize_struct(name: &'static str, fields: &'static [&'static str])
            deserialize_enum(name: &'static str, variants: &'static [&'static str])
        }
    };
}

/// Calls a macro with the methods for a scalar.
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
            deserialize_f32()
            deserialize_f64()
            deserialize_char()
            deserialize_str()
            deserialize_string()
            deserialize_bytes()
            deserialize_byte_buf()
            deserialize_identifier()
        }
    };
}

/// Forwards methods to the text of a value, which its method `text` returns.
macro_rules! forward_to_text {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Fault> {
            self.text()?.$method($($argument,)* visitor)
        }
    )*};
}

pub(super) use {forward_to_text, one_value_methods, scalar_methods};
