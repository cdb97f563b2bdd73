package io.fencepost.infra;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/** One connection of a client and the one to the server that belongs to it. Confined to the loop of its link. */
final class LinkConnection {

    private final FaultyLink link;
    private final Channel client;
    private final LinkFlow requests;
    private final LinkFlow answers;
    private @Nullable Channel server;
    private boolean over;

    LinkConnection(FaultyLink link, Channel client) {
        this.link = link;
        this.client = client;
        this.requests = new LinkFlow(this, link.mode().requests());
        this.answers = new LinkFlow(this, link.mode().answers());
    }

    void begin() {
        client.pipeline().addLast(requests);
        answers.leadTo(client);
        follow(link.mode());
    }

    void follow(LinkMode mode) {
        if (over) {
            return;
        }
        if (server == null && mode.connecting() == LinkMode.Connecting.SERVED) {
            connect();
        }
        requests.follow(mode.requests());
        answers.follow(mode.answers());
    }

    long held() {
        return requests.held() + answers.held();
    }

    boolean clientIsOpen() {
        return client.isOpen();
    }

    /** Whether the piece that has just arrived is the answer to be lost; then this connection is over. */
    boolean loses(LinkFlow flow) {
        if (flow == answers && link.mode().losesNextAnswer()) {
            link.loseAnswer();
            return true;
        }
        return false;
    }

    /** The source of a flow is gone without an orderly end: the other flow has nowhere to go. */
    void broken(LinkFlow flow) {
        opposite(flow).leadNowhere();
        // nobody is left, or the client gave up before its server was asked
        if (flow.leadsNowhere() || server == null) {
            reset();
        }
    }

    /** The source of a flow, to which the other flow leads, can take bytes again, or cannot. */
    void writabilityChanged(LinkFlow flow) {
        opposite(flow).regulate();
    }

    /** One flow has come to its end; after both there is nothing left to do. */
    void ended() {
        if (!over && requests.isDone() && answers.isDone()) {
            over = true;
            link.forget(this);
            client.close();
            if (server != null) {
                server.close();
            }
        }
    }

    /** Resets both sides and throws away what is held. */
    void reset() {
        if (over) {
            return;
        }
        over = true;
        link.forget(this);
        requests.leadNowhere();
        answers.leadNowhere();
        reset(client);
        if (server != null) {
            reset(server);
        }
    }

    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    private void connect() {
        ChannelFuture connecting = link.connect(answers);
        Channel opened = connecting.channel();
        server = opened;
        connecting.addListener(done -> {
            if (over) {
                reset(opened);
            } else if (done.isSuccess()) {
                requests.leadTo(opened);
            } else {
                answers.sourceIsGone();
            }
        });
    }

    private LinkFlow opposite(LinkFlow flow) {
        return flow == requests ? answers : requests;
    }
}
