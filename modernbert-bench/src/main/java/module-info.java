import org.jspecify.annotations.NullMarked;

/** Benchmarks: kernels against the peak of the machine, and whole models. */
@NullMarked
module io.github.modernbert.bench {
  requires static org.jspecify;
  requires io.github.modernbert.codegen;
  requires io.github.modernbert.core;
  requires io.github.modernbert.kernels;
  requires io.github.modernbert.testdata;
  requires com.google.gson;
  requires java.management;
  requires java.net.http;
  requires jdk.incubator.vector;
  requires jmh.core;
}
