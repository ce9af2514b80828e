package io.github.modernbert.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A POM of this tree, as it is written. */
record PomFile(Path folder, Document document) {
  static PomFile root() {
    return read(Path.of(System.getProperty("modernbert.root", "..")).toAbsolutePath().normalize());
  }

  private static PomFile read(Path folder) {
    Path file = folder.resolve("pom.xml");
    try (var in = Files.newInputStream(file)) {
      return new PomFile(
          folder, DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(in));
    } catch (IOException | ParserConfigurationException | SAXException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }

  /** The modules that a release publishes, the POM packaged ones among them. */
  List<PomFile> publishedModules() {
    return texts("/project/modules/module").stream()
        .map(module -> read(folder.resolve(module)))
        .filter(PomFile::isPublished)
        .toList();
  }

  private boolean isPublished() {
    return !text("/project/properties/maven.deploy.skip").equals("true");
  }

  String artifactId() {
    return text("/project/artifactId");
  }

  boolean isJar() {
    return !text("/project/packaging").equals("pom");
  }

  /** The text of the first element of an XPath; empty if there is none. */
  String text(String path) {
    List<String> all = texts(path);
    return all.isEmpty() ? "" : all.getFirst();
  }

  /** The texts of all elements of an XPath. */
  List<String> texts(String path) {
    try {
      var nodes =
          (NodeList)
              XPathFactory.newDefaultInstance()
                  .newXPath()
                  .evaluate(path, document, XPathConstants.NODESET);
      var texts = new ArrayList<String>();
      for (int i = 0; i < nodes.getLength(); i++) {
        texts.add(nodes.item(i).getTextContent().strip());
      }
      return texts;
    } catch (XPathExpressionException e) {
      throw new AssertionError(path, e);
    }
  }
}
