"""
What the stories about applications, drawings and co-signatures share.
"""

from xml_workshop import FILING, hanako

from pki.xmldsig.filings.write import Signing, cosign_xml, sign_egov, sign_toki
from pki.xmldsig.forms import Form
from pki.xmldsig.write import sign_xml

# The outline of public samples, and invented content.
KOUSEI = """\
<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="999000000000000001.xsl" type="text/xsl"?>
<DataRoot>
  <様式ID>999000000000000001</様式ID>
  <様式バージョン>0001</様式バージョン>
  <STYLESHEET>999000000000000001.xsl</STYLESHEET>
  <構成情報 ID="構成情報"><管理情報><手続名称>模擬手続　その一</手続名称></管理情報>
    <申請書属性情報>
      <申請書ファイル名称>申請書 1.xml</申請書ファイル名称>
    </申請書属性情報></構成情報>
  <その他><納付関連情報><納付方法>1</納付方法></納付関連情報></その他>
</DataRoot>
""".encode()
APPLICATION = "申請書 1.xml"
SHEET = "別紙(2)+.csv"
FILES = {APPLICATION: "<様式><金額>100</金額></様式>\r\n".encode(), SHEET: b"a,b\n1,2\n"}
DRAWING = "地積測量図.tif"
PIXELS = b"II*\0" + bytes(range(256))
STAMP = "20260401120000"
ASCII = KOUSEI.replace('ID="構成情報"'.encode(), b'ID="KOUSEI"')


def signing(by=None, **options):
    signer = by or hanako()
    return Signing(certificate_der=signer.der, method=signer.method, signer=signer.value, **options)


def application(source=KOUSEI, *, by=None, files=FILES, stamp=STAMP):
    """
    Sign an application to e-Gov as Hanako does, or somebody else.
    """
    return sign_egov(source, files, signing(by, identifier=stamp))


def drawing(*, by=None, name=DRAWING, content=PIXELS):
    return sign_toki(name, content, signing(by))


def cosigned(source, *, by):
    return cosign_xml(source, signing(by))


def filed(form=Form.XTX, *, by=None, source=FILING, **options):
    signer = by or hanako()
    return sign_xml(
        source,
        form=form,
        certificate_der=signer.der,
        signature_method=signer.method,
        signer=signer.value,
        **options,
    )
