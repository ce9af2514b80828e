import io.github.modernbert.Similarity
import io.github.modernbert.TextEmbedder
import kotlin.io.path.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readText

/** Prints the paragraphs of a folder of text that are most similar to a query: `FOLDER QUERY`. */
fun main(arguments: Array<String>) {
    val (folder, query) = arguments
    val paragraphs =
        Path(folder).listDirectoryEntries("*.txt").sorted().flatMap { file ->
            file.readText().split(Regex("\n\\s*\n")).map { it.trim() }
        }
    TextEmbedder.bundled().use { embedder ->
        val vectors = embedder.embed(paragraphs)
        for (hit in Similarity.topK(embedder.embed(query), vectors, 3)) {
            println("%.4f  %s".format(hit.score(), paragraphs[hit.index()]))
        }
    }
}
