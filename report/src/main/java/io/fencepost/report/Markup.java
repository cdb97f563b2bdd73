package io.fencepost.report;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes elements, escaped and balanced by the JDK's XML writer: a page that is well-formed XML is also read alike by every browser. */
final class Markup {
    private final StringWriter target = new StringWriter();
    private final XMLStreamWriter writer;

    Markup() {
        try {
            writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(target);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void write() throws XMLStreamException;
    }

    Markup doctype() {
        return step(() -> writer.writeDTD("<!DOCTYPE html>\n"));
    }

    /** @param attributes names and values in turn */
    Markup open(String element, String... attributes) {
        return step(() -> {
            writer.writeStartElement(element);
            writeAttributes(attributes);
        });
    }

    Markup close() {
        return step(writer::writeEndElement);
    }

    Markup text(String text) {
        return step(() -> writer.writeCharacters(printable(text)));
    }

    /** An element with nothing but text in it. */
    Markup leaf(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    /** An element that HTML or SVG lets stand without an end tag. */
    Markup empty(String element, String... attributes) {
        return step(() -> {
            writer.writeEmptyElement(element);
            writeAttributes(attributes);
        });
    }

    Markup newLine() {
        return text("\n");
    }

    String finish() {
        step(writer::writeEndDocument);
        return target.toString();
    }

    private void writeAttributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            writer.writeAttribute(attributes[i], printable(attributes[i + 1]));
        }
    }

    /** Words of others may hold characters that no XML document may. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", " ");
    }

    /** The target is memory, which does not fail. */
    private Markup step(Step step) {
        try {
            step.write();
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }
}
