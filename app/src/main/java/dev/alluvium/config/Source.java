package dev.alluvium.config;

/** What every reader of one file shares: where problems go, and what substitutions put in. */
record Source(Problems problems, Substitution substitution) {}
