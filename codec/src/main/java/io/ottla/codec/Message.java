package io.ottla.codec;

import java.util.List;

/**
 * A message that can be read and written in the protocol's encoding: a request, a response, a record of a coordinator's
 * log, or a struct inside one of them.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface Message {
    /**
     * Reads all fields. A field that the version does not have gets its default.
     *
     * @param reader the reader; its position moves past the message.
     * @param version the version of the whole message.
     * @throws io.ottla.api.codec.MalformedMessageException if the bytes are no such message.
     */
    void read(MessageReader reader, short version);

    /**
     * Writes all fields that the version has.
     *
     * @param writer the writer.
     * @param version the version of the whole message.
     * @throws UnsupportedFieldException if a field is set that the version does not have and that must not be dropped.
     * @throws NullPointerException if a field is null and the version does not permit that.
     * @throws IllegalArgumentException if there is no such version, or a value is too large for its field.
     */
    void write(MessageWriter writer, short version);

    /**
     * Returns the tagged fields that were read and that this codec does not know. They are written again (KIP-482).
     *
     * @return the fields in the order of their tags; the list is unmodifiable.
     */
    List<UnknownTaggedField> unknownTaggedFields();
}
