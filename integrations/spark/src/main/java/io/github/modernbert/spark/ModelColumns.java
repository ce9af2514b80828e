package io.github.modernbert.spark;

import io.github.modernbert.TaskModel;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that a transformer adds to a dataset: names and types, for the driver.
 *
 * @param outputs the columns of results, each with the columns of texts that it is made of
 * @param type of the columns of results
 * @param tokens the column for the number of tokens, if it is wanted
 * @param truncated the column that says whether texts were cut, if it is wanted
 * @param error the column for the reason why a row was refused, if it is wanted; without it a
 *     refused row ends the job
 */
record ModelColumns(
    List<Output> outputs,
    DataType type,
    Optional<String> tokens,
    Optional<String> truncated,
    Optional<String> error) {

  /**
   * A column of results.
   *
   * @param name its name
   * @param inputs the columns of texts that are read together for it: one or two
   */
  record Output(String name, List<String> inputs) {}

  /**
   * Where the texts and results of a row are; sent to executors.
   *
   * @param inputs for each column of results the numbers of the columns of texts
   * @param names what messages call the texts of each column of results
   * @param tokens whether there is a column for the number of tokens
   * @param truncated whether there is a column that says whether texts were cut
   * @param errors whether there is a column for reasons, the last one
   */
  record Layout(
      List<int[]> inputs, List<String> names, boolean tokens, boolean truncated, boolean errors)
      implements Serializable {}

  /**
   * The schema with the new columns.
   *
   * @throws IllegalArgumentException if a column of texts is missing or holds no strings, or there
   *     is a column of a new one's name
   */
  StructType addTo(StructType schema) {
    layout(schema);
    StructType extended = schema;
    for (StructField field : fields()) {
      if (List.of(extended.fieldNames()).contains(field.name())) {
        throw new IllegalArgumentException(
            "column '%s' is to be added, and is there already: %s"
                .formatted(field.name(), schema.simpleString()));
      }
      extended = extended.add(field);
    }
    return extended;
  }

  /** The dataset with the new columns, which are computed as they are asked for. */
  <M extends TaskModel> Dataset<Row> addTo(Dataset<?> dataset, ModelSpec spec, TextTask<M> task) {
    StructType schema = addTo(dataset.schema());
    return dataset
        .toDF()
        .mapPartitions(
            new PartitionFunction<>(spec, task, layout(dataset.schema())), Encoders.row(schema));
  }

  private List<StructField> fields() {
    var fields = new ArrayList<StructField>();
    outputs.forEach(output -> fields.add(field(output.name(), type)));
    tokens.ifPresent(name -> fields.add(field(name, DataTypes.IntegerType)));
    truncated.ifPresent(name -> fields.add(field(name, DataTypes.BooleanType)));
    error.ifPresent(name -> fields.add(field(name, DataTypes.StringType)));
    return fields;
  }

  private static StructField field(String name, DataType type) {
    return new StructField(name, type, true, Metadata.empty());
  }

  private Layout layout(StructType schema) {
    List<int[]> inputs =
        outputs.stream()
            .map(
                output -> output.inputs().stream().mapToInt(name -> column(schema, name)).toArray())
            .toList();
    List<String> names =
        outputs.stream()
            .map(output -> "column '%s'".formatted(String.join("', '", output.inputs())))
            .toList();
    return new Layout(inputs, names, tokens.isPresent(), truncated.isPresent(), error.isPresent());
  }

  private static int column(StructType schema, String name) {
    List<String> names = List.of(schema.fieldNames());
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "column '%s' is to be read, found only %s".formatted(name, names));
    }
    DataType type = schema.fields()[index].dataType();
    if (!(type instanceof StringType)) {
      throw new IllegalArgumentException(
          "column '%s' must hold strings, it has %s".formatted(name, type.simpleString()));
    }
    return index;
  }
}
