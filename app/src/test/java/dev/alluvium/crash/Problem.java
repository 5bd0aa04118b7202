package dev.alluvium.crash;

/** What can be wrong with an archive. */
enum Problem {
    /** A committed good record is in no file. */
    MISSING,
    /** A committed good record is in more than one file, or more than once in one. */
    DUPLICATED,
    /** A record is archived with other contents than it has. */
    WRONG_CONTENT,
    /** A file holds what was never committed, what was bad, or what belongs to another group. */
    FOREIGN,
    /** A file's footer says something that is not so. */
    WRONG_FOOTER,
    /** An object that is no data file of the archive's pipelines. */
    UNREADABLE,
    DEAD_LETTER_MISSING,
    DEAD_LETTER_DUPLICATED,
    /** A dead letter with other bytes, headers or another reason than its record has. */
    DEAD_LETTER_WRONG,
    /** A dead letter of a record that is good, or that was never committed. */
    DEAD_LETTER_FOREIGN,
    /** An object that the manifest does not name. */
    MANIFEST_MISSING,
    MANIFEST_DUPLICATED,
    /** The manifest says something that is not so of a file. */
    MANIFEST_WRONG,
    /** The manifest names an object that does not exist. */
    MANIFEST_FOREIGN
}
