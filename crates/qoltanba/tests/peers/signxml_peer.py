"""Signs and verifies XML with signxml, one job a line on standard input, one answer a line.

  verify SIGNED CERTIFICATE REFERENCES     -> ok | the refusal
  sign SOURCE CERTIFICATE KEY OUT VARIANT  -> ok | the refusal
"""

import sys

from lxml import etree
from signxml import (
    CanonicalizationMethod,
    SignatureConfiguration,
    XMLSigner,
    XMLVerifier,
    methods,
)

PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True)
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def verify(signed, certificate, references):
    tree = etree.parse(signed, PARSER)
    node = tree.getroot().findall(f"{DS}Signature")[-1]
    for other in tree.getroot().findall(f"{DS}Signature"):
        assert other is node, "one signature at a time"
    verifier = XMLVerifier()
    with open(certificate) as file:
        config = SignatureConfiguration(expect_references=int(references))
        verifier.verify(tree.getroot(), x509_cert=file.read(), expect_config=config)


VARIANTS = {
    "enveloped": CanonicalizationMethod.CANONICAL_XML_1_0,
    "exclusive": CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    "comments": CanonicalizationMethod.CANONICAL_XML_1_0_WITH_COMMENTS,
    "c14n11": CanonicalizationMethod.CANONICAL_XML_1_1,
}


def sign(source, certificate, key, out, variant):
    tree = etree.parse(source, PARSER)
    signer = XMLSigner(method=methods.enveloped, c14n_algorithm=VARIANTS[variant])
    with open(key, "rb") as key, open(certificate) as certificate:
        signed = signer.sign(tree.getroot(), key=key.read(), cert=certificate.read())
    etree.ElementTree(signed).write(out, encoding="UTF-8", xml_declaration=True)


print("ready", flush=True)
for line in sys.stdin:
    job, *rest = line.rstrip("\n").split("\t")
    try:
        {"verify": verify, "sign": sign}[job](*rest)
        print("ok", flush=True)
    except Exception as error:
        print(repr(error).replace("\n", " "), flush=True)
