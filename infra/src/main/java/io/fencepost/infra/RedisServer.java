package io.fencepost.infra;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Independent Redis masters. */
final class RedisServer implements ServerType {

    private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
    private static final String HOST = "127.0.0.1";
    private static final int USUAL_PORT = 6379;
    private static final int PROBE_LIMIT_MS = 2_000;
    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)");
    private static final List<String> BINARIES = List.of("redis-server", "valkey-server");

    private final Checkout checkout;

    RedisServer(Checkout checkout) {
        this.checkout = checkout;
    }

    @Override
    public List<ClusterPlan.NodePlan> place(ClusterSpec spec, Optional<NetworkPlan> network) {
        if (network.isPresent()) {
            return IntStream.range(0, spec.nodes())
                    .mapToObj(index -> new ClusterPlan.NodePlan(network.get().host(index), USUAL_PORT, 0, 0))
                    .toList();
        }
        return Ports.free(spec.nodes(), List.of(HOST)).stream()
                .map(port -> new ClusterPlan.NodePlan(HOST, port, 0, 0))
                .toList();
    }

    @Override
    public List<String> prepare(ClusterPlan plan, int index, NodeFiles files, boolean replacing) {
        Disk.createFolders(files.data());
        Path configuration = files.folder().resolve("redis.conf");
        Disk.write(configuration, configuration(plan, index, files));
        return List.of(executable().toString(), configuration.toString());
    }

    static String configuration(ClusterPlan plan, int index, NodeFiles files) {
        ClusterPlan.NodePlan node = plan.nodes().get(index);
        List<String> lines = new ArrayList<>(List.of(
                "bind " + node.host(),
                "port " + node.clientPort(),
                // else a server without a password answers nobody from outside its namespace
                "protected-mode " + (plan.network().isPresent() ? "no" : "yes"),
                "dir \"" + files.data() + "\"",
                "daemonize no",
                "save \"\"",
                "maxmemory-policy noeviction"));
        switch (plan.spec().durability()) {
            case SAFE -> lines.addAll(List.of("appendonly yes", "appendfsync always"));
            case UNSAFE -> lines.add("appendonly no");
        }
        plan.spec().password().ifPresent(password -> lines.add("requirepass \"" + password + "\""));
        return String.join("\n", lines) + "\n";
    }

    @Override
    public Path executable() {
        for (String name : BINARIES) {
            Optional<Path> installed = Platform.onSearchPath(name).filter(RedisServer::isRecentEnough);
            if (installed.isPresent()) {
                return installed.get();
            }
        }
        return extracted();
    }

    @Override
    public String version(ClusterPlan plan, int index) throws IOException {
        String info = info(plan, index);
        Optional<String> valkey = value(info, "valkey_version");
        if (valkey.isPresent()) {
            return "valkey-" + valkey.get();
        }
        return value(info, "redis_version").orElseThrow(() -> new IOException("no redis_version in INFO"));
    }

    @Override
    public Optional<String> defect(ClusterPlan plan, int index) throws IOException {
        String info = info(plan, index);
        Optional<String> role = value(info, "role");
        if (!role.equals(Optional.of("master"))) {
            return Optional.of("its role is " + role.orElse("unknown") + ", not master");
        }
        return value(info, "loading").equals(Optional.of("0"))
                ? Optional.empty()
                : Optional.of("it is still loading its data");
    }

    @Override
    public String flags(ClusterSpec spec) {
        return switch (spec.durability()) {
            case SAFE -> "appendonly yes, appendfsync always, noeviction";
            case UNSAFE -> "no persistence, noeviction";
        };
    }

    static Optional<String> value(String info, String key) {
        return info.lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).trim())
                .findFirst();
    }

    /** Whether what {@code redis-server --version} printed is 6.2 or later. */
    static boolean isRecentEnough(String versionLine) {
        Matcher matcher = VERSION.matcher(versionLine);
        if (!matcher.find()) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        return major > 6 || (major == 6 && Integer.parseInt(matcher.group(2)) >= 2);
    }

    /** The part of an archived binary's name that says for which machine it is, such as {@code linux-amd64}. */
    static String machine(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String arch = switch (osArch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> osArch;
        };
        return os + "-" + arch;
    }

    private static String info(ClusterPlan plan, int index) throws IOException {
        InetSocketAddress address = plan.nodes().get(index).clientAddress();
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PROBE_LIMIT_MS);
            socket.connect(address, PROBE_LIMIT_MS);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Optional<String> password = plan.spec().password();
            if (password.isPresent()) {
                send(out, "AUTH", password.get());
                reply(in);
            }
            send(out, "PING");
            String pong = reply(in);
            if (!pong.equals("PONG")) {
                throw new IOException("PING was answered by " + pong);
            }
            send(out, "INFO");
            return reply(in);
        }
    }

    private static void send(OutputStream out, String... words) throws IOException {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append("$")
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        out.write(command.toString().getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** A simple or bulk string; an error reply becomes an exception with its text. */
    private static String reply(InputStream in) throws IOException {
        String line = readLine(in);
        if (line.startsWith("-")) {
            throw new IOException("Redis says: " + line.substring(1));
        }
        if (!line.startsWith("$")) {
            return line.substring(1);
        }
        int length = Integer.parseInt(line.substring(1));
        byte[] body = in.readNBytes(length + 2);
        if (body.length < length + 2) {
            throw new IOException("the connection ended inside a reply");
        }
        return new String(body, 0, length, StandardCharsets.UTF_8);
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static boolean isRecentEnough(Path binary) {
        try {
            return isRecentEnough(Programs.run(Map.of(), List.of(binary.toString(), "--version"))
                    .output());
        } catch (IllegalStateException e) {
            LOG.debug("{} cannot be asked for its version", binary, e);
            return false;
        }
    }

    private Path extracted() {
        Path archive = checkout.serverClassPath(ClusterKind.REDIS).get(0);
        String machine = machine(System.getProperty("os.name"), System.getProperty("os.arch"));
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(candidate -> candidate.getName().startsWith("redis-server-")
                            && candidate.getName().endsWith("-" + machine))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("neither redis-server nor valkey-server from 6.2 on is on"
                                    + " the path, and " + archive.getFileName() + " has no binary for " + machine
                                    + "; install one of them"));
            Path folder = checkout.workFolder().resolve("bin");
            Path target = folder.resolve(entry.getName());
            if (!Files.isExecutable(target)) {
                Disk.createFolders(folder);
                // another JVM may be extracting the same: each writes its own draft, and the last rename wins
                Path draft = Files.createTempFile(folder, "redis-server", ".new");
                try (InputStream content = zip.getInputStream(entry)) {
                    Files.copy(content, draft, StandardCopyOption.REPLACE_EXISTING);
                }
                if (!draft.toFile().setExecutable(true)) {
                    throw new IOException("cannot make " + draft + " executable");
                }
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract redis-server from " + archive, e);
        }
    }
}
