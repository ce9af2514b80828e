"""Lets the Python client and ours use each other's caches, against the loopback hub of the tests.

    ./mvnw -pl integrations/hub -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
    cd integrations/hub
    python src/test/python/cross_check.py target/classes:target/test-classes:$(cat target/classpath)

Prints what was checked,
and fails at what does not hold. --layout writes down what the Python client has put into an empty
cache, which PythonLayoutTest reads. Needs huggingface_hub; never needed to build or test.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from filelock import FileLock

NAME = "organisation/model"
PATTERNS = [
    folder + name
    for folder in ("", "[0-9]_*/")
    for name in ("config.json", "tokenizer.json", "model.safetensors")
]
SMALL = 1000
OTHER_LOCK = ["--illegal-native-access=deny"]


def tree(root):
    """What lies below a folder: links with their targets, files with their bytes."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


class Hub:
    """The loopback hub, and what it was asked for."""

    def __init__(self, classpath):
        self.process = subprocess.Popen(
            ["java", "-cp", classpath, "io.github.modernbert.hub.FakeHub"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.endpoint = self.process.stdout.readline().strip()
        self.lines = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def contents(self):
        """The files that were loaded since the last call."""
        loaded = [
            path.split("/resolve/")[1].split("/", 1)[1]
            for server, method, path in map(str.split, self.lines)
            if method == "GET" and "/resolve/" in path
            # Large files lie on the second server; the hub itself only points there.
            if path.endswith(".safetensors") == (server == "storage")
        ]
        self.lines.clear()
        return sorted(loaded)


def ours(classpath, environment, *flags):
    return subprocess.run(
        ["java", *flags, "-cp", classpath, "io.github.modernbert.hub.SharingTest"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()


def theirs(environment, **options):
    code = f"import huggingface_hub as h; print(h.snapshot_download({NAME!r}, allow_patterns={PATTERNS!r}, **{options!r}))"
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def together(hub, *runs):
    """Runs each twice, all at the same time; how many files were loaded."""
    results = []
    threads = [threading.Thread(target=lambda run=run: results.append(run())) for run in runs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check("four at a time agree", len(results) == 4 and len(set(results)) == 1, results)
    return len(hub.contents())


def check(what, condition, *found):
    print(("ok    " if condition else "WRONG ") + what)
    if not condition:
        sys.exit("\n".join(map(str, found)))


def write_layout(cache, file):
    import huggingface_hub

    layout = {"huggingface_hub": huggingface_hub.__version__, "links": {}, "files": {}, "large": []}
    for name, content in tree(cache).items():
        if isinstance(content, str):
            layout["links"][name] = content
        elif len(content) < SMALL:
            layout["files"][name] = content.decode()
        else:
            layout["large"].append(name)
    file.write_text(json.dumps(layout, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("classpath")
    parser.add_argument("--layout", type=Path)
    arguments = parser.parse_args()
    hub = Hub(arguments.classpath)
    with tempfile.TemporaryDirectory() as folder:
        caches = {who: Path(folder).resolve() / who for who in ("python", "java", "apart", "both", "waits")}
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
        variables |= {"HF_ENDPOINT": hub.endpoint, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HOME": folder}
        env = {who: variables | {"HF_HUB_CACHE": str(cache)} for who, cache in caches.items()}
        offline = {"HF_HUB_OFFLINE": "1"}

        python = theirs(env["python"])
        loaded = hub.contents()
        java = ours(arguments.classpath, env["java"])
        again = hub.contents()
        check("both load the same files", again == loaded, again, loaded)
        here, there = tree(caches["java"]), tree(caches["python"])
        check("both leave the same names", list(here) == list(there), set(here) ^ set(there))
        for name in there:
            check(f"  the same {name}", here[name] == there[name], here[name], there[name])
        modes = {
            name: [oct((caches[who] / name).lstat().st_mode) for who in ("java", "python")]
            for name in there
            # Theirs is for its owner alone, as temporary files are; ours for those who share a cache.
            if "/trees/" not in name
        }
        check("with the same permissions", all(a == b for a, b in modes.values()), modes)
        if arguments.layout:
            write_layout(caches["python"], arguments.layout)

        check("ours reads theirs offline", ours(arguments.classpath, env["python"] | offline) == python)
        check("theirs reads ours offline", theirs(env["java"] | offline) == java)
        check("theirs reads ours, local files only", theirs(env["java"], local_files_only=True) == java)
        hub.contents()
        check("ours goes on with theirs", ours(arguments.classpath, env["python"]) == python)
        check("  and loads nothing", hub.contents() == [])
        check("theirs goes on with ours", theirs(env["java"]) == java)
        check("  and loads nothing", hub.contents() == [])
        check("caches are as they were", tree(caches["java"]) == here and tree(caches["python"]) == there)

        # Not the same kind of lock: some files may be loaded twice, but nothing breaks.
        loads = together(
            hub, lambda: theirs(env["apart"]), lambda: ours(arguments.classpath, env["apart"], *OTHER_LOCK)
        )
        check("four at a time leave the same", tree(caches["apart"]) == there, tree(caches["apart"]).keys())
        print("      files loaded by them:", loads, "of", len(loaded))
        loads = together(hub, lambda: theirs(env["both"]), lambda: ours(arguments.classpath, env["both"]))
        check("with native access, too", tree(caches["both"]) == there, tree(caches["both"]).keys())
        check("  and load each file once", loads == len(loaded), loads)

        locks = caches["waits"] / ".locks" / "models--organisation--model"
        locks.mkdir(parents=True)
        blob = Path(next(there[name] for name in there if name.endswith("/model.safetensors"))).name
        waiting = threading.Thread(target=lambda: ours(arguments.classpath, env["waits"]))
        with FileLock(locks / f"{blob}.lock"):
            waiting.start()
            while not any(line.endswith("/config.json") for line in hub.lines):
                time.sleep(0.05)
            time.sleep(1)
            before = hub.contents()
        waiting.join()
        check("ours waits for their lock", "model.safetensors" not in before, before)
        check("  and loads when it is free", "model.safetensors" in hub.contents())
    hub.process.stdin.close()


if __name__ == "__main__":
    main()
