#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""pseudo.py SOURCES OUTPUT: a translation for tests, made from all texts of the project.

It is written from right to left, in Hebrew letters without a meaning, and a third longer than the
original.  msgfmt checks that it keeps the formats.  What a window still shows in Latin letters is
not translated.
"""

import pathlib
import re
import subprocess
import sys

LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתםןףץ"))
# What has to stay as it is: formats, markup, entities, white space.
KEPT = re.compile(r"%(?:\d+\$)?[-+ #0']*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z%]|<[^<>]+>|&\w+;|\s+")
HEAD = ('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: he\\n"\n'
        '"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n')


def translate(text):
    """Words become longer by a third, and not shorter than they were."""
    out, position = [], 0
    for match in [*KEPT.finditer(text), None]:
        word = text[position:match.start() if match else len(text)]
        mapped = "".join(LETTERS.get(letter.lower(), letter) for letter in word)
        out.append(mapped + "".join(re.findall("[א-ת]", mapped)[:(len(mapped) + 1) // 3]))
        if match:
            out.append(match.group())
            position = match.end()
    return "".join(out)


def unquote(lines):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', lines)).encode().decode("unicode_escape").encode("latin-1").decode()


def quote(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{text}"'


def extract(sources):
    files = [line for line in (sources / "po" / "POTFILES.in").read_text().splitlines() if line]
    keywords = [f"-k{word}" for word in ("_", "N_", "C_:1c,2", "ngettext:1,2", "g_dngettext:2,3")]
    return subprocess.run(["xgettext", "--from-code=UTF-8", "-o", "-", "--no-location", *keywords,
                           *files], capture_output=True, text=True, cwd=sources, check=True).stdout


def make(template):
    """The entries of the template, each with its translation."""
    out = [HEAD]
    for entry in template.split("\n\n")[1:]:
        fields = re.findall(r'^(msgctxt|msgid|msgid_plural) ((?:"(?:[^"\\]|\\.)*"\n?)+)', entry, re.M)
        texts = {name: unquote(value) for name, value in fields}
        out += [line + "\n" for line in entry.splitlines() if line.startswith("#,")]
        out += [f"{name} {quote(texts[name])}\n" for name, _ in fields]
        if "msgid_plural" in texts:
            out.append(f"msgstr[0] {quote(translate(texts['msgid']))}\n"
                       f"msgstr[1] {quote(translate(texts['msgid_plural']))}\n\n")
        else:
            out.append(f"msgstr {quote(translate(texts['msgid']))}\n\n")
    return "".join(out)


def main():
    text = make(extract(pathlib.Path(sys.argv[1])))
    subprocess.run(["msgfmt", "--check-format", "-o", sys.argv[2], "-"], input=text.encode(),
                   check=True)


if __name__ == "__main__":
    main()
