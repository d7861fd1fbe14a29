package io.ottla.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comparison that overlooks something would make the conversation worthless. */
class ComparisonTest {
    private static final Case CASE = new Case(ApiKeys.METADATA, (short) 9, "case", peer -> {});

    @TempDir
    private Path folder;

    private static Peer peer(final Map<String, Object> answer) {
        final Peer peer = new Peer(new InetSocketAddress(0), "p-", null);
        peer.steps().add(new Step("step", null, "answer", answer));
        return peer;
    }

    private static List<String> differences(final Map<String, Object> left, final Map<String, Object> right) {
        return Summary.of(Comparison.compare(CASE, peer(left), peer(right)));
    }

    @Test
    void shouldFindNothingWhenOnlyTheBrokersOwnChoicesDiffer() {
        assertThat(differences(
                        Map.of("port", 1, "host", "a", "cluster_id", "x", "producer_id", 5L, "error_message", "no"),
                        Map.of("port", 2, "host", "b", "cluster_id", "y", "producer_id", 9L, "error_message", "not")))
                .isEmpty();
    }

    @Test
    void shouldNameFieldAndValuesWhenTheyDiffer() {
        final Map<String, Object> left = Map.of("topics", List.of(Map.of("name", "p-a", "error_code", (short) 0)));
        final Map<String, Object> right = Map.of("topics", List.of(Map.of("name", "p-a", "error_code", (short) 3)));
        assertThat(differences(left, right))
                .containsExactly("METADATA | v9 | case | step | topics[a].error_code | 0 | 3");
    }

    @Test
    void shouldTellNullFromEmptyAndFromAbsent() {
        final Map<String, Object> none = new HashMap<>();
        none.put("list", null);
        assertThat(differences(none, Map.of("list", List.of())))
                .containsExactly("METADATA | v9 | case | step | list | null | []");
        assertThat(differences(none, Map.of())).containsExactly("METADATA | v9 | case | step | list | null | absent");
        final Map<String, Object> noMessage = new HashMap<>();
        noMessage.put("error_message", null);
        assertThat(differences(noMessage, Map.of("error_message", "x"))).hasSize(1);
    }

    @Test
    void shouldPairElementsByNameWhenTheirOrderDiffers() {
        final Map<String, Object> a = Map.of("name", "a", "id", 1);
        final Map<String, Object> b = Map.of("name", "b", "id", 2);
        final Map<String, Object> c = Map.of("name", "c", "id", 3);
        assertThat(differences(Map.of("list", List.of(a, b)), Map.of("list", List.of(b, a))))
                .isEmpty();
        assertThat(differences(Map.of("list", List.of(a, c)), Map.of("list", List.of(b, c, a))))
                .singleElement()
                .asString()
                .startsWith("METADATA | v9 | case | step | list[b] | absent | {");
    }

    @Test
    void shouldTellIdsApartWhenTheyAreOfDifferentTopics() {
        final Peer left = peer(Map.of("topic_id", new Uuid(1, 1)));
        left.learn("p-a", new Uuid(1, 1));
        final Peer right = peer(Map.of("topic_id", new Uuid(2, 2)));
        right.learn("p-a", new Uuid(2, 2));
        assertThat(Comparison.compare(CASE, left, right)).isEmpty();
        right.learn("p-b", new Uuid(2, 2));
        assertThat(Comparison.compare(CASE, left, right)).hasSize(1);
    }

    @Test
    void shouldFindItWhenABrokerDoesNotAnswer() {
        final Peer left = peer(Map.of());
        final Peer right = new Peer(new InetSocketAddress(0), "p-", null);
        assertThat(Comparison.compare(CASE, left, right)).hasSize(1);
        right.steps().add(new Step("step", null, "closed", Map.of()));
        assertThat(Summary.of(Comparison.compare(CASE, left, right)))
                .containsExactly("METADATA | v9 | case | step | outcome | answer | closed");
    }

    @Test
    void shouldLeaveOutKnownDifferencesAndNameThoseThatDoNotOccur() throws IOException {
        final Path file = folder.resolve("known");
        Files.write(
                file,
                Arrays.asList(
                        "# a comment",
                        "METADATA | v8-v10 | case | * | topics[*].error_code | 0 | 3 | because",
                        "METADATA | v1 | case | * | topics[*].error_code | 0 | 3 | another version"));
        final KnownDifferences known = KnownDifferences.read(file);
        final Difference difference = new Difference(CASE, "step", "topics[a].error_code", "0", "3");
        final Difference other = new Difference(CASE, "step", "topics[a].error_code", "0", "4");
        assertThat(known.unknown(List.of(difference, other))).containsExactly(other);
        assertThat(known.unmet()).singleElement().asString().contains("another version");
    }

    @Test
    void shouldRefuseAKnownDifferenceWithoutReason() throws IOException {
        final Path file = folder.resolve("known");
        Files.write(file, List.of("METADATA | * | case | * | * | 0 | 3 | "));
        assertThatThrownBy(() -> KnownDifferences.read(file)).isInstanceOf(IOException.class);
    }
}
