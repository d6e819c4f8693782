//! Declaring types by their names on the wire.

/// Declares types that are read from, or written to, objects, each member with its name on the wire.
///
/// * `input`: read; a member that does not exist is refused, with the nearest that does.
/// * `document`: read; members that are not named are passed over.
/// * `output`: written; members without a value are left out.
/// * `token`: read like `input` and written like `output`.
macro_rules! object {
    () => {};
    ($(#[$doc:meta])* input $name:ident <$life:lifetime> { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@struct [$(#[$doc])* #[derive(Default)]] $name [<$life>] { $($body)* });
        $crate::json::object!(@read strict $name [<$life>] $life { $($body)* });
        $crate::json::object!($($rest)*);
    };
    ($(#[$doc:meta])* input $name:ident { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@struct [$(#[$doc])* #[derive(Default)]] $name [] { $($body)* });
        $crate::json::object!(@read strict $name [] 'j { $($body)* });
        $crate::json::object!($($rest)*);
    };
    ($(#[$doc:meta])* document $name:ident <$life:lifetime> { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@plain [$(#[$doc])* #[derive(Default)]] $name [<$life>] { $($body)* });
        $crate::json::object!(@read lenient $name [<$life>] $life { $($body)* });
        $crate::json::object!($($rest)*);
    };
    ($(#[$doc:meta])* document $name:ident { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@plain [$(#[$doc])* #[derive(Default)]] $name [] { $($body)* });
        $crate::json::object!(@read lenient $name [] 'j { $($body)* });
        $crate::json::object!($($rest)*);
    };
    ($(#[$doc:meta])* output $name:ident <$life:lifetime> { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@struct [$(#[$doc])*] $name [<$life>] { $($body)* });
        $crate::json::object!(@write $name [<$life>] { $($body)* });
        $crate::json::object!($($rest)*);
    };
    ($(#[$doc:meta])* output $name:ident { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@struct [$(#[$doc])*] $name [] { $($body)* });
        $crate::json::object!(@write $name [] { $($body)* });
        $crate::json::object!($($rest)*);
    };
    ($(#[$doc:meta])* token $name:ident { $($body:tt)* } $($rest:tt)*) => {
        $crate::json::object!(@struct [$(#[$doc])* #[derive(Clone, Default)]] $name [] { $($body)* });
        $crate::json::object!(@read strict $name [] 'j { $($body)* });
        $crate::json::object!(@write $name [] { $($body)* });
        $crate::json::object!($($rest)*);
    };

    (@struct [$(#[$doc:meta])*] $name:ident [$($generics:tt)*] { $($(#[$member_doc:meta])* $member:ident: $type:ty = $wire:literal,)* }) => {
        #[derive(Debug)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $(#[$doc])*
        pub(crate) struct $name $($generics)* {
            $($(#[$member_doc])* #[cfg_attr(feature = "schema", schemars(rename = $wire))] pub(crate) $member: $type,)*
        }
    };
    (@plain [$(#[$doc:meta])*] $name:ident [$($generics:tt)*] { $($(#[$member_doc:meta])* $member:ident: $type:ty = $wire:literal,)* }) => {
        #[derive(Debug)]
        $(#[$doc])*
        pub(crate) struct $name $($generics)* {
            $($(#[$member_doc])* pub(crate) $member: $type,)*
        }
    };
    (@read $mode:ident $name:ident [$($generics:tt)*] $life:lifetime { $($(#[$member_doc:meta])* $member:ident: $type:ty = $wire:literal,)* }) => {
        impl<$life> $crate::json::FromJson<$life> for $name $($generics)* {
            fn from_json(at: $crate::json::At<'_, $life>) -> Self {
                let mut it = Self::default();
                for (name, value) in at.members() {
                    match &*name.text() {
                        $($wire => $crate::json::take(&mut it.$member, value),)*
                        _ => $crate::json::object!(@unknown $mode value $($wire)*),
                    }
                }
                $($crate::json::require::<$type>(at, $wire);)*
                $crate::json::object!(@once $mode at $($wire)*);
                it
            }
        }
    };
    (@unknown strict $value:ident $($wire:literal)*) => { $value.unknown(&[$($wire),*]) };
    (@once strict $at:ident $($wire:literal)*) => { $crate::json::once($at, [$($wire),*].len()); };
    (@once lenient $at:ident $($wire:literal)*) => {};
    (@unknown lenient $value:ident $($wire:literal)*) => { {} };
    (@write $name:ident [$($generics:tt)*] { $($(#[$member_doc:meta])* $member:ident: $type:ty = $wire:literal,)* }) => {
        impl $($generics)* $crate::json::ToJson for $name $($generics)* {
            fn to_json(&self, writer: &mut $crate::json::Writer) {
                writer.open();
                $(writer.member($wire, &self.$member);)*
                writer.close();
            }
        }
    };
}

/// Declares an enumeration of words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident = $first_wire:literal, $($(#[$word_doc:meta])* $variant:ident = $wire:literal,)* })*) => { $(
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $(#[$doc])*
        pub(crate) enum $name {
            $(#[$first_doc])* #[cfg_attr(feature = "schema", schemars(rename = $first_wire))] #[default] $first,
            $($(#[$word_doc])* #[cfg_attr(feature = "schema", schemars(rename = $wire))] $variant,)*
        }

        impl<'j> $crate::json::FromJson<'j> for $name {
            fn from_json(at: $crate::json::At<'_, 'j>) -> Self {
                match &*at.text() {
                    $first_wire => Self::$first,
                    $($wire => Self::$variant,)*
                    _ => {
                        at.expected(concat!("one of ", $first_wire, $(", ", $wire),*));
                        Self::default()
                    }
                }
            }
        }

        impl $crate::json::ToJson for $name {
            fn to_json(&self, writer: &mut $crate::json::Writer) {
                writer.text(match self { Self::$first => $first_wire, $(Self::$variant => $wire),* });
            }
        }
    )* };
}

pub(crate) use {object, words};
