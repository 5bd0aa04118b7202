package dev.alluvium.storage;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 reverse proxy before a store's server that does to requests what networks and overloaded stores do. It
 * hands heads and bodies on byte for byte, the Host header included, so that signatures hold; one connection per
 * request. Requests are kept in memory: at most {@value #MAX_BODY_BYTES} bytes each. Thread safe.
 */
public final class FaultyHttpProxy implements AutoCloseable {
    private static final int MAX_BODY_BYTES = 64 << 20;
    private static final int MAX_HEAD_BYTES = 64 << 10;
    /** No fault holds longer, whatever a test forgets. */
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(20);

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "faulty-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Injected> injected = new ArrayList<>();
    private CountDownLatch healed = new CountDownLatch(1);

    /**
     * A request as it came from the client.
     *
     * @param target path and query, as sent
     * @param head the header lines after the first
     */
    public record Request(String method, String target, List<String> head, int bodyBytes) {
        /** The value of a header, by its name in any case. */
        public Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst();
        }

        @Override
        public String toString() {
            return method + " " + target;
        }
    }

    /** What happens to a request. */
    public sealed interface Fault {
        /** The server never sees the request; the client gets this. */
        record Answer(int status, String contentType, String body) implements Fault {}

        /** The connection is closed before the server sees the request. */
        record Refuse() implements Fault {}

        /** The server does what it is asked; its answer is lost with the connection. */
        record LoseAnswer() implements Fault {}

        /** The server does what it is asked; its answer waits until the fault is healed. */
        record HoldAnswer() implements Fault {}

        /** The answer's body comes in so many pieces, with a pause before each. */
        record Trickle(int pieces, Duration pause) implements Fault {}

        /** After so many bytes of its body the answer breaks off. */
        record CutBody(int afterBytes) implements Fault {}

        /** After so many bytes of its body the answer waits until the fault is healed, and then breaks off. */
        record StallBody(int afterBytes) implements Fault {}

        /** One bit in the middle of the request's body changes on the way. */
        record FlipRequestBit() implements Fault {}

        /** The answer's header gets another value. */
        record ForgeHeader(String name, String value) implements Fault {}

        /** The request line reads differently on the server's side. */
        record RewriteTarget(String regex, String replacement) implements Fault {}
    }

    private static final class Injected {
        private final Predicate<Request> which;
        private final Fault fault;
        private int skip;
        private int times;

        private Injected(Predicate<Request> which, int skip, int times, Fault fault) {
            this.which = which;
            this.skip = skip;
            this.times = times;
            this.fault = fault;
        }
    }

    private static final class Message {
        private final String first;
        private final List<String> head;
        private final byte[] body;

        private Message(String first, List<String> head, byte[] body) {
            this.first = first;
            this.head = head;
            this.body = body;
        }
    }

    private FaultyHttpProxy(InetSocketAddress server, ServerSocket listener) {
        this.server = server;
        this.listener = listener;
    }

    /** Starts on a free port of 127.0.0.1 before the server. */
    public static FaultyHttpProxy before(URI server) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        FaultyHttpProxy proxy =
                new FaultyHttpProxy(new InetSocketAddress(server.getHost(), server.getPort()), listener);
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    /** Where clients find it. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** All requests until {@link #heal} meet the fault. */
    public void inject(Fault fault) {
        inject(request -> true, Integer.MAX_VALUE, fault);
    }

    /** The next such requests, at most so many, meet the fault. */
    public void inject(Predicate<Request> which, int times, Fault fault) {
        inject(which, 0, times, fault);
    }

    /** As above, after so many such requests went through unharmed. */
    public synchronized void inject(Predicate<Request> which, int skip, int times, Fault fault) {
        injected.add(new Injected(which, skip, times, fault));
    }

    /** Ends all faults, and what they hold. */
    public synchronized void heal() {
        injected.clear();
        healed.countDown();
        healed = new CountDownLatch(1);
    }

    /** What came in so far, faults or not. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Starts {@link #requests} anew. */
    public void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() throws IOException {
        heal();
        listener.close();
        threads.shutdownNow();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private synchronized @Nullable Fault faultOf(Request request) {
        for (Injected candidate : injected) {
            if (!candidate.which.test(request) || candidate.times == 0) {
                continue;
            }
            if (candidate.skip > 0) {
                candidate.skip--;
            } else {
                candidate.times--;
                return candidate.fault;
            }
        }
        return null;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            Message message = read(in, client.getOutputStream());
            String[] first = message.first.split(" ", 3);
            Request request = new Request(first[0], first[1], message.head, message.body.length);
            requests.add(request);
            perform(faultOf(request), message, client.getOutputStream());
            client.getOutputStream().flush();
            client.shutdownOutput();
        } catch (IOException e) {
            // A client that gave up, or one that is meant to see its connection close.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private void perform(@Nullable Fault fault, Message request, OutputStream client)
            throws IOException, InterruptedException {
        if (fault instanceof Fault.Answer answer) {
            client.write(bytesOf(answer));
        } else if (fault instanceof Fault.Refuse) {
            return;
        } else if (fault instanceof Fault.LoseAnswer) {
            exchange(request);
        } else if (fault instanceof Fault.HoldAnswer) {
            byte[] answer = exchange(request);
            awaitHealing();
            client.write(answer);
        } else if (fault instanceof Fault.Trickle trickle) {
            trickle(exchange(request), trickle, client);
        } else if (fault instanceof Fault.CutBody cut) {
            writeStart(exchange(request), cut.afterBytes(), client);
        } else if (fault instanceof Fault.StallBody stall) {
            writeStart(exchange(request), stall.afterBytes(), client);
            awaitHealing();
        } else if (fault instanceof Fault.FlipRequestBit) {
            client.write(exchange(flipped(request)));
        } else if (fault instanceof Fault.ForgeHeader forged) {
            client.write(forge(exchange(request), forged));
        } else if (fault instanceof Fault.RewriteTarget rewrite) {
            String first = request.first.replaceAll(rewrite.regex(), rewrite.replacement());
            client.write(exchange(new Message(first, request.head, request.body)));
        } else {
            client.write(exchange(request));
        }
    }

    private void awaitHealing() throws InterruptedException {
        CountDownLatch latch;
        synchronized (this) {
            latch = healed;
        }
        boolean unused = latch.await(LONGEST_HOLD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void writeStart(byte[] answer, int bodyBytes, OutputStream client) throws IOException {
        client.write(answer, 0, Math.min(answer.length, bodyStart(answer) + bodyBytes));
        client.flush();
    }

    private static void trickle(byte[] answer, Fault.Trickle trickle, OutputStream client)
            throws IOException, InterruptedException {
        int position = bodyStart(answer);
        client.write(answer, 0, position);
        int piece = Math.max(1, (answer.length - position + trickle.pieces() - 1) / trickle.pieces());
        while (position < answer.length) {
            client.flush();
            Thread.sleep(trickle.pause().toMillis());
            int length = Math.min(piece, answer.length - position);
            client.write(answer, position, length);
            position += length;
        }
    }

    private static Message flipped(Message request) {
        byte[] body = request.body.clone();
        body[body.length / 2] ^= 1;
        return new Message(request.first, request.head, body);
    }

    private static byte[] forge(byte[] answer, Fault.ForgeHeader forged) {
        int start = bodyStart(answer);
        String head = new String(answer, 0, start, StandardCharsets.ISO_8859_1);
        byte[] changed = head.replaceAll("(?im)^" + forged.name() + ":.*$", forged.name() + ": " + forged.value())
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(changed);
        out.write(answer, start, answer.length - start);
        return out.toByteArray();
    }

    private static int bodyStart(byte[] answer) {
        for (int i = 3; i < answer.length; i++) {
            if (answer[i] == '\n' && answer[i - 1] == '\r' && answer[i - 2] == '\n' && answer[i - 3] == '\r') {
                return i + 1;
            }
        }
        return answer.length;
    }

    private static byte[] bytesOf(Fault.Answer answer) {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + answer.status() + " Injected\r\nContent-Type: " + answer.contentType()
                + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(body);
        return out.toByteArray();
    }

    /** Asks the server and gives its whole answer, head and body as they came. */
    private byte[] exchange(Message request) throws IOException {
        try (Socket socket = new Socket()) {
            open.add(socket);
            try {
                socket.setTcpNoDelay(true);
                socket.connect(server, 5_000);
                OutputStream out = socket.getOutputStream();
                out.write(headOf(request));
                out.write(request.body);
                out.flush();
                return socket.getInputStream().readAllBytes();
            } finally {
                open.remove(socket);
            }
        }
    }

    private static byte[] headOf(Message request) {
        StringBuilder head = new StringBuilder(request.first).append("\r\n");
        for (String line : request.head) {
            String name = line.toLowerCase(Locale.ROOT);
            if (!name.startsWith("connection:") && !name.startsWith("expect:")) {
                head.append(line).append("\r\n");
            }
        }
        return head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Message read(InputStream in, OutputStream out) throws IOException {
        String first = line(in);
        List<String> head = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.add(line);
        }
        Request request = new Request("", "", head, 0);
        if (request.header("Expect").isPresent()) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        boolean isChunked = request.header("Transfer-Encoding").isPresent();
        int length = request.header("Content-Length").map(Integer::parseInt).orElse(0);
        return new Message(first, head, isChunked ? chunked(in) : exactly(in, length));
    }

    /** The chunks as they come, framing included: they are handed on with the header that announces them. */
    private static byte[] chunked(InputStream in) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        while (true) {
            String size = line(in);
            raw.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            if (length == 0) {
                break;
            }
            raw.writeBytes(exactly(in, length + 2));
            if (raw.size() > MAX_BODY_BYTES) {
                throw new IOException("body too large for a test");
            }
        }
        String trailer;
        do {
            trailer = line(in);
            raw.writeBytes((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        } while (!trailer.isEmpty());
        return raw.toByteArray();
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        if (length > MAX_BODY_BYTES) {
            throw new IOException("body too large for a test: " + length);
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the client broke off");
        }
        return body;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.size() > MAX_HEAD_BYTES) {
                throw new EOFException("the client broke off");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
