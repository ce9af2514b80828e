/**
 * Matrix products, attention, and the work on rows between them, as machine code that Java
 * generates; a service provider of {@link io.github.modernbert.kernels.KernelProvider}, for Linux
 * on x86-64 and, products alone, on AArch64.
 *
 * <p>The rooms, each of which uses only those before it: {@code asm} has the assemblers, whose
 * methods are the mnemonics of instructions; {@code spec} declares product functions and their
 * shapes; {@code x86} and {@code arm64} generate functions; {@code runtime} finds out the features
 * of the processor, seals the code in memory ({@code ExecutableMemory}) and hands out its functions
 * ({@code FunctionGroup}). The kernels here check operands, cut them to size and call functions.
 *
 * <h2>Threat model</h2>
 *
 * Memory that is mapped, and when: nothing until kernels are chosen, and nothing where the JVM
 * denies native access. To find out what an x86-64 processor can do, and on AArch64 whether code
 * can be sealed, a page is mapped for a few instructions and unmapped at once. Where the processor
 * has AMX, the system is asked to let this process use it, which it cannot take back; nothing else
 * changes. The code of the kernels, less than 128 KB, is mapped once for each class loader, each
 * group of functions when the first of them is called, and unmapped when nothing refers to it any
 * more. All of it is anonymous private memory: no file, nothing another process could write to.
 *
 * <p>Writable or executable, never both: memory is mapped readable and writable, the code is copied
 * there, the instruction cache is told ({@code InstructionCache}), and {@code mprotect} makes it
 * readable and executable; it is never changed back. The bytes that are written are generated from
 * constants in the source. No input of an application (models, texts, options) becomes an
 * instruction, an immediate or an address in it; sizes and addresses are arguments of calls. A
 * system whose policy forbids such memory answers {@code mprotect} with an error, and the next
 * kernels are used; so they are by models that are loaded after a system granted some of it and
 * refused the rest.
 *
 * <p>Memory that a caller can corrupt: none through the library's public interface. Machine code
 * checks nothing; so every array and segment is cut to what the code will touch by methods of
 * {@link java.lang.foreign.MemorySegment}, which check bounds, before it is passed; sizes that wrap
 * around and results that are read-only are refused. The call itself refuses memory that has been
 * freed or belongs to another thread, and keeps it alive until it ends. Whoever can call the
 * package-private methods of this module, by reflection on an opened module, could pass sizes that
 * do not fit the operands, and so read or write memory of the process: no more than native access,
 * which such code has by then, allows anyway. Tests run random shapes with inaccessible pages
 * around each operand.
 *
 * <p>A call runs on Java's thread without leaving Java's state: no garbage is collected until it
 * ends. Each is one panel of a product, a tenth of a millisecond at most for a model of the base
 * shape, or less than that: one step of attention, or work on rows, which is cut by the number of
 * floats.
 *
 * <p>The switch: {@code -Dmodernbert.codegen=false} forbids all of this; {@code
 * --illegal-native-access=deny} does as well, unless native access is enabled for this module.
 */
package io.github.modernbert.codegen;
