"""Canonicalises documents for tests/c14n.rs, by lxml and by libxml2 itself.

A request is a line "ENGINE METHOD COMMENTS PREFIXES XPATH LENGTH" and LENGTH bytes of XML. PREFIXES
are separated by commas, XPATH is in hex, "-" stands for none. An answer is a line "ok LENGTH" and
the canonical octets, a line "malformed", or a line "refused" when what was parsed could not be
canonicalised. The engine "expand" answers with the document written out
again without its DTD, the attributes that the DTD gives included.
"""

import ctypes
import ctypes.util
import sys

from lxml import etree

MODES = {"inclusive10": 0, "exclusive10": 1, "inclusive11": 2}


class MalformedError(Exception):
    """libxml2 has not taken the document."""


def parser(dtd=False):
    return etree.XMLParser(
        resolve_entities=True, no_network=True, huge_tree=True, attribute_defaults=dtd
    )


def by_lxml(source, method, comments, prefixes, _xpath, dtd=False):
    reader = parser(dtd)
    tree = etree.fromstring(source, reader).getroottree()
    # lxml looks at the last message only, and a warning may follow an error in a namespace.
    if any(entry.level >= etree.ErrorLevels.ERROR for entry in reader.error_log):
        raise MalformedError
    return etree.tostring(
        tree,
        method="c14n",
        exclusive=method == "exclusive10",
        with_comments=comments,
        inclusive_ns_prefixes=prefixes or None,
    )


def expand(source, _method, _comments, _prefixes, _xpath):
    root = etree.fromstring(source, parser(dtd=True))
    return etree.tostring(root, encoding="UTF-8")


def by_lxml_with_dtd(*request):
    return by_lxml(*request, dtd=True)


def load():
    for name in ("libxml2.so.2", "libxml2.so.16", ctypes.util.find_library("xml2")):
        try:
            library = ctypes.CDLL(name)
        except (OSError, TypeError):
            continue
        for function in (
            "xmlReadMemory",
            "xmlXPathNewContext",
            "xmlXPathEvalExpression",
        ):
            getattr(library, function).restype = ctypes.c_void_p
        return library
    return None


LIBXML2 = load()
OPTIONS = 2 | 32 | 64 | 2048  # XML_PARSE_NOENT | _NOERROR | _NOWARNING | _NONET


def by_libxml2(source, method, comments, prefixes, xpath):
    pointer = ctypes.c_void_p
    document = LIBXML2.xmlReadMemory(source, len(source), None, None, OPTIONS)
    if not document:
        raise MalformedError
    context = result = None
    try:
        nodes = None
        if xpath is not None:
            context = LIBXML2.xmlXPathNewContext(pointer(document))
            result = LIBXML2.xmlXPathEvalExpression(xpath, pointer(context))
            # struct _xmlXPathObject { int type; xmlNodeSetPtr nodesetval; ... }
            nodes = ctypes.cast(result, ctypes.POINTER(pointer))[1]
        listed = (ctypes.c_char_p * (len(prefixes) + 1))(*[p.encode() for p in prefixes], None)
        out = pointer()
        length = LIBXML2.xmlC14NDocDumpMemory(
            pointer(document),
            pointer(nodes),
            MODES[method],
            listed if prefixes else None,
            int(comments),
            ctypes.byref(out),
        )
        if length < 0:
            raise ValueError("not canonicalised")
        return ctypes.string_at(out, length)
    finally:
        if result:
            LIBXML2.xmlXPathFreeObject(pointer(result))
        if context:
            LIBXML2.xmlXPathFreeContext(pointer(context))
        LIBXML2.xmlFreeDoc(pointer(document))


ENGINES = {
    "lxml": by_lxml,
    "lxml-dtd": by_lxml_with_dtd,
    "expand": expand,
    "libxml2": by_libxml2,
}


def main():
    reader, writer = sys.stdin.buffer, sys.stdout.buffer
    writer.write(b"ready lxml libxml2\n" if LIBXML2 else b"ready lxml\n")
    writer.flush()
    while line := reader.readline():
        engine, method, comments, prefixes, xpath, length = line.decode().split()
        source = reader.read(int(length))
        try:
            octets = ENGINES[engine](
                source,
                method,
                comments == "1",
                [] if prefixes == "-" else prefixes.split(","),
                None if xpath == "-" else bytes.fromhex(xpath),
            )
            writer.write(b"ok %d\n" % len(octets))
            writer.write(octets)
        except (SyntaxError, MalformedError):
            writer.write(b"malformed\n")
        except (ValueError, etree.LxmlError):
            writer.write(b"refused\n")
        writer.flush()


main()
