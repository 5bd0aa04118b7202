package dev.alluvium.schema;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

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
     * Looks ids up. What was found once is known for good; everything else is asked again with the next call.
     *
     * @return an answer to each, or to no more after one that is not {@link Answer.Found}, which spares the wait for them
     * @throws SchemaSourceException if the source cannot be asked now, within three seconds for all of them
     */
    Map<Integer, Answer> find(Set<Integer> ids);

    /** As above, of one id. */
    default Answer find(int id) {
        return Objects.requireNonNull(find(Set.of(id)).get(id));
    }
}
