package io.ottla.interop;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * One exchange of a case: what was asked and what came back.
 *
 * @param label   says which step of the case it was.
 * @param request the request's frame, or null where raw bytes were sent.
 * @param outcome {@code answer}, {@code closed} or {@code silence}.
 * @param answer  the decoded answer; empty if there was none.
 */
record Step(String label, ByteBuffer request, String outcome, Map<String, Object> answer) {}
