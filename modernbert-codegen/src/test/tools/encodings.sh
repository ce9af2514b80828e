#!/usr/bin/env bash
# Writes down the bytes that the GNU assemblers make of the listings of the cases in EncodingCases and
# Arm64EncodingCases, and the hashes of these listings: the expectation of EncodingTest. Needs binutils for both architectures (aarch64-linux-gnu-as is in
# Debian's binutils-aarch64-linux-gnu), JAVA_HOME and compiled test classes; the build needs
# neither this nor binutils.
set -euo pipefail
module=$(cd "$(dirname "$0")/../../.." && pwd)
class_path=${1:-$module/target/classes:$module/target/test-classes:$module/../modernbert-kernels/target/classes}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# write ARCHITECTURE RESOURCE PREFIX_OF_TOOLS
write() {
  resource=$module/src/test/resources/io/github/modernbert/codegen/asm/$2
  "${JAVA_HOME:?}/bin/java" -cp "$class_path" io.github.modernbert.codegen.asm.GnuSource "$1" > "$work/cases.s"
  "$3as" -o "$work/cases.o" "$work/cases.s"
  "$3objcopy" -O binary -j .text "$work/cases.o" "$work/cases.bin"
  gzip -9nc "$work/cases.bin" > "$resource.gz"
  sha256sum < "$work/cases.s" | cut -d ' ' -f 1 > "$resource.sha256"
}

write x86 encodings ''
write arm64 arm64-encodings aarch64-linux-gnu-
