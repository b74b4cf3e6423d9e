#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""link-symbols.py GIR COPY: writes introspection data in which each function and type that a doc
names is a link.  gi-docgen then complains of a name that does not exist."""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
IDENTIFIER = "{http://www.gtk.org/introspection/c/1.0}identifier"
KINDS = {"constructor": "ctor", "method": "method", "function": "func"}


def find_functions(text):
    """The link for each function, by its name in C."""
    links = {}
    namespace = ElementTree.fromstring(text).find(f"{CORE}namespace")
    for parent in [namespace, *namespace]:
        owner = "" if parent is namespace else parent.get("name", "") + "."
        for kind, link in KINDS.items():
            for node in parent.findall(CORE + kind):
                # What belongs to a type is told there.
                if owner or not node.get("moved-to"):
                    links[node.get(IDENTIFIER)] = f"[{link}@Glovebox.{owner}{node.get('name')}]"
    return links


def link(text, functions):
    def link_function(match):
        # An unknown one becomes a link too, for which gi-docgen fails.
        return functions.get(match[1], f"[func@Glovebox.{match[1]}]")
    text = re.sub(r"(?<![@\w`])(gbx_\w+)\(\)", link_function, text)
    text = re.sub(r"(?<!\w)#Gbx(\w+)::([\w-]+)", r"[signal@Glovebox.\1::\2]", text)
    text = re.sub(r"(?<!\w)#GbxError\b", "[error@Glovebox.Error]", text)
    text = re.sub(r"(?<!\w)#Gbx(\w+)", r"[type@Glovebox.\1]", text)
    # Those of other libraries are known by their names.
    text = re.sub(r"(?<!\w)#(G\w+)", r"`\1`", text)
    return re.sub(r"%([A-Z_]{2,})", r"`\1`", text)


def main():
    source, copy = map(pathlib.Path, sys.argv[1:])
    text = source.read_text(encoding="utf-8")
    functions = find_functions(text)
    copy.write_text(re.sub(r"(<doc [^>]*>)(.*?)(</doc>)",
                           lambda match: match[1] + link(match[2], functions) + match[3], text,
                           flags=re.S), encoding="utf-8")


if __name__ == "__main__":
    main()
