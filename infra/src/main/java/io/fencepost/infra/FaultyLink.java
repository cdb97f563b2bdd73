package io.fencepost.infra;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The way of all clients to one server, through a listener that lasts as long as its {@link FaultyLinks}. */
public final class FaultyLink extends LinkFaults {

    private static final String HOST = "127.0.0.1";
    private static final int CONNECT_LIMIT_MS = 10_000;

    private final LinkLoop loop;
    private final String server;
    private final InetSocketAddress serverAddress;
    private final Channel listener;
    private final String address;

    // confined to the loop
    private final Set<LinkConnection> connections = new LinkedHashSet<>();
    private LinkMode mode = LinkMode.PASSING;
    private long resets;

    /**
     * Opens the listener.
     *
     * @throws IllegalStateException if no port can be bound
     */
    FaultyLink(LinkLoop loop, String server, InetSocketAddress serverAddress) {
        this.loop = loop;
        this.server = server;
        this.serverAddress = serverAddress;
        ChannelFuture bound = new ServerBootstrap()
                .group(loop.events())
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        accept(client);
                    }
                })
                .bind(Ports.literal(HOST), 0)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    "cannot listen on " + HOST + " for the clients of " + server, bound.cause());
        }
        this.listener = bound.channel();
        this.address = HOST + ":" + ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Where clients connect instead, such as {@code 127.0.0.1:40123}; the same until the links end, also while cut. */
    public String address() {
        return address;
    }

    /** The address of the server that is behind this link, as it was given. */
    public String server() {
        return server;
    }

    @Override
    public long heldBytes() {
        return loop.call(this::heldNow);
    }

    @Override
    public int connections() {
        return loop.call(this::connectionsNow);
    }

    @Override
    public long resets() {
        return loop.call(this::resetsNow);
    }

    @Override
    public String toString() {
        return address + " -> " + server;
    }

    @Override
    void become(LinkMode next, boolean reset) {
        loop.call(() -> {
            switchTo(next, reset);
            return next;
        });
    }

    // the rest runs on the loop

    void switchTo(LinkMode next, boolean reset) {
        mode = next;
        if (reset) {
            resetAll();
        }
        List.copyOf(connections).forEach(connection -> connection.follow(next));
    }

    void loseAnswer() {
        switchTo(LinkMode.PASSING, true);
    }

    void forget(LinkConnection connection) {
        connections.remove(connection);
    }

    long heldNow() {
        return connections.stream().mapToLong(LinkConnection::held).sum();
    }

    int connectionsNow() {
        return (int) connections.stream().filter(LinkConnection::clientIsOpen).count();
    }

    long resetsNow() {
        return resets;
    }

    LinkMode mode() {
        return mode;
    }

    /** Begins to connect to the server; the future is notified on the loop. */
    ChannelFuture connect(LinkFlow answers) {
        return new Bootstrap()
                .group(loop.events())
                // the address is resolved, and a resolver would leave a listener of the loop's end on the global
                // executor
                .disableResolver()
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_LIMIT_MS)
                .handler(answers)
                .connect(serverAddress);
    }

    void end() {
        listener.close();
        resetAll();
    }

    private void accept(SocketChannel client) {
        if (mode.connecting() == LinkMode.Connecting.REFUSED) {
            resets++;
            LinkConnection.reset(client);
            return;
        }
        LinkConnection connection = new LinkConnection(this, client);
        connections.add(connection);
        connection.begin();
    }

    private void resetAll() {
        for (LinkConnection connection : new ArrayList<>(connections)) {
            if (connection.clientIsOpen()) {
                resets++;
            }
            connection.reset();
        }
    }
}
