package io.ottla.codec;

import io.ottla.api.codec.ApiMessage;

/** The body of a response. */
public interface ResponseMessage extends Message, ApiMessage {}
