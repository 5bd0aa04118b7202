package dev.alluvium.config;

/** What every reader of one file shares: where problems go, what substitutions put in, and what was asked for. */
record Source(Problems problems, Substitution substitution, KnownKeys known) {}
