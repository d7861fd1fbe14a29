package io.ottla.codec;

/** The key or the value of a record in a coordinator's log, or a record of the metadata log. */
public interface RecordMessage extends Message {
    /**
     * Returns the type of the record. A key and its value have the same type; two coordinators use the same numbers for
     * different types.
     *
     * @return Kafka's number of the type.
     */
    short recordType();
}
