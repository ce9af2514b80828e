package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Listing;
import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.asm.X86Assembler;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Functions that are generated together.
 *
 * @param name for listings
 * @param writer writes the functions with a new assembler, which records them if it gets a listing
 */
record CodeUnit(String name, Function<@Nullable Listing, Assembler> writer) {
  static CodeUnit x86(String name, Set<CpuFeature> features, Consumer<X86Assembler> functions) {
    return new CodeUnit(
        name,
        listing -> {
          var asm = new X86Assembler(features, listing);
          functions.accept(asm);
          return asm;
        });
  }

  static CodeUnit arm64(String name, Set<CpuFeature> features, Consumer<Arm64Assembler> functions) {
    return new CodeUnit(
        name,
        listing -> {
          var asm = new Arm64Assembler(features, listing);
          functions.accept(asm);
          return asm;
        });
  }

  MachineCode generate() {
    return writer.apply(null).finish();
  }

  /** The code as text, see {@link Listing#print}. */
  String list() {
    var listing = new Listing();
    return listing.print(writer.apply(listing).finish().bytes());
  }
}
