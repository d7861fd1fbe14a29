package io.ottla.codec.generator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Reads the schemas from Kafka's jars on the class path. */
final class SchemaJars {
    /** The schemas that identify each jar. */
    private static final List<String> ANCHORS = List.of(
            "common/message/ProduceRequest.json",
            "common/message/OffsetCommitKey.json",
            "common/message/TransactionLogKey.json",
            "common/message/ShareSnapshotKey.json",
            "common/metadata/TopicRecord.json");

    private SchemaJars() {}

    static List<MessageSchema> read() throws IOException {
        final ObjectMapper mapper = new ObjectMapper().configure(JsonParser.Feature.ALLOW_COMMENTS, true);
        final List<MessageSchema> schemas = new ArrayList<>();
        for (final String anchor : ANCHORS) {
            final URL url = SchemaJars.class.getClassLoader().getResource(anchor);
            if (url == null) {
                throw new IllegalStateException("no jar on the class path has " + anchor);
            }
            final JarURLConnection connection = (JarURLConnection) url.openConnection();
            connection.setUseCaches(false);
            try (JarFile jar = connection.getJarFile()) {
                read(jar, anchor.substring(0, anchor.lastIndexOf('/') + 1), mapper, schemas);
            }
        }
        return schemas;
    }

    private static void read(
            final JarFile jar, final String folder, final ObjectMapper mapper, final List<MessageSchema> schemas)
            throws IOException {
        for (final Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            final JarEntry entry = entries.nextElement();
            if (entry.getName().startsWith(folder) && entry.getName().endsWith(".json")) {
                try (InputStream in = jar.getInputStream(entry)) {
                    schemas.add(MessageSchema.parse(mapper.readTree(in)));
                } catch (final RuntimeException e) {
                    throw new IllegalStateException("cannot parse " + entry.getName(), e);
                }
            }
        }
    }
}
