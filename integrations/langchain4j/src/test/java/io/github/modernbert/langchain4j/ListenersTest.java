package io.github.modernbert.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.listener.EmbeddingModelErrorContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelRequestContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listeners are told of requests, responses and errors as LangChain4j documents. */
final class ListenersTest {
  /** Keeps what it is told. */
  private static final class Recorder implements EmbeddingModelListener {
    final List<EmbeddingModelRequestContext> requests = new ArrayList<>();
    final List<EmbeddingModelResponseContext> responses = new ArrayList<>();
    final List<EmbeddingModelErrorContext> errors = new ArrayList<>();

    @Override
    public void onRequest(EmbeddingModelRequestContext context) {
      context.attributes().put("asked", requests.size());
      requests.add(context);
    }

    @Override
    public void onResponse(EmbeddingModelResponseContext context) {
      responses.add(context);
    }

    @Override
    public void onError(EmbeddingModelErrorContext context) {
      errors.add(context);
    }
  }

  @Test
  void areToldOfEachCall() {
    var recorder = new Recorder();
    try (var model = ModernBertEmbeddingModel.builder().listeners(List.of(recorder)).build()) {
      var segments = List.of(TextSegment.from("one"), TextSegment.from("two words"));
      var response = model.withInputType(EmbeddingInputType.DOCUMENT).embedAll(segments);

      var asked = recorder.requests.getFirst();
      assertEquals(segments, asked.textSegments());
      assertEquals(EmbeddingInputType.DOCUMENT, asked.embeddingRequest().inputType());
      assertEquals("modernbert-mini", asked.embeddingModel().modelName());
      var told = recorder.responses.getFirst();
      assertEquals(response.content(), told.embeddingResponse().embeddings());
      assertEquals(response.tokenUsage(), told.embeddingResponse().tokenUsage());
      assertEquals("modernbert-mini", told.embeddingResponse().modelName());
      assertEquals(0, told.attributes().get("asked"));

      model.embed("three");
      assertEquals(2, recorder.requests.size());
      assertEquals(2, recorder.responses.size());
      assertEquals(List.of(), recorder.errors);
    }
  }

  @Test
  void areToldOfErrors() {
    var recorder = new Recorder();
    var model = ModernBertEmbeddingModel.builder().listeners(List.of(recorder)).build();
    var wide = EmbeddingRequest.builder().input("a text").dimensions(1000).build();
    var refused = assertThrows(IllegalArgumentException.class, () -> model.embed(wide));
    assertSame(refused, recorder.errors.getFirst().error());
    assertEquals(wide, recorder.errors.getFirst().embeddingRequest());

    model.close();
    assertThrows(IllegalStateException.class, () -> model.embed("a text"));
    assertInstanceOf(IllegalStateException.class, recorder.errors.getLast().error());
    assertEquals(2, recorder.errors.size());
    assertEquals(1, recorder.errors.getLast().attributes().get("asked"));
    assertEquals(List.of(), recorder.responses);
  }
}
