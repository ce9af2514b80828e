/**
 * The engine {@code ModernBert} of the <a href="https://djl.ai">Deep Java Library</a>: whoever uses
 * DJL with models of Hugging Face names this engine and this translator factory, and has no native
 * library any more.
 *
 * {@snippet file="io/github/modernbert/djl/SnippetsTest.java" region="embed"}
 *
 * <p>{@link io.github.modernbert.djl.ModernBertTranslatorFactory} lists the types of inputs and
 * outputs and the arguments; {@link io.github.modernbert.djl.ModernBertEngine} the options of
 * loading and what the engine leaves out.
 *
 * <p>Exceptions are those that DJL documents: {@link ai.djl.MalformedModelException} for files that
 * cannot be used, {@link ai.djl.repository.zoo.ModelNotFoundException} for a folder that is not
 * there or cannot do what the types ask for, {@link ai.djl.translate.TranslateException} for inputs
 * (its cause says what is wrong; for an interrupted thread it is a {@link
 * java.util.concurrent.CancellationException}), {@link UnsupportedOperationException} for what the
 * engine does not do.
 *
 * <p>DJL itself sends a message about its use from machines of EC2; {@code OPT_OUT_TRACKING=true}
 * in the environment or the system properties turns that off.
 */
@NullMarked
package io.github.modernbert.djl;

import org.jspecify.annotations.NullMarked;
