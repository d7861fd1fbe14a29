package io.ottla.api.storage;

import io.ottla.api.Clock;
import java.nio.file.Path;
import java.util.Map;

/**
 * The environment that the broker provides to a storage.
 *
 * @param dataDir the directory that belongs to the storage; it need not exist. Storages without files ignore it.
 * @param clock the time, for rolling segments.
 * @param properties the broker's whole configuration, for keys of a storage's own.
 */
public record StorageContext(Path dataDir, Clock clock, Map<String, String> properties) {}
