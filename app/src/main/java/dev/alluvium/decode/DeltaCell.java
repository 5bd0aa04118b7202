package dev.alluvium.decode;

/** One column that a delta sets: where its name and value are, and where the value goes. Mutable and reused. */
final class DeltaCell {
    /** The cell's value goes to no declared column. */
    static final int UNDECLARED = -1;

    final Span name = new Span();
    /** The value's JSON text as it was sent. */
    final Span json = new Span();
    /** The content of a string, without its quotes. */
    final Span string = new Span();

    JsonScanner.Kind kind = JsonScanner.Kind.NULL;
    boolean hasEscapes;
    double number;
    /** Position among the declared columns, or {@link #UNDECLARED}. */
    int column;
    /** Whether a later cell of the same delta has the same name: the later one counts. */
    boolean isShadowed;
}
