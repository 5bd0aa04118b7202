package dev.alluvium.schema;

/** Where schemas come from that records name by their id, such as a schema registry. Thread safe. */
public interface SchemaSource {
    /** What a source says of an id. */
    sealed interface Answer {
        /** It is a protobuf schema. */
        record Found(SchemaVersion schema) implements Answer {}

        /** The source is well and has no such id. */
        record Missing() implements Answer {}

        /**
         * What is there is no protobuf schema that records could be read with.
         *
         * @param why for a person
         */
        record Unusable(String why) implements Answer {}
    }

    /**
     * Looks an id up. What was found once is known for good; everything else is asked again with the next call.
     *
     * @throws SchemaSourceException if the source cannot be asked now, within two seconds
     */
    Answer find(int id);
}
