"""Writes golden-extra/regex: what the reference's regular expressions match.

    python regex_cases.py ../golden-extra/regex

Each line of cases.jsonl.gz has `pattern` and either `error` (the reference refuses it), or `cases`: a
list of [text, pieces, replaced], where `pieces` are the ends of the pieces that Split "isolated" makes
(code points) and `replaced` is what decoders.Replace makes with U+E000 for every match, empty ones
included. Together they tell every match. Constructs that the Java side refuses although the reference takes
them (Regex's Javadoc lists them) are left out.
"""

import gzip
import json
import os
import pathlib
import random
import sys

from tokenizers import Regex, decoders, pre_tokenizers

MARK = "\ue000"

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
GPT4 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")
CL100K = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
          r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = GPT4.replace("{1,3}", "")

KNOWN = [
    GPT2, GPT4, CL100K, O200K, QWEN2, r"\s+", r"[^\s]+", r"\w+|[^\w\s]+", r"\s{2,}|[\u0300-\u036f]", r"[ \-']",
    r"\p{N}{1,3}", r"[0-9][0-9][0-9]", r"\d{1,3}(?=(?:\d{3})*\b)", r"(?=(\d{3})+(?!\d))", r"[一-龥\u3040-ゟ゠-ヿ]+",
    r"[\p{P}\p{S}]", r"\n| ", r"(?<=\p{Ll})(?=\p{Lu})", r"[^\p{L}\p{M}\p{N}\s]+", r"\p{Han}|\p{Hiragana}+|\p{Katakana}+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+", r"(?:\r\n|\r|\n)+", r"[\p{Lu}]?[\p{Ll}]+", r" ?[^(\s|[.,!?…。,、।۔،])]+", r"'(?:[sdmt]|ll|ve|re)",
    r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[\u4e00-\u9fa5ࠀ-一가-퟿]+", r"\p{Nd}+", r"[[:punct:]]", r"[[:^alpha:]]+",
    r"[^\x00-\x7F]+", r"▁+", r"^ *", r" *$", r"(?:^|\s)\S", r"\S+\s*", r"<[^>]*>", r"https?://\S+",
]

HAND = [
    "", "a", "abc", "a|b", "a|", "|a", "(a)(b)?", "(?:ab)+", "(?:a|ab)(?:c|bcd)", "(?<word>\\w+)\\s", "(?'q'a)b", "a*", "a*?b", "a+?",
    "a??b", "a{2}", "a{2,}", "a{,2}", "a{2,3}?", "a{2}+", "a{2}?", "a{3,1}", "a{,}", "a{", "a{x}", "a{1", "{", "a{1,2", "x{0}a", "a{1}b",
    "a++a", "a*+a", "a?+a", "(?>a+)a", "(?>a|ab)c", "(?=a)ab", "(?!a)\\w", "(?<=a)b", "(?<!a)b", "(?<=a+)b", "(?<=ab|c)d",
    "(?<!ab|c)d", "(?<=a(?<=b)c|d)e", "(?<=^a)b", "(?<=\\bab)c", "(?<!(?<=a)b)c", "(?<=(a))b", "(?<=a{2,3})b", "(?<=a*)b", "(?<!a*)b",
    "^", "$", "\\A", "\\z", "\\Z", "^a", "a$", "\\Aa", "a\\z", "a\\Z", "\\n$", "^\\n", "$\\n", "\\G.", "\\Ga", "(?m:.)+", ".+", "(?m).+", "\\N+", "\\O+",
    "\\R", "\\R+", "\\Ra", "\\b", "\\B", "\\b\\w", "\\w\\b", "\\Bb", "\\ba\\b", "[abc]", "[^abc]", "[a-c]", "[a-]", "[-a]", "[a-c-]", "[a-c-e]",
    "[--a]", "[!--]", "[]a]", "[^]a]", "[a[bc]d]", "[a&&b]", "[a-z&&[^aeiou]]", "[a-z&&aeiou]", "[^a-z&&[^aeiou]]", "[a&&]", "[&&a]", "[a&b]",
    "[a-&&b]", "[\\w&&[^\\d]]", "[\\w-]", "[\\d-z]", "[a-\\d]", "[\\]a]", "[\\\\]", "[\\-a]", "[a\\-c]", "[\\b]", "[\\n\\t]", "[[:alpha:][:digit:]]",
    "[[:^space:]]", "[[:word:]]+", "[:alpha:]", "[[:alpha]", "[a[:b]c]", "[[:foo:]]", "[[a-b]-c]", "[a-[b]]", "[[^a]b]", "[^[^a]b]", "[a-z&&[c-x]&&[^m]]", "[z-a]", "[]", "[^]", "[a", "[a-", "[[a]",
    "[.]", "[$^]", "[a^]", "[\\x41-\\x43]", "[\\u0041-\\u0043]", "[\\x{41}-\\x{43}]", "[a-\\x{10FFFF}]", "[\\x{80}-\\x{7fffffff}]", "[\\x80-\\xff]a",
    "[\\xe3\\x81\\x82]", "\\xe3\\x81\\x82", "\\xe3\\x81", "\\x41", "\\x4", "\\x", "\\x{1F600}", "\\x{110000}", "\\x{7fffffff}", "\\x{41", "\\x{}", "\\x{g}", "\\u0041", "\\u004", "\\u{41}",
    "\\o{101}", "\\101", "\\0", "\\012", "\\777", "\\t\\n\\r\\f\\v\\a\\e", "\\-", "\\é", "\\/", "\\_", "\\\"", "\\'", "\\ ", "\\q", "\\E", "\\Q.\\E", "\\U", "\\pL", "\\p", "\\p{L", "\\p{foo}", "\\p{^L}", "\\P{^L}", "\\P{L}",
    "\\p{Letter}", "\\p{ l_e-t ter }", "\\p{Lu}\\p{Ll}", "\\p{Han}", "\\p{Greek}", "\\p{InBasicLatin}", "\\p{In_Basic_Latin}", "\\p{InGreekAndCoptic}", "\\p{Alpha}", "\\p{Punct}",
    "\\p{Punctuation}", "\\p{Any}", "\\p{Assigned}", "\\p{Cn}", "\\p{Emoji}", "\\p{LC}", "\\p{L&}", "\\p{Script=Han}", "\\p{gc=Lu}", "\\p{IsL}", "[\\p{L}\\p{^N}]", "[^\\P{L}]",
    "\\h+", "\\H+", "\\d+", "\\D+", "\\s", "\\S", "\\w", "\\W", "(", ")", "(?", "(?:", "a)", "(a", "()", "(?:)", "(?:)*", "()*", "*", "+", "?", "a|*", "(*)", "(?:+)", "a**", "a*+*", "a+*", "a?*", "a*?*", "a+??",
    "(?:a*)*", "(?:a*)+", "(?:a+)*b", "(?:a?)*", "(?:a??)*", "(?:a??)+", "(?:a+?)*", "(?:a*?)+", "(?:a?)??", "(?:a+)??", "(?:a*)??", "(?:a+)*?", "(?:a*){2,3}", "(?:a+){2,3}", "(?:a+){0,3}b", "(?:a{2}){2}", "(?:a{2}){1,2}", "(?:a{1,2}){2}",
    "(a*)*", "(a*)+", "(a|b)*", "(a|b)*?c", "(?:a|b){2}", "(?:ab){2,}", "(?:ab){1,2}?", "(?:|a){0,3}", "(?:|a)*", "(?:a|)*b", "(?:|a)+", "(?:a|b|){2,}c", "(?:a{0}b)", "(?:\\b|a)*", "(?:^|a)b", "(?:^|a)*", "^*", "$+", "\\b?", "(?=a)*", "(?<=a)+",
    "(?:^)*", "(^)*", "(?:a^|b)*", "\\z*", "\\G+", "(?i:a)", "(?i)a", "(?i)a|b", "x(?i)a|b", "(?i:a)b", "(?i:a(?-i:b)c)", "(?-i:a)", "(?i-m:a.)", "(?mi:a.)", "(?im-x: a )", "(?x: a b # c\n d )", "(?x)a b", "(?x)[a b]", "(?x)a +", "(?x) a \\  b",
    "(?s:.)", "(?s)a", "(?u:a)", "(?i", "(?i:", "(?#c)a", "a(?#c)+", "(?#c", "(?#a\\)b)c", "(?:a(?#x)b)+", "(?ii:a)", "(?-:a)", "(?i)", "a(?i)", "(?i)*", "(?:(?i)a|b)c", "((?i)a)b", "(?i:(?i)s)S",
    "(?i:ss)", "(?i:s)", "(?i:SS)", "(?i:ß)", "(?i:ẞ)", "(?i:ſ)", "(?i:k)", "(?i:K)", "(?i:å)", "(?i:st)", "(?i:ﬆ)", "(?i:ffi)", "(?i:ﬃ)", "(?i:ff)", "(?i:fi)", "(?i:ffl)", "(?i:i̇)", "(?i:İ)", "(?i:ı)", "(?i:i)", "(?i:I)",
    "(?i:ŉ)", "(?i:ʼn)", "(?i:ΐ)", "(?i:ΐ)", "(?i:σ)", "(?i:ς)", "(?i:µ)", "(?i:ᾳ)", "(?i:αι)", "(?i:ᾼ)", "(?i:և)", "(?i:եւ)", "(?i:ꭰ)", "(?i:Ꭰ)", "(?i:ᏸ)", "(?i:ა)", "(?i:Ა)", "(?i:𐐀)", "(?i:ꟊ)", "(?i:sss)", "(?i:ssß)", "(?i:'s|'t|'ss)",
    "(?i:s+)", "(?i:ss+)", "(?i:(?:ss)+)", "(?i:s(?:s))", "(?i:(s)s)", "(?i:s(?i:s))", "(?i:\\x73\\x73)", "(?i:\\u0073s)", "(?i:s{2})", "(?i:[s])", "(?i:[ß])", "(?i:[^ß])", "(?i:[^s])", "(?i:[k-l])", "(?i:[K])", "(?i:[ﬃ])", "(?i:[ﬀﬃ]x)", "(?i:[ﬀ-ﬆ])", "(?i:[İ])",
    "(?i:[^a-z])", "(?i:[a-z&&[^s]])", "(?i:[[^s]])", "(?i:[ᾳ])", "(?i:[\\p{Lu}])", "(?i:\\p{Lu})", "(?i:[[:upper:]])", "(?i:\\w)", "(?<=(?i:ss))a", "(?<=(?i:ß))a", "(?<=(?i:s))a", "(?<=(?i:[ß]))a", "(?<!(?i:ss))a", "(?i:(?<=ss)a)", "(?i:(?=ss).)",
    "(?<=a\\z)", "(?<=a$)\\n", "(?<=(?=a))b", "(?<!(?=a))b", "(?<=(?!a))b", "(?<=(?<!a)b)c", "(?<!(?<!a)b)c", "(?<!(a))b", "(?<!(?:a))b", "(?<!a\\Z)b", "(?<=a|b*)c", "(?<=(?:a|bb)+)c", "(?<=.)a", "(?<=[^a])b", "(?<=\\n)", "(?<=)a", "(?<!)a",
    "(?<=(?>a+))b", "(?<=a++)b", "(?<=a{65535})b", "(?<=a{65536})b", "(?<=a{1,65536})b", "(?!)", "(?=)", "(?!a)", "(?=a*)b", "(?=.*b)a", "(?!.*b)a", "(?=(?=a)a)a", "(?>)", "(?>a*)", "(?>a*?)b", "(?>a|b)*c", "(?>(?:ab)+)a", "(?:(?>a+)b)+",
    "(?:a|b|ab)*c", "(?:ab?)*b", "(?:a*b)*c", "a*ab", "[ab]*b", "[ab]*?b", "[ab]+b", "[ab]{2,3}b", "[ab]{2,}?b", "[ab]?b", "[ab]??b", "\\w*\\d", "\\w+?\\d", ".*b", ".*?b", ".+$", "^.*$", "(?m)^.*$", "\\s*$", "\\s+$", "\\S*\\s",
    "(?<1a>b)", "(?<a-b>c)", "(?<>a)", "(?<a", "(?<a>", "(?<é>a)", "(?P<a>b)", "(?a:b)", "a{100000}", "a{100001}", "a{99999999999}", "\\", "a\\", "[\\", "[a\\", "\\c", "(?z)", "(?<=a", "(?<a>a)(b)",
    "é", "e\u0301", "😀", "[😀-😂]", "😀+", "[^😀]", "😀?a", "(?<=😀)a", "(?<=.{2})a", "中+", "[中文]+", "\u00a0", "[\u00a0\u3000]", "\u0000", "[\u0000-\u001f]+",
]

TEXTS = [
    "", "a", "ab", "aab", "abab abc", "aaaa b", "abcabc", "cab\nabc\n", "\n", "a\n\nb\n", "a\r\nb\rc\n", "ABC abc Ab", "x = y + 10;", "12 345 6789",
    "Hello, World's end! It'S", "  two  spaces \t\n  ", "foo_bar-baz", "[a]{1}(b)^$.*\\", "ß ẞ ss SS sſ ſS", "ﬀ ﬁ ffi FFI ﬃ ﬄ st ﬅ ﬆ", "İ i̇ I ı K k Å å Å",
    "ǰ ŉ ʼn ΐ ΐ ΐ ᾳ αι ΑΙ ᾼ և եւ", "σςΣ µμΜ ꭰᎠ ᏸᏰ აᲐ 𐐀𐐨", "über naïve e\u0301 café", "中文 字 かな カナ 한국어", "😀😂 a😀a 👩‍👩‍👧", "١٢٣ ⅣⅧ ½ ²", "\u00a0\u3000\u2028\u200b\u0085", "\u0000\u001f\u007f\u009f",
    "\u0300\u0301 \u0903", "¿qué? “x” — y…", "ccd bcd ad", "aé中😀b", "dcab cde bde", "A\u0345\u0399",
]


def random_pattern(rnd, depth=0):
    atoms = ["a", "b", "c", "ab", ".", "\\w", "\\s", "\\d", "\\S", "[ab]", "[^a]", "[a-c]", "\\p{L}", "\\p{Lu}", "\\p{N}", "\\n", "é", "\\b", "^", "$", "(?=b)", "(?!a)",
             "(?<=a)", "(?<!b)", "(?i:s)", "(?i:ab)", "1", " ", "[\\w&&[^b]]", "\\A", "\\z", "😀", "中"]
    branches = []
    for _ in range(rnd.choice([1, 1, 1, 2, 3])):
        parts = []
        for _ in range(rnd.randint(0 if depth else 1, 3)):
            if depth < 3 and rnd.random() < 0.3:
                opening = rnd.choice(["(", "(?:", "(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?m:"])
                atom = opening + random_pattern(rnd, depth + 1) + ")"
            else:
                atom = rnd.choice(atoms)
            if rnd.random() < 0.45:
                atom += rnd.choice(["*", "+", "?", "*?", "+?", "??", "*+", "++", "{2}", "{1,2}", "{2,}", "{0,2}?", "{,1}"])
            parts.append(atom)
        branches.append("".join(parts))
    return "|".join(branches)


def random_text(rnd):
    return "".join(rnd.choice("aaabbbc 1\nAés😀中ß") for _ in range(rnd.randint(1, 12)))


def compiled(pattern):
    try:
        return Regex(pattern)
    except Exception as error:
        return str(error)


def outcome(regex, text):
    pieces = [end for _, (_, end) in pre_tokenizers.Split(regex, "isolated").pre_tokenize_str(text)]
    replaced = decoders.Replace(regex, MARK).decode([text])
    return [text, pieces, replaced]


def rows():
    for pattern in KNOWN + HAND:
        yield pattern, TEXTS
    rnd = random.Random(1)
    for _ in range(2500):
        yield random_pattern(rnd), [random_text(rnd) for _ in range(4)]
    # every pair of the plain items that a class can have, for the rules of ranges
    items = ["a", "z", "-", "\\d", "[b]", "&&", "^", "]", "[:digit:]", "\\x41", "é", "\\]"]
    for _ in range(400):
        yield "[" + "".join(rnd.choice(items) for _ in range(rnd.randint(1, 5))) + "]", ["abz-^]&1Aé[:d"]


def main(folder):
    os.makedirs(folder, exist_ok=True)
    lines, cases = [], 0
    for pattern, texts in rows():
        regex = compiled(pattern)
        if isinstance(regex, str):
            row = {"pattern": pattern, "error": regex}
            cases += 1
        else:
            row = {"pattern": pattern, "cases": [outcome(regex, text) for text in texts]}
            cases += len(texts)
        lines.append(json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n")
    path = pathlib.Path(folder, "cases.jsonl.gz")
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
        f.write("".join(lines).encode())
    print(path, path.stat().st_size, len(lines), "patterns", cases, "cases")


if __name__ == "__main__":
    main(sys.argv[1])
