#!/usr/bin/env bash
# Writes down what the GNU assembler makes of the cases in EncodingCases: the expectation of
# EncodingTest. Needs binutils, JAVA_HOME and
# compiled test classes; the build needs neither this nor binutils.
set -euo pipefail
module=$(cd "$(dirname "$0")/../../.." && pwd)
class_path=${1:-$module/target/classes:$module/target/test-classes:$module/../modernbert-kernels/target/classes}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${JAVA_HOME:?}/bin/java" -cp "$class_path" io.github.modernbert.codegen.EncodingCases > "$work/cases.s"
as --64 -o "$work/cases.o" "$work/cases.s"
objcopy -O binary -j .text "$work/cases.o" "$work/cases.bin"
gzip -9nc "$work/cases.bin" > "$module/src/test/resources/io/github/modernbert/codegen/encodings.gz"
