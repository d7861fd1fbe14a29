package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.OffsetDeleteResult;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.TopicIdPartition;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests offsets: they are committed, fetched and deleted. */
abstract class GroupOffsetsContract extends ClassicGroupContract {
    @Test
    void shouldKeepOffsets() {
        assertThat(done(commit(
                        NO_MEMBER,
                        new PartitionOffset("orders", orders, 3, 77, 4, "my nöte"),
                        new PartitionOffset("payments", NO_ID, 1, 9, -1, null),
                        new PartitionOffset("orders", orders, 2, 78, 4, "x".repeat(4097)),
                        new PartitionOffset("orders", orders, 1, 79, 4, "x".repeat(4096)))))
                .containsExactly(ErrorCode.NONE, ErrorCode.NONE, ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE);
        final OffsetFetchResult.Fetched first = new OffsetFetchResult.Fetched(
                ErrorCode.NONE, new PartitionOffset("orders", orders, 3, 77, 4, "my nöte"));
        final OffsetFetchResult.Fetched longest = new OffsetFetchResult.Fetched(
                ErrorCode.NONE, new PartitionOffset("orders", orders, 1, 79, 4, "x".repeat(4096)));
        final OffsetFetchResult.Fetched second =
                new OffsetFetchResult.Fetched(ErrorCode.NONE, new PartitionOffset("payments", NO_ID, 1, 9, -1, ""));
        for (int start = 0; start < 2; start++) {
            assertThat(fetch(null).offsets()).containsExactlyInAnyOrder(first, second, longest);
            final List<OffsetFetchResult.Fetched> some = fetch(List.of(
                            new TopicIdPartition("payments", NO_ID, 1),
                            new TopicIdPartition("orders", orders, 0),
                            new TopicIdPartition("orders", orders, 3),
                            new TopicIdPartition("orders", new UUID(9, 9), 3)))
                    .offsets();
            assertThat(some).extracting(fetched -> fetched.offset().offset()).containsExactly(9L, -1L, 77L, -1L);
            assertThat(some).extracting(fetched -> fetched.offset().metadata()).containsExactly("", "", "my nöte", "");
            restart();
        }
    }

    @Test
    void shouldForgetOffsetsThatAreDeletedOrWhoseTopicIs() {
        done(commit(NO_MEMBER, offset("orders", 0, 1), offset("orders", 1, 2), offset("payments", 0, 3)));
        final OffsetDeleteResult deleted =
                done(groups.deleteOffsets(GROUP, List.of(new TopicIdPartition("orders", NO_ID, 1))));
        assertThat(deleted.error()).isEqualTo(ErrorCode.NONE);
        assertThat(deleted.partitions()).containsExactly(ErrorCode.NONE);
        assertThat(committed("orders", 1)).isEqualTo(-1);
        assertThat(committed("orders", 0)).isEqualTo(1);
        groups.onTopicDeleted(topics.remove("payments"));
        step();
        assertThat(committed("payments", 0)).isEqualTo(-1);
        topics.add("payments", 1);
        restart();
        assertThat(committed("payments", 0)).isEqualTo(-1);
        assertThat(committed("orders", 0)).isEqualTo(1);
        assertThat(done(groups.deleteOffsets("other", List.of())).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }
}
