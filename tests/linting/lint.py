"""
Ask pkilint, in an environment of its own, about objects that come line by line.

A line is a kind (cert, crl, arl, ocsp), a space, and base64 of DER; the answer is a JSON list of
[severity, code, path] in one line.  The line `time` is answered with this process's CPU time, in
nanoseconds.  Nothing here is of minijpki, whose environment need not be this one.
"""

import base64
import json
import sys
import time

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name, ocsp


def validators():
    cert = certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(
            name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
        ),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )
    decoders = [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]
    lists = crl.create_pkix_crl_validator_container(
        decoders,
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )
    response = ocsp.create_pkix_ocsp_response_validator_container(
        [ocsp.create_response_decoder(), *decoders], []
    )
    return {
        "cert": (loader.RFC5280CertificateDocumentLoader(), cert),
        "crl": (loader.RFC5280CertificateListDocumentLoader(), lists),
        "arl": (loader.RFC5280CertificateListDocumentLoader(), lists),
        "ocsp": (loader.RFC6960OCSPResponseDocumentLoader(), response),
    }


def judged(load, validator, der):
    document = load.load_der_document(der, "stdin")
    return [
        [
            finding.finding.severity.name,
            finding.finding.code,
            result.node.path,
        ]
        for result in validator.validate(document.root)
        for finding in result.finding_descriptions
    ]


def main():
    known = validators()
    for line in sys.stdin:
        word, _, encoded = line.strip().partition(" ")
        if word == "time":
            answer = time.process_time_ns()
        else:
            try:
                answer = judged(*known[word], base64.b64decode(encoded))
            except ValueError as error:
                answer = [["FATAL", "not-loaded", str(error)]]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
