package dev.trivet.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.List;
import java.util.Map;

/** An object of JSON as YAML, in block style; texts are quoted as JSON quotes them. */
final class Yaml {
  private static final String STEP = "  ";

  private Yaml() {}

  static String of(String jsonObject) throws InvalidProtocolBufferException {
    Struct.Builder object = Struct.newBuilder();
    JsonFormat.parser().merge(jsonObject, object);
    StringBuilder yaml = new StringBuilder();
    if (object.getFieldsCount() == 0) {
      yaml.append("{}\n");
    }
    fields(object.build().getFieldsMap(), "", yaml);
    return yaml.toString();
  }

  private static void fields(Map<String, Value> fields, String indent, StringBuilder yaml)
      throws InvalidProtocolBufferException {
    for (Map.Entry<String, Value> field : fields.entrySet()) {
      yaml.append(indent).append(field.getKey()).append(':');
      value(field.getValue(), indent, yaml);
    }
  }

  private static void value(Value value, String indent, StringBuilder yaml)
      throws InvalidProtocolBufferException {
    switch (value.getKindCase()) {
      case STRUCT_VALUE -> {
        Map<String, Value> fields = value.getStructValue().getFieldsMap();
        yaml.append(fields.isEmpty() ? " {}\n" : "\n");
        fields(fields, indent + STEP, yaml);
      }
      case LIST_VALUE -> {
        List<Value> items = value.getListValue().getValuesList();
        yaml.append(items.isEmpty() ? " []\n" : "\n");
        for (Value item : items) {
          item(item, indent, yaml);
        }
      }
      default -> yaml.append(' ').append(scalar(value)).append('\n');
    }
  }

  /** The first field of an object stands behind the dash. */
  private static void item(Value item, String indent, StringBuilder yaml)
      throws InvalidProtocolBufferException {
    if (item.hasStructValue() && item.getStructValue().getFieldsCount() > 0) {
      StringBuilder object = new StringBuilder();
      fields(item.getStructValue().getFieldsMap(), indent + STEP, object);
      yaml.append(indent).append("- ").append(object.substring(indent.length() + STEP.length()));
    } else {
      yaml.append(indent).append('-');
      value(item, indent, yaml);
    }
  }

  private static String scalar(Value value) throws InvalidProtocolBufferException {
    return JsonFormat.printer().print(value);
  }
}
