package dev.alluvium.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.alluvium.registry.RegistryServer.Mode;
import dev.alluvium.registry.RegistrySettings.Basic;
import dev.alluvium.registry.RegistrySettings.Bearer;
import dev.alluvium.schema.SchemaSource.Answer;
import dev.alluvium.schema.SchemaSourceException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryClientTest {
    private static final String ORDER = "syntax = \"proto3\"; package shop; message Order { string id = 1; }";

    private final RegistryServer server = new RegistryServer();
    private final Time time = new Time();

    /** Time that passes only where a client would wait, and where a test says so. */
    private static final class Time extends Clock {
        private final AtomicLong ms = new AtomicLong();

        void pass(long millis) {
            ms.addAndGet(millis);
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(ms.get());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    RegistryClientTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    private RegistryClient client() {
        return client(server.settings());
    }

    /** With a limit for machines that have a lot to do. */
    private RegistryClient client(RegistrySettings settings) {
        return new RegistryClient(settings, "data.registry", Duration.ofSeconds(30), time, time::pass);
    }

    private RegistryClient impatient() {
        return impatient(server.settings());
    }

    private RegistryClient impatient(RegistrySettings settings) {
        return new RegistryClient(settings, "data.registry", Duration.ofMillis(500), time, time::pass);
    }

    private static FileDescriptor found(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return ((Answer.Found) answer).schema().file();
    }

    @Test
    void asksForAnIdOnce() {
        server.with(7, ORDER);
        RegistryClient client = client();

        for (int i = 0; i < 3; i++) {
            assertThat(found(client.find(7)).getMessageTypes().get(0).getFullName())
                    .isEqualTo("shop.Order");
        }

        assertThat(server.requests()).containsExactly("/schemas/ids/7");
    }

    @Test
    void readsASerializedDescriptorToo() {
        byte[] descriptor = ProtoText.parse(ORDER).toByteArray();
        server.with(7, Base64.getEncoder().encodeToString(descriptor));

        assertThat(found(client().find(7)).findMessageTypeByName("Order")).isNotNull();
    }

    @Test
    void followsReferencesOfReferencesOnce() {
        server.with(
                        7,
                        "syntax = \"proto3\"; import \"a.proto\"; import \"b.proto\"; message M { A a = 1; B b = 2; }",
                        "a.proto",
                        "the a",
                        "1",
                        "b.proto",
                        "b",
                        "2")
                .with(8, "syntax = \"proto3\"; import \"b.proto\"; message N { B b = 2; }", "b.proto", "b", "2")
                .withVersion(
                        "the a",
                        1,
                        "syntax = \"proto3\"; import \"b.proto\"; message A { B b = 1; }",
                        "b.proto",
                        "b",
                        "2")
                .withVersion("b", 2, "syntax = \"proto3\"; message B { int32 x = 1; }");
        RegistryClient client = client();

        assertThat(found(client.find(7)).findMessageTypeByName("M").getFields()).hasSize(2);
        assertThat(found(client.find(8)).findMessageTypeByName("N").getFields()).hasSize(1);
        assertThat(server.requests())
                .containsExactly(
                        "/schemas/ids/7", "/subjects/the a/versions/1", "/subjects/b/versions/2", "/schemas/ids/8");
    }

    @Test
    void saysThatAnIdIsMissingAndAsksAgainNextTime() {
        RegistryClient client = client();

        assertThat(client.find(7)).isInstanceOf(Answer.Missing.class);
        server.with(7, ORDER);
        assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void asksForWhatIsMissingForAWhile() {
        onRequest(3, () -> server.with(7, ORDER));

        assertThat(client().find(7)).isInstanceOf(Answer.Found.class);
        assertThat(server.requests()).hasSize(3);
    }

    private void onRequest(int number, Runnable action) {
        server.onRequest(path -> {
            if (server.requests().size() == number) {
                action.run();
            }
        });
    }

    @Test
    void decidesInTimeAlthoughEachRequestTakesLong() {
        server.onRequest(path -> time.pass(400));

        assertThat(client().find(7)).isInstanceOf(Answer.Missing.class);
        assertThat(time.millis()).isBetween(1_000L, RegistryClient.LIMIT.toMillis() - 500);
    }

    @Test
    void doesNotBelieveOneAnswerAfterALongTimeOfTrouble() {
        server.set(Mode.BROKEN);
        server.onRequest(path -> {
            int number = server.requests().size();
            if (number == 1) {
                time.pass(5_000);
            } else if (number == 2) {
                server.set(Mode.WELL);
            } else {
                server.with(7, ORDER);
            }
        });

        assertThat(client().find(7)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void beginsAnewWhenTroubleComesBetween() {
        server.onRequest(path -> {
            int number = server.requests().size();
            server.set(number == 2 ? Mode.BROKEN : Mode.WELL);
            time.pass(1_000);
            if (number == 4) {
                server.with(7, ORDER);
            }
        });

        assertThat(client().find(7)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void waitsForEachThatIsMissing() {
        RegistryClient client = client();
        client.find(7);
        int before = server.requests().size();
        onRequest(before + 2, () -> server.with(8, ORDER));

        assertThat(client.find(8)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void waitsOnceForWhatIsMissing() {
        RegistryClient client = client();
        client.find(7);
        int before = server.requests().size();

        assertThat(client.find(7)).isInstanceOf(Answer.Missing.class);
        assertThat(server.requests()).hasSize(before + 1);
    }

    @Test
    void waitsAgainForWhatWasMissingSomeTimeAgo() {
        RegistryClient client = client();
        client.find(7);
        int before = server.requests().size();
        time.pass(10_001);
        onRequest(before + 2, () -> server.with(7, ORDER));

        assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void asksEveryUrlAlthoughOthersAskAtTheSameTime() throws IOException {
        try (RegistryServer behind = new RegistryServer()) {
            server.with(7, ORDER).withVersion("orders-value", 1, ORDER);
            RegistryClient client = client(new RegistrySettings(List.of(behind.url(), server.url()), Optional.empty()));
            behind.onRequest(path -> {
                if (path.startsWith("/subjects")) {
                    client.find(7);
                }
            });

            assertThat(client.hasSubject("orders-value")).isTrue();
            assertThat(behind.requests()).containsExactly("/subjects/orders-value/versions", "/schemas/ids/7");
        }
    }

    @Test
    void findsAnIdThatOneOfSeveralReplicasLacks() throws IOException {
        try (RegistryServer behind = new RegistryServer()) {
            server.with(7, ORDER);
            RegistryClient client = client(new RegistrySettings(List.of(behind.url(), server.url()), Optional.empty()));

            assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
            assertThat(client.find(8)).isInstanceOf(Answer.Missing.class);
        }
    }

    @Test
    void doesNotBelieveThatAnIdIsMissingWhileAReplicaIsNotWell() throws IOException {
        try (RegistryServer behind = new RegistryServer()) {
            RegistrySettings both = new RegistrySettings(List.of(behind.url(), server.url()), Optional.empty());
            server.set(Mode.BROKEN);

            assertThatThrownBy(() -> impatient(both).find(7))
                    .isInstanceOf(SchemaSourceException.class)
                    .hasMessageContaining(behind.url() + ": it answers 404 to /schemas/ids/7; ")
                    .hasMessageContaining(server.url() + ": it answers 500 to /schemas/ids/7; ");
        }
    }

    @Test
    void turnsToTheNextUrlWhenOneHangs() throws IOException {
        try (RegistryServer hanging = new RegistryServer()) {
            hanging.set(Mode.SILENT);
            server.with(7, ORDER);
            RegistryClient client =
                    impatient(new RegistrySettings(List.of(hanging.url(), server.url()), Optional.empty()));
            assertThatThrownBy(() -> client.find(7)).isInstanceOf(SchemaSourceException.class);

            assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
        }
    }

    @Test
    void asksForManyIdsWithinOneLimitAndKeepsWhatItGot() {
        server.with(1, ORDER).with(2, ORDER);
        RegistryClient client = impatient();
        server.withAnswer("/schemas/ids/3", "[]");

        assertThatThrownBy(() -> client.find(Set.of(1, 2, 3, 4))).isInstanceOf(SchemaSourceException.class);
        assertThat(server.requests()).doesNotContain("/schemas/ids/4");

        server.stop();
        assertThat(client.find(Set.of(1, 2)).values()).allMatch(Answer.Found.class::isInstance);
    }

    @Test
    void asksForNoMoreAfterOneThatIsMissing() {
        server.with(1, ORDER).with(3, ORDER);

        assertThat(client().find(Set.of(1, 2, 3))).containsOnlyKeys(1, 2);
    }

    @Test
    void takesARegisteredFileForOneThatIsBuiltInButForProtobufsOwn() {
        server.with(
                        7,
                        "syntax = \"proto3\"; import \"google/type/money.proto\"; import \"google/protobuf/empty.proto\";"
                                + " message M { google.type.Money price = 1; google.protobuf.Empty none = 2; }",
                        "google/type/money.proto",
                        "money",
                        "1",
                        "google/protobuf/empty.proto",
                        "empty",
                        "1")
                .withVersion(
                        "money", 1, "syntax = \"proto3\"; package google.type; message Money { string note = 9; }");

        FileDescriptor file = found(client().find(7));

        assertThat(file.findMessageTypeByName("M")
                        .findFieldByName("price")
                        .getMessageType()
                        .findFieldByNumber(9)
                        .getName())
                .isEqualTo("note");
        assertThat(server.requests()).containsExactly("/schemas/ids/7", "/subjects/money/versions/1");
    }

    @Test
    void findsAReferenceThatWasDeletedSoftly() {
        server.with(7, "syntax = \"proto3\"; import \"a.proto\"; message M { A a = 1; }", "a.proto", "a", "1")
                .withVersion("a", 1, "syntax = \"proto3\"; message A { int32 x = 1; }")
                .withoutVersion("a", 1);

        assertThat(found(client().find(7)).findMessageTypeByName("M").getFields())
                .hasSize(1);
    }

    @Test
    void saysWhyASchemaCannotBeUsed() {
        server.withAnswer("/schemas/ids/1", "{\"schema\":\"{}\",\"schemaType\":\"AVRO\"}")
                .with(2, "syntax = \"proto3\"; message M { Gone g = 1; }")
                .with(3, "syntax = \"proto3\"; import \"a.proto\"; message M { A a = 1; }", "a.proto", "a", "1")
                .with(4, "syntax = \"proto3\"; import \"a.proto\"; message M { A a = 1; }")
                .with(5, "message {")
                .with(6, "bm90IGEgZGVzY3JpcHRvcg==");
        RegistryClient client = client();

        assertThat(why(client, 1)).isEqualTo("is a schema of type AVRO");
        assertThat(why(client, 2)).startsWith("is not valid: ").contains("Gone");
        assertThat(why(client, 3))
                .isEqualTo("imports a.proto, which is version 1 of subject a, which the registry does not have");
        assertThat(why(client, 4)).contains("its imports [a.proto] are no references of the schema");
        assertThat(why(client, 5)).startsWith("line 1 of the schema ");
        assertThat(why(client, 6)).isEqualTo("is neither a .proto text nor a serialized descriptor");
    }

    private static String why(RegistryClient client, int id) {
        Answer answer = client.find(id);
        assertThat(answer).isInstanceOf(Answer.Unusable.class);
        return ((Answer.Unusable) answer).why();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"BROKEN", "GARBAGE", "WRONG_PLACE", "SILENT", "STALLED"})
    void givesUpInTimeOnARegistryThatIsNotWell(Mode mode) {
        server.with(7, ORDER);
        server.set(mode);
        RegistryClient client = client();

        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> impatient().find(7))
                        .isInstanceOf(SchemaSourceException.class)
                        .hasMessageStartingWith("data.registry.url: no answer from the schema registry " + server.url())
                        .hasMessageEndingWith("it is tried again"));

        server.set(Mode.WELL);
        assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void goesOnWithWhatItKnowsWhileTheRegistryIsDown() throws IOException {
        server.with(7, ORDER).with(8, ORDER);
        RegistryClient client = client();
        client.find(7);
        server.stop();

        assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
        assertThatThrownBy(() -> impatient().find(8)).isInstanceOf(SchemaSourceException.class);
        assertThatThrownBy(() -> impatient().check()).isInstanceOf(SchemaSourceException.class);

        server.start();
        client.check();
        assertThat(client.find(8)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void triesAgainAfterTrouble() {
        server.with(7, ORDER);
        server.set(Mode.BROKEN);
        onRequest(3, () -> server.set(Mode.WELL));

        assertThat(client().find(7)).isInstanceOf(Answer.Found.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"UNAUTHORIZED", "FORBIDDEN"})
    void saysAtOnceThatItIsNotLetIn(Mode mode) {
        server.set(mode);

        assertThatThrownBy(() -> client().find(7))
                .isInstanceOf(SchemaSourceException.class)
                .hasMessageStartingWith("data.registry.username: ")
                .hasMessageContaining(mode == Mode.UNAUTHORIZED ? "401" : "403")
                .hasMessageContaining("correct username and password or token");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void showsItsCredentialsToTheRegistryAndToNobodyElse() {
        RegistrySettings basic =
                new RegistrySettings(List.of(server.url()), Optional.of(new Basic("reader", "pass-w0rd")));
        RegistrySettings bearer = new RegistrySettings(List.of(server.url()), Optional.of(new Bearer("t0ken")));

        client(basic).check();
        client(bearer).check();
        server.set(Mode.UNAUTHORIZED);

        assertThat(server.authorizations())
                .containsExactly(
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString("reader:pass-w0rd".getBytes(StandardCharsets.UTF_8)),
                        "Bearer t0ken");
        assertThat(basic.toString() + bearer).contains("reader").doesNotContain("pass-w0rd", "t0ken");
        for (RegistrySettings settings : List.of(basic, bearer)) {
            assertThatThrownBy(() -> client(settings).check())
                    .hasMessageNotContainingAny(
                            "pass-w0rd", "t0ken", server.authorizations().get(0));
        }
    }

    @Test
    void asksTheNextUrlWhereOneIsDown() throws IOException {
        URI down;
        try (RegistryServer other = new RegistryServer()) {
            down = other.url();
        }
        server.with(7, ORDER).with(8, ORDER);
        RegistryClient client = client(new RegistrySettings(List.of(down, server.url()), Optional.empty()));

        assertThat(client.find(7)).isInstanceOf(Answer.Found.class);
        assertThat(client.find(8)).isInstanceOf(Answer.Found.class);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void knowsWhichSubjectsThereAre() {
        server.withVersion("orders-value", 1, ORDER);

        assertThat(client().hasSubject("orders-value")).isTrue();
        assertThat(client().hasSubject("others-value")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry:8081",
                "ftp://registry",
                "http:///path",
                "http://a?b=c",
                "https://u:p@registry",
                "https://u:p@schema_registry:8081",
                "u:p@registry"
            })
    void refusesAnAddressThatIsNone(String url) {
        assertThatThrownBy(() -> new RegistrySettings(List.of(URI.create(url)), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("p@");
    }
}
