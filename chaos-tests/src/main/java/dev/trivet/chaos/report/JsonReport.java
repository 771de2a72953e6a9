package dev.trivet.chaos.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.trivet.chaos.history.Operation;
import java.time.Duration;
import java.time.Instant;

/**
 * A run as JSON: the fields of {@link Run}, {@code outcome} first. Instants and durations are as
 * ISO 8601 has them; calls and results are text.
 */
public final class JsonReport {
  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .registerTypeAdapter(Instant.class, asText())
          .registerTypeAdapter(Duration.class, asText())
          .registerTypeHierarchyAdapter(
              Operation.class,
              (JsonSerializer<Operation<?, ?>>) (operation, _, _) -> json(operation))
          .create();

  private JsonReport() {}

  /** The whole document. */
  public static String of(Run run) {
    JsonObject document = new JsonObject();
    document.addProperty("outcome", run.outcome().name());
    GSON.toJsonTree(run)
        .getAsJsonObject()
        .entrySet()
        .forEach(field -> document.add(field.getKey(), field.getValue()));
    return GSON.toJson(document);
  }

  private static JsonSerializer<Object> asText() {
    return (value, _, _) -> new JsonPrimitive(value.toString());
  }

  private static JsonElement json(Operation<?, ?> operation) {
    JsonObject object = new JsonObject();
    object.addProperty("client", operation.client());
    object.addProperty("endpoint", operation.endpoint());
    object.addProperty("beginNanos", operation.beginNanos());
    object.addProperty("endNanos", operation.endNanos());
    object.addProperty("call", operation.call().toString());
    object.addProperty("result", OperationTimeline.words(operation.result()));
    return object;
  }
}
