package dev.alluvium.decode;

/** A range of a record's bytes. Mutable and reused, so that finding one makes no object. */
final class Span {
    int start;
    /** Exclusive. */
    int end;

    void set(int start, int end) {
        this.start = start;
        this.end = end;
    }

    int length() {
        return end - start;
    }
}
