package io.ottla.codec;

import io.ottla.api.codec.ApiMessage;

/** The body of a request. */
public interface RequestMessage extends Message, ApiMessage {}
