package io.fencepost.scheduler.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;

/** The pages, their scripts and styles, from the class path: nothing comes from elsewhere. Only names that are listed here are read. */
final class Assets {
    private static final String SWAGGER = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "yaml", "application/yaml");

    private final Map<String, String> resources;
    private final Map<String, Asset> loaded = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asset(byte[] bytes, String tag) {}

    Assets() {
        String swagger = "/META-INF/resources/webjars/swagger-ui/" + swaggerVersion() + "/";
        resources = Map.ofEntries(
                Map.entry("index.html", "index.html"),
                Map.entry("page.js", "page.js"),
                Map.entry("page.css", "page.css"),
                Map.entry("favicon.svg", "favicon.svg"),
                Map.entry("docs.html", "docs.html"),
                Map.entry("docs.js", "docs.js"),
                Map.entry("docs.css", "docs.css"),
                Map.entry("openapi.yaml", "openapi.yaml"),
                Map.entry("swagger-ui.css", swagger + "swagger-ui.css"),
                Map.entry("swagger-ui-bundle.js", swagger + "swagger-ui-bundle.js"));
    }

    /** @throws Problem 404 if there is none of that name */
    Reply get(String name, Call call) {
        String resource = resources.get(name);
        if (resource == null) {
            throw new Problem(404, "Not found", "there is no file '" + Fields.shortened(name) + "'");
        }
        Asset asset = loaded.computeIfAbsent(name, n -> load(resource));
        Map<String, String> headers = Map.of("ETag", asset.tag(), "Cache-Control", "no-cache");
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        Optional<String> known = call.header(HttpHeader.IF_NONE_MATCH);
        return known.isPresent()
                        && Arrays.asList(known.get().split("\\s*,\\s*")).contains(asset.tag())
                ? Reply.of(304, type, new byte[0], headers)
                : Reply.of(200, type, asset.bytes(), headers);
    }

    private static Asset load(String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new Problem(404, "Not found", "this build was packed without " + resource);
            }
            byte[] bytes = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Asset(bytes, "\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The folder of a webjar has its version in its name, which the build alone decides. */
    private static String swaggerVersion() {
        try (InputStream in = Assets.class.getResourceAsStream(SWAGGER)) {
            if (in == null) {
                return "missing";
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "missing");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + SWAGGER, e);
        }
    }
}
