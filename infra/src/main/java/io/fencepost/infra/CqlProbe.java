package io.fencepost.infra;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The least client that can ask a Cassandra node how it is: native protocol 4, one request at a time, values as text.
 *
 * <p>After the specification <i>native_protocol_v4.spec</i> of Apache Cassandra, sections 2 to 6. It exists so that this module
 * brings no driver whose version could clash with the one under test. Not thread safe.
 */
public final class CqlProbe implements AutoCloseable {

    /** Consistency: one replica answers. */
    public static final int ONE = 0x0001;

    /** Consistency: every replica answers. */
    public static final int ALL = 0x0005;

    private static final int LIMIT_MS = 5_000;
    private static final int REQUEST_VERSION = 0x04;
    private static final int HEADER_REST = 8;
    private static final int MAX_BODY = 1 << 20;

    private static final int ERROR = 0x00;
    private static final int STARTUP = 0x01;
    private static final int READY = 0x02;
    private static final int AUTHENTICATE = 0x03;
    private static final int QUERY = 0x07;
    private static final int RESULT = 0x08;
    private static final int AUTH_RESPONSE = 0x0F;
    private static final int AUTH_SUCCESS = 0x10;

    private static final int ROWS = 0x0002;
    private static final int GLOBAL_TABLE = 0x0001;
    private static final int HAS_MORE_PAGES = 0x0002;

    private static final int TYPE_VARCHAR = 0x000D;
    private static final int TYPE_UUID = 0x000C;
    private static final int TYPE_INET = 0x0010;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private CqlProbe(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /**
     * Connects and logs in.
     *
     * @throws IOException if the node does not answer in the language expected, or refuses the login
     */
    public static CqlProbe open(InetSocketAddress address, String user, Optional<String> password) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(LIMIT_MS);
            socket.connect(address, LIMIT_MS);
            CqlProbe probe = new CqlProbe(socket);
            probe.logIn(user, password);
            return probe;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Runs one query whose columns are of type text, uuid or inet.
     *
     * @return the rows, a null value as an empty text
     * @throws IOException if the node answers with an error, or does not
     */
    public List<List<String>> query(String cql, int consistency) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        byte[] text = cql.getBytes(StandardCharsets.UTF_8);
        body.writeInt(text.length);
        body.write(text);
        body.writeShort(consistency);
        body.writeByte(0);
        ByteBuffer result = request(QUERY, bytes.toByteArray(), RESULT);
        return result.getInt() == ROWS ? rows(result) : List.of();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void logIn(String user, Optional<String> password) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeShort(1);
        writeShortString(body, "CQL_VERSION");
        writeShortString(body, "3.0.0");
        send(STARTUP, bytes.toByteArray());
        Frame answer = receive();
        if (answer.opcode() == READY) {
            return;
        }
        if (answer.opcode() != AUTHENTICATE || password.isEmpty()) {
            throw answer.unexpected();
        }
        byte[] token = ("\0" + user + "\0" + password.get()).getBytes(StandardCharsets.UTF_8);
        request(
                AUTH_RESPONSE,
                ByteBuffer.allocate(4 + token.length)
                        .putInt(token.length)
                        .put(token)
                        .array(),
                AUTH_SUCCESS);
    }

    private ByteBuffer request(int opcode, byte[] body, int expected) throws IOException {
        send(opcode, body);
        Frame answer = receive();
        if (answer.opcode() != expected) {
            throw answer.unexpected();
        }
        return answer.body();
    }

    private void send(int opcode, byte[] body) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(1 + HEADER_REST + body.length);
        frame.put((byte) REQUEST_VERSION).put((byte) 0).putShort((short) 0).put((byte) opcode);
        frame.putInt(body.length).put(body);
        out.write(frame.array());
        out.flush();
    }

    private Frame receive() throws IOException {
        in.readByte();
        in.readByte();
        in.readShort();
        int opcode = in.readUnsignedByte();
        int length = in.readInt();
        if (length < 0 || length > MAX_BODY) {
            throw new IOException("this is not CQL: a frame of " + length + " bytes");
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return new Frame(opcode, ByteBuffer.wrap(body));
    }

    private static List<List<String>> rows(ByteBuffer result) throws IOException {
        int flags = result.getInt();
        int columns = result.getInt();
        if ((flags & HAS_MORE_PAGES) != 0) {
            throw new IOException("more rows than one page");
        }
        boolean globalTable = (flags & GLOBAL_TABLE) != 0;
        if (globalTable) {
            readShortString(result);
            readShortString(result);
        }
        int[] types = new int[columns];
        for (int i = 0; i < columns; i++) {
            if (!globalTable) {
                readShortString(result);
                readShortString(result);
            }
            readShortString(result);
            types[i] = result.getShort();
        }
        int count = result.getInt();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> row = new ArrayList<>();
            for (int type : types) {
                row.add(value(type, result));
            }
            rows.add(row);
        }
        return rows;
    }

    private static String value(int type, ByteBuffer result) throws IOException {
        int length = result.getInt();
        if (length < 0) {
            return "";
        }
        byte[] bytes = new byte[length];
        result.get(bytes);
        return switch (type) {
            case TYPE_VARCHAR -> new String(bytes, StandardCharsets.UTF_8);
            case TYPE_UUID ->
                new UUID(
                                ByteBuffer.wrap(bytes).getLong(),
                                ByteBuffer.wrap(bytes).getLong(8))
                        .toString();
            case TYPE_INET -> InetAddress.getByAddress(bytes).getHostAddress();
            default -> throw new IOException("a column of type " + type);
        };
    }

    private static void writeShortString(DataOutputStream body, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        body.writeShort(bytes.length);
        body.write(bytes);
    }

    private static String readShortString(ByteBuffer body) {
        byte[] bytes = new byte[Short.toUnsignedInt(body.getShort())];
        body.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private record Frame(int opcode, ByteBuffer body) {

        IOException unexpected() {
            if (opcode == ERROR) {
                int code = body.getInt();
                return new IOException(
                        "Cassandra says: " + readShortString(body) + " (0x" + Integer.toHexString(code) + ")");
            }
            return new IOException("an answer of kind 0x" + Integer.toHexString(opcode) + " was not expected");
        }
    }
}
