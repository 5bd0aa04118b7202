package dev.alluvium.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaId;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.Golden;
import dev.alluvium.decode.GoldenTypes;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.local.LocalObjectStore;
import dev.alluvium.storage.local.LocalStoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFileTest {
    private static final Descriptor EVERYTHING = GoldenTypes.everything();
    private static final byte[] GOLDEN = GoldenTypes.message(EVERYTHING, "everything.txtpb");

    @TempDir
    Path folder;

    // ---- rows as what they were made of ----------------------------------------------------------------------------

    @Test
    void givesMessagesBackWithWhatTheirTypeDoesNotKnow() throws Exception {
        byte[] unknown = Arrays.copyOf(GOLDEN, GOLDEN.length + 3);
        unknown[GOLDEN.length] = (byte) 0xc0;
        unknown[GOLDEN.length + 1] = 0x3e;
        unknown[GOLDEN.length + 2] = 1;
        writeMessages(WriterSettings.DEFAULT, GOLDEN, unknown);

        List<DynamicMessage> messages;
        try (DataFile file = open("golden.parquet")) {
            messages = all(file.messages());
            assertThat(file.messageType().orElseThrow().getFullName()).isEqualTo("golden.Everything");
        }

        assertThat(messages)
                .containsExactly(
                        DynamicMessage.parseFrom(messages.get(0).getDescriptorForType(), GOLDEN),
                        DynamicMessage.parseFrom(messages.get(0).getDescriptorForType(), unknown));
    }

    @Test
    void stepsOverTombstonesWhereItGivesMessages() throws Exception {
        ProtobufSettings how = new ProtobufSettings(
                EVERYTHING, Partitioning.NONE, true, ProtobufMapping.DEFAULT, ProtobufSettings.Tombstones.ROW);
        new Archived(new ProtobufDecoder(how, 0), EVERYTHING)
                .write(
                        folder,
                        group -> "golden.parquet",
                        0,
                        Arrays.asList(null, GOLDEN, null, null, new byte[0], null));

        try (DataFile file = open("golden.parquet")) {
            List<DynamicMessage> messages = all(file.messages());

            assertThat(messages).hasSize(2);
            assertThat(messages.get(0))
                    .isEqualTo(DynamicMessage.parseFrom(messages.get(0).getDescriptorForType(), GOLDEN));
            assertThat(messages.get(1).getAllFields()).isEmpty();
            assertThat(all(file.rows(List.of("_tombstone"))))
                    .extracting(row -> row.get("_tombstone"))
                    .containsExactly(true, false, true, true, false, true);
        }
    }

    @Test
    void givesDeltasBackWhoseIdsCanBeComputedAgain() throws Exception {
        DeltaTable users = new DeltaTable(
                "users",
                List.of(
                        new DeltaColumn("name", DeltaColumn.Type.STRING),
                        new DeltaColumn("age", DeltaColumn.Type.NUMBER),
                        new DeltaColumn("active", DeltaColumn.Type.BOOLEAN),
                        new DeltaColumn("meta", DeltaColumn.Type.JSON),
                        new DeltaColumn("x", DeltaColumn.Type.NULL)));
        DeltaSettings settings = new DeltaSettings("gw-1", List.of(users), false, true, DeltaSettings.ClockDrift.COUNT);
        List<RowDelta> sent = Golden.deltas().map(Golden.Delta::message).toList();
        new Archived(new DeltaDecoder(settings, 0), RowDelta.getDescriptor())
                .write(
                        folder,
                        group -> "deltas/" + group.id() + ".parquet",
                        0,
                        sent.stream().map(RowDelta::toByteArray).toList());

        List<RowDelta> deltas = new ArrayList<>();
        DataFiles files = DataFiles.of(folder);
        for (ListedObject object : files.list("deltas/").files()) {
            try (DataFile file = files.open(object)) {
                deltas.addAll(all(file.deltas()));
            }
        }

        assertThat(deltas).hasSize(15).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(deltas).allSatisfy(delta -> assertThat(DeltaId.of(delta)).isEqualTo(delta.getDeltaId()));
    }

    @Test
    void refusesRowsThatAreSomethingElse() throws Exception {
        writeMessages(WriterSettings.DEFAULT, GOLDEN);

        try (DataFile file = open("golden.parquet")) {
            assertThatThrownBy(file::deltas)
                    .isInstanceOf(IOException.class)
                    .hasMessage("data file golden.parquet: its rows are no deltas: its footer has no lakesync:schema");
        }
    }

    /** The file was made by src/test/js/lakesync.js, with the libraries that LakeSync uses. */
    @Test
    void readsTheBooleansThatLakeSyncsOwnWriterStoresAsNumbers() throws Exception {
        try (InputStream in = DataFileTest.class.getResourceAsStream("/lakesync.parquet")) {
            Files.copy(Objects.requireNonNull(in), folder.resolve("lakesync.parquet"));
        }

        try (DataFile file = open("lakesync.parquet")) {
            assertThat(file.hasFacts()).isFalse();
            List<Map<String, @Nullable Object>> rows = all(file.rows());
            assertThat(rows).extracting(row -> row.get("completed")).containsExactly(false, true, null);
            assertThat(rows).extracting(row -> row.get("priority")).containsExactly(1.0, null, null);
            assertThat(rows)
                    .extracting(row -> row.get("hlc"))
                    .containsExactly(111411200000065536L, 111411200000131072L, 111411200000196608L);
            assertThat(rows).extracting(row -> row.get("op")).containsExactly("INSERT", "UPDATE", "DELETE");
        }
    }

    // ---- what is read ----------------------------------------------------------------------------------------------

    @Test
    void readsNothingButTheChunksOfTheColumnsThatAreAskedFor() throws Exception {
        writeMessages(
                new WriterSettings(Codec.NONE, 1, 64 << 10, 8 << 10, 100),
                Collections.nCopies(2_000, GOLDEN).toArray(byte[][]::new));
        Path path = folder.resolve("golden.parquet");
        long size = Files.size(path);
        List<Long> requests = new ArrayList<>();
        ObjectStore store = watched((position, length) -> requests.add(length));
        DataFiles files = DataFiles.of(store);

        try (DataFile file = files.open(new ListedObject("golden.parquet", size))) {
            int opened = requests.size();
            long chunks = file.rowGroups().stream()
                    .flatMap(rowGroup -> rowGroup.columns().stream())
                    .filter(chunk -> chunk.path().get(0).equals("a_string")
                            || chunk.path().get(0).equals("item"))
                    .mapToLong(chunk -> chunk.compressedBytes())
                    .sum();
            Rows<Map<String, @Nullable Object>> rows = file.rows(List.of("item", "a_string"));
            assertThat(requests).as("before the first row").hasSize(opened);
            assertThat(Objects.requireNonNull(rows.next()).keySet()).containsExactly("item", "a_string");
            assertThat(all(rows)).hasSize(1_999);

            List<Long> ofRows = requests.subList(opened, requests.size());
            assertThat(ofRows.stream().mapToLong(Long::longValue).sum()).isEqualTo(chunks);
            assertThat(chunks).isLessThan(size / 10);
            assertThat(file.rowGroups()).hasSizeGreaterThan(1);
            assertThat(ofRows)
                    .as("two chunks apart, one of them two side by side")
                    .hasSize(2 * file.rowGroups().size());
        }
    }

    /** The store, whose reads are told first. */
    private ObjectStore watched(BiConsumer<Long, Long> reads) {
        return (ObjectStore) Proxy.newProxyInstance(
                DataFileTest.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("read")) {
                        throw new AssertionError(method.getName() + " was not expected");
                    }
                    long position = (long) arguments[1];
                    long length = (long) arguments[2];
                    reads.accept(position, length);
                    byte[] bytes = Files.readAllBytes(folder.resolve((String) arguments[0]));
                    int end = (int) Math.min(bytes.length, position + length);
                    return new ByteArrayInputStream(bytes, (int) position, end - (int) position);
                });
    }

    @Test
    void listsWhatLiesUnderAPrefixAlikeInAStoreAndAFolder() throws Exception {
        for (String name :
                List.of("a/2.parquet", "a/1.parquet", "a/b/3.parquet", "a/notes.txt", "ab.parquet", "c.parquet")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        for (String name :
                List.of("a/.alluvium-is/.part.of/keys.parquet", ".hidden/k.parquet", ".alluvium-x.parquet")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        try (ObjectStore store = LocalObjectStore.open(new LocalStoreSettings(folder), Clock.systemUTC())) {
            for (DataFiles files : List.of(DataFiles.of(store), DataFiles.of(folder))) {
                Listing listing = files.list("a");

                assertThat(listing.files())
                        .containsExactly(
                                new ListedObject("a/.alluvium-is/.part.of/keys.parquet", 36),
                                new ListedObject("a/1.parquet", 11),
                                new ListedObject("a/2.parquet", 11),
                                new ListedObject("a/b/3.parquet", 13),
                                new ListedObject("ab.parquet", 10));
                assertThat(listing.others()).isEqualTo(1);
                assertThat(files.list("a/b").files()).containsExactly(new ListedObject("a/b/3.parquet", 13));
                assertThat(files.list("a/2").files()).containsExactly(new ListedObject("a/2.parquet", 11));
                assertThat(files.list("a/c").files()).isEmpty();
                assertThat(files.list("x/y").files()).isEmpty();
                assertThat(files.list("").files())
                        .extracting(ListedObject::key)
                        .contains(".hidden/k.parquet")
                        .hasSize(7);
                assertThat(files.find("c.parquet")).contains(new ListedObject("c.parquet", 9));
                assertThat(files.find("c")).isEmpty();
            }
        }
    }

    // ---- what all need ---------------------------------------------------------------------------------------------

    private void writeMessages(WriterSettings settings, byte[]... values) throws IOException {
        ProtobufSettings how = new ProtobufSettings(EVERYTHING, Partitioning.NONE, true);
        new Archived(new ProtobufDecoder(how, 0), EVERYTHING)
                .with(settings)
                .write(folder, group -> "golden.parquet", 0, List.of(values));
    }

    private DataFile open(String key) throws IOException {
        DataFiles files = DataFiles.of(folder);
        return files.open(files.find(key).orElseThrow());
    }

    private static <T> List<T> all(Rows<T> rows) throws IOException {
        List<T> all = new ArrayList<>();
        for (T one = rows.next(); one != null; one = rows.next()) {
            all.add(one);
        }
        return all;
    }
}
