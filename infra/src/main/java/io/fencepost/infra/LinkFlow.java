package io.fencepost.infra;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What travels one way on one connection, in order: pieces of bytes, then an end. Reads the channel that it is a handler of.
 * Confined to the loop of its link.
 */
final class LinkFlow extends ChannelInboundHandlerAdapter {

    private static final long MAX_HELD_BYTES = 4L << 20;

    /** Small pieces occupy more memory than they have bytes. */
    private static final int MAX_HELD_PIECES = 4_096;

    private enum End {
        NONE,
        ORDERLY,
        ABRUPT
    }

    private record Arrival(long at, ByteBuf bytes, End end) {}

    private final LinkConnection connection;
    private final Deque<Arrival> arrivals = new ArrayDeque<>();
    private long held;
    private LinkMode.Passage passage;
    private @Nullable Channel source;
    private @Nullable Channel target;
    private @Nullable ScheduledFuture<?> timer;
    private End received = End.NONE;
    private boolean leadsNowhere;
    private boolean done;

    LinkFlow(LinkConnection connection, LinkMode.Passage passage) {
        this.connection = connection;
        this.passage = passage;
    }

    void leadTo(Channel channel) {
        target = channel;
        drain();
    }

    /** From now on nobody takes what arrives. */
    void leadNowhere() {
        leadsNowhere = true;
        clear();
        regulate();
    }

    boolean leadsNowhere() {
        return leadsNowhere;
    }

    void follow(LinkMode.Passage next) {
        passage = next;
        cancelTimer();
        drain();
    }

    long held() {
        return held;
    }

    /** Whether the end was passed on, or can be passed to nobody. */
    boolean isDone() {
        return done;
    }

    /** Reads on while there is room for what is read. */
    void regulate() {
        Channel from = source;
        Channel to = target;
        if (from != null) {
            boolean room = held < MAX_HELD_BYTES && arrivals.size() < MAX_HELD_PIECES;
            boolean flows = to == null || passage.shut() || to.isWritable();
            from.config().setAutoRead(leadsNowhere || (room && flows));
        }
    }

    void sourceIsGone() {
        if (received != End.ABRUPT) {
            arrived(Unpooled.EMPTY_BUFFER, End.ABRUPT);
            connection.broken(this);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        source = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (connection.loses(this)) {
            bytes.release();
        } else {
            arrived(bytes, End.NONE);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            arrived(Unpooled.EMPTY_BUFFER, End.ORDERLY);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
        sourceIsGone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        sourceIsGone();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        connection.writabilityChanged(this);
    }

    private void arrived(ByteBuf bytes, End end) {
        // a reset may follow an orderly end, when the other side goes on sending to one that is gone
        if (leadsNowhere || received == End.ABRUPT || (received == End.ORDERLY && end != End.ABRUPT)) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        received = end;
        arrivals.add(new Arrival(System.nanoTime(), bytes, end));
        held += bytes.readableBytes();
        drain();
    }

    private void drain() {
        Channel to = target;
        boolean wrote = false;
        while (!leadsNowhere && !passage.shut() && !arrivals.isEmpty()) {
            Arrival head = arrivals.element();
            long wait = head.at() + passage.delayNanos() - System.nanoTime();
            if (passage.delayNanos() > 0 && wait > 0) {
                waitFor(wait);
                break;
            }
            if (head.end() == End.ABRUPT) {
                if (wrote && to != null) {
                    to.flush();
                }
                connection.reset();
                return;
            }
            if (to == null) {
                break;
            }
            arrivals.remove();
            held -= head.bytes().readableBytes();
            if (head.end() == End.ORDERLY) {
                finish(to);
            } else {
                // a failure comes back as an exception of the target's pipeline
                to.write(head.bytes(), to.voidPromise());
                wrote = true;
            }
        }
        if (wrote && to != null) {
            to.flush();
        }
        regulate();
    }

    /** Closes the target's side of this direction, after what was written before. */
    private void finish(Channel to) {
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && to.isActive()) {
                ((DuplexChannel) to).shutdownOutput();
            }
            done = true;
            connection.ended();
        });
    }

    private void waitFor(long nanos) {
        Channel from = source;
        if (timer == null && from != null) {
            timer = from.eventLoop().schedule(this::wakeUp, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void wakeUp() {
        timer = null;
        drain();
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void clear() {
        cancelTimer();
        arrivals.forEach(arrival -> ReferenceCountUtil.release(arrival.bytes()));
        arrivals.clear();
        held = 0;
    }
}
