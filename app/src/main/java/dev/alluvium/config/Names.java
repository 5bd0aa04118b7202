package dev.alluvium.config;

import java.util.regex.Pattern;

/** The forms that names have. */
final class Names {
    /** Part of Kafka application ids and topic names, so what a topic name allows. */
    static final Syntax<String> NAME = Syntax.matching(
            Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,79}"),
            "a name",
            "at most 80 of a-z A-Z 0-9 . _ - and begin with a letter or digit");

    /** As the broker checks it. */
    static final Syntax<String> TOPIC = Syntax.matching(
            Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}"), "a topic name", "at most 249 of a-z A-Z 0-9 . _ -");

    /** A folder in object keys. */
    static final Syntax<String> GATEWAY = Syntax.matching(
            Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,128}"), "a gateway", "at most 128 of a-z A-Z 0-9 . _ -");

    /** A full name in protobuf. */
    static final Syntax<String> MESSAGE = Syntax.matching(
            Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*"),
            "the name of a message",
            "its full name, package.Message");

    /** A field of a message. */
    static final Syntax<String> FIELD = Syntax.matching(
            Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*"), "the name of a field", "its name in the message");

    private Names() {}
}
