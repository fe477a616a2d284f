//! Layouts of structs, enums and words, declared as their fields in order. A field that is forgotten does not compile.
//!
//! In tests the same declaration says how a value is made up, so that no field and no variant is left out of them.

/// A struct: its fields in the order given.
macro_rules! layout_struct {
    ($name:ty { $($field:ident),* $(,)? }) => {
        impl $crate::records::layout::Layout for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($crate::records::layout::Layout::put($field, out);)*
            }

            fn take(
                input: &mut $crate::records::layout::Input<'_>,
            ) -> Result<Self, $crate::records::layout::Malformed> {
                Ok(Self { $($field: $crate::records::layout::Layout::take(input)?),* })
            }
        }

        #[cfg(test)]
        impl $crate::records::tests::made_up::MadeUp for $name {
            fn make_up(choices: &mut $crate::records::tests::made_up::Choices<'_>) -> Self {
                Self { $($field: $crate::records::tests::made_up::MadeUp::make_up(choices)),* }
            }
        }
    };
}

/// An enum: a tag byte, then the variant's fields in the order given. A tag once given is never given to another variant.
macro_rules! layout_enum {
    ($name:ident { $($tag:literal => $variant:ident $({ $($field:ident),* })? $(( $($item:ident),* ))?),* $(,)? }) => {
        impl $crate::records::layout::Layout for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $({ $($field),* })? $(( $($item),* ))? => {
                        out.push($tag);
                        $($($crate::records::layout::Layout::put($field, out);)*)?
                        $($($crate::records::layout::Layout::put($item, out);)*)?
                    })*
                }
            }

            fn take(
                input: &mut $crate::records::layout::Input<'_>,
            ) -> Result<Self, $crate::records::layout::Malformed> {
                let tag: u8 = $crate::records::layout::Layout::take(input)?;
                match tag {
                    $($tag => {
                        $($(let $field = $crate::records::layout::Layout::take(input)?;)*)?
                        $($(let $item = $crate::records::layout::Layout::take(input)?;)*)?
                        Ok(Self::$variant $({ $($field),* })? $(( $($item),* ))?)
                    })*
                    tag => Err($crate::records::layout::Malformed::UnknownTag { kind: stringify!($name), tag }),
                }
            }
        }

        #[cfg(test)]
        impl $crate::records::tests::made_up::MadeUp for $name {
            fn make_up(choices: &mut $crate::records::tests::made_up::Choices<'_>) -> Self {
                match choices.one_of(&[$($tag),*]) {
                    $($tag => {
                        $($(let $field = $crate::records::tests::made_up::MadeUp::make_up(choices);)*)?
                        $($(let $item = $crate::records::tests::made_up::MadeUp::make_up(choices);)*)?
                        Self::$variant $({ $($field),* })? $(( $($item),* ))?
                    })*
                    _ => unreachable!("a tag of the list was chosen"),
                }
            }
        }
    };
}

/// Newtypes around something with a layout.
macro_rules! layout_words {
    ($($name:ident),* $(,)?) => {
        $(impl $crate::records::layout::Layout for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $crate::records::layout::Layout::put(&self.0, out);
            }

            fn take(
                input: &mut $crate::records::layout::Input<'_>,
            ) -> Result<Self, $crate::records::layout::Malformed> {
                $crate::records::layout::Layout::take(input).map(Self)
            }
        }

        #[cfg(test)]
        impl $crate::records::tests::made_up::MadeUp for $name {
            fn make_up(choices: &mut $crate::records::tests::made_up::Choices<'_>) -> Self {
                Self($crate::records::tests::made_up::MadeUp::make_up(choices))
            }
        })*
    };
}

pub(crate) use {layout_enum, layout_struct, layout_words};
