"""
What things are in JPKI: names, profiles, certificates, keys, signatures, paths.

Pure: no disk, no clock, no network, and no chance but an injected source.

Glossary, one English name each:

    signature certificate       署名用電子証明書, in commands, files and JSON `sign`
    authentication certificate  利用者証明用電子証明書, likewise `auth`
    holder                      the person on whose card the certificates are
    four items                  基本4情報: name, birth, sex, address
    substitute character        代替文字, stands for one outside the repertoire
    issuing municipality        the 市区町村 whose residents' counter issues; names the list
    residents' counter, office  窓口
    inquiry letter              照会書兼回答書, posted to the holder when an agent comes
    hold                        一時保留, which JPKI never lifts [J 7]
    revocation                  失効
    renewal                     更新
    lapse                       カードの失効
    four-information service    最新の基本4情報の提供
    time-stamping authority     タイムスタンプ局, ours; in words `tsa`
    serial linking              証明書紐付け情報 and 証明書新旧紐付け情報

Citations, as [KEY SECTION] on the line that obeys:

    5280     RFC 5280, certificate and CRL profile of the Internet, May 2008
    5758     RFC 5758, algorithm identifiers for DSA and ECDSA, January 2010
    3279     RFC 3279, algorithms and identifiers, April 2002
    4055     RFC 4055, additional algorithms for RSA, June 2005
    5480     RFC 5480, elliptic curve subject public key information, March 2009
    3986     RFC 3986, uniform resource identifiers, January 2005
    6960     RFC 6960, OCSP, June 2013
    3161     RFC 3161, time-stamp protocol, August 2001
    5816     RFC 5816, ESSCertIDv2 in time-stamps, March 2010
    5652     RFC 5652, cryptographic message syntax (CMS), September 2009
    5754     RFC 5754, SHA-2 in CMS, January 2010
    5035     RFC 5035, enhanced security services: which certificate signed, August 2007
    6211     RFC 6211, CMS algorithm identifier protection, April 2011
    8933     RFC 8933, the same algorithms throughout a CMS signature, October 2020
    8017     RFC 8017, PKCS #1 version 2.2, November 2016
    6979     RFC 6979, deterministic ECDSA, August 2013
    9231     RFC 9231, additional XML security URIs, July 2022
    4518     RFC 4518, internationalized string preparation for LDAP, June 2006
    9618     RFC 9618, updates to X.509 policy validation, August 2024
    7816     ISO/IEC 7816-4, commands of smart cards, 2020
    X.690    ITU-T X.690, BER and DER, February 2021
    X.501    ITU-T X.501, directory models, October 2019
    DS       XML Signature Syntax and Processing 1.1, W3C, April 2013
    C14N     Canonical XML 1.0, W3C, March 2001
    C14N11   Canonical XML 1.1, W3C, May 2008
    EXC      Exclusive XML Canonicalization 1.0, W3C, July 2002
    32000    ISO 32000-2, Portable Document Format 2.0, December 2020
    EN319122 ETSI EN 319 122-1, CAdES digital signatures, V1.3.1
    EN319142 ETSI EN 319 142-1, PAdES digital signatures, V1.1.1, April 2016
    EN319102 ETSI EN 319 102-1, validation of AdES signatures, V1.3.1
    J        docs/fidelity.md, source and confidence of each row, November 2026
    RP       docs/fidelity.md, part RP: what relying parties receive, November 2026
    CARD     docs/fidelity.md, part CARD: what the card does, November 2026
    D        docs/design.md, decisions of this project
"""

DISTRIBUTION = "minijpki"
"""Whose package this is; harness/__main__.py asks, for dogtag-pki has a pki too."""
