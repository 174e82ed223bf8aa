import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Scanner;
import javax.xml.crypto.Data;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.URIReference;
import javax.xml.crypto.URIReferenceException;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.dom.DOMURIReference;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.ExcC14NParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Signs and verifies XML documents with the XMLDSig of the JDK.
 *
 * Standard input has one job a line, its words separated by tabs:
 *
 *     verify FILE CERTIFICATE,CERTIFICATE
 *     sign FILE OUT KEY CERTIFICATE SIGNATURE-METHOD DIGEST C14N PREFIX REFERENCES PARENT
 *
 * where each signature has its certificate, the last one all that follow; KEY is PKCS #8 in
 * DER; and REFERENCES are `URI|transform,transform|prefix prefix` joined by semicolons.
 * PARENT, which may be left away, is the local name of the element whose last child the
 * signature becomes; without FILE it becomes a document.  A reference to a file means one
 * beside FILE, and escapes are undone as java.net.URI does.  Standard output has one JSON
 * object for each.
 */
public class Dsig {
    private static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Scanner jobs = new Scanner(System.in, StandardCharsets.UTF_8);
        while (jobs.hasNextLine()) {
            String[] words = jobs.nextLine().split("\t", -1);
            try {
                out.println(words[0].equals("sign") ? sign(words) : verify(words));
            } catch (Exception error) {
                out.println("{\"valid\":false,\"error\":" + quoted(String.valueOf(error)) + "}");
            }
        }
    }

    private static String verify(String[] words) throws Exception {
        Document document = parse(words[1]);
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        String[] certificates = words[2].split(",");
        List<String> signatures = new ArrayList<>();
        boolean all = found.getLength() > 0;
        for (int i = 0; i < found.getLength(); i++) {
            String its = certificates[Math.min(i, certificates.length - 1)];
            DOMValidateContext context =
                new DOMValidateContext(certificate(its).getPublicKey(), found.item(i));
            context.setURIDereferencer(Dsig::beside);
            context.setProperty("org.jcp.xml.dsig.secureValidation", true);
            context.setProperty("javax.xml.crypto.dsig.cacheReference", true);
            NodeList elements = document.getElementsByTagName("*");
            for (int j = 0; j < elements.getLength(); j++) {
                Element element = (Element) elements.item(j);
                for (String name : List.of("id", "ID", "Id")) {
                    if (element.hasAttributeNS(null, name)) {
                        context.setIdAttributeNS(element, null, name);
                    }
                }
                if (element.hasAttribute("xml:id")) {
                    context.setIdAttributeNS(element, "http://www.w3.org/XML/1998/namespace", "id");
                }
            }
            XMLSignature signature = FACTORY.unmarshalXMLSignature(context);
            boolean value = signature.getSignatureValue().validate(context);
            List<String> references = new ArrayList<>();
            for (Object each : signature.getSignedInfo().getReferences()) {
                Reference reference = (Reference) each;
                boolean agrees = reference.validate(context);
                all &= agrees;
                references.add("{\"uri\":" + quoted(reference.getURI()) + ",\"valid\":" + agrees
                    + ",\"octets\":" + base64(reference.getDigestInputStream()) + "}");
            }
            all &= value;
            signatures.add("{\"value\":" + value
                + ",\"signed_info\":" + base64(signature.getSignedInfo().getCanonicalizedData())
                + ",\"references\":[" + String.join(",", references) + "]}");
        }
        return "{\"valid\":" + all + ",\"signatures\":[" + String.join(",", signatures) + "]}";
    }

    private static String sign(String[] words) throws Exception {
        Document document = words[1].isEmpty()
            ? DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument()
            : parse(words[1]);
        X509Certificate certificate = certificate(words[4]);
        PrivateKey key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(words[3]))));
        Node parent = words[1].isEmpty() ? document : document.getDocumentElement();
        if (words.length > 10) {
            parent = document.getElementsByTagNameNS("*", words[10]).item(0);
        }
        DOMSignContext context = new DOMSignContext(key, parent);
        context.setURIDereferencer(Dsig::beside);
        context.setDefaultNamespacePrefix(words[8]);
        NodeList elements = document.getElementsByTagName("*");
        for (int j = 0; j < elements.getLength(); j++) {
            Element element = (Element) elements.item(j);
            for (String name : List.of("id", "ID", "Id")) {
                if (element.hasAttributeNS(null, name)) {
                    context.setIdAttributeNS(element, null, name);
                }
            }
        }
        List<Reference> references = new ArrayList<>();
        for (String each : words[9].split(";")) {
            String[] parts = each.split("\\|", -1);
            List<Transform> transforms = new ArrayList<>();
            for (String uri : parts[1].isEmpty() ? new String[0] : parts[1].split(",")) {
                TransformParameterSpec parameters = null;
                if (uri.equals(CanonicalizationMethod.EXCLUSIVE) && !parts[2].isEmpty()) {
                    parameters = new ExcC14NParameterSpec(List.of(parts[2].split(" ")));
                }
                transforms.add(FACTORY.newTransform(uri, parameters));
            }
            references.add(FACTORY.newReference(
                parts[0], FACTORY.newDigestMethod(words[6], null), transforms, null, null));
        }
        SignedInfo signedInfo = FACTORY.newSignedInfo(
            FACTORY.newCanonicalizationMethod(words[7], (C14NMethodParameterSpec) null),
            FACTORY.newSignatureMethod(words[5], null),
            references);
        KeyInfoFactory keys = FACTORY.getKeyInfoFactory();
        KeyInfo keyInfo = keys.newKeyInfo(List.of(keys.newX509Data(List.of(certificate))));
        FACTORY.newXMLSignature(signedInfo, keyInfo).sign(context);
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
        try (FileOutputStream out = new FileOutputStream(words[2])) {
            transformer.transform(new DOMSource(document), new StreamResult(out));
        }
        return "{\"valid\":true}";
    }

    /** Means by a fragment what it says unescaped, and by anything else a file. */
    private static Data beside(URIReference reference, XMLCryptoContext context)
            throws URIReferenceException {
        URI uri = URI.create(reference.getURI());
        try {
            if (uri.getPath().isEmpty()) {
                return FACTORY.getURIDereferencer().dereference(new Unescaped(reference), context);
            }
            return new OctetStreamData(new FileInputStream(uri.getPath()));
        } catch (IOException error) {
            throw new URIReferenceException(error);
        }
    }

    /** A reference to an element whose identifier is no longer escaped. */
    private record Unescaped(URIReference source) implements DOMURIReference {
        @Override
        public String getURI() {
            String fragment = URI.create(source.getURI()).getFragment();
            return fragment == null ? "" : "#" + fragment;
        }

        @Override
        public String getType() {
            return source.getType();
        }

        @Override
        public Node getHere() {
            return ((DOMURIReference) source).getHere();
        }
    }

    private static Document parse(String file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        try (InputStream in = new FileInputStream(file)) {
            return factory.newDocumentBuilder().parse(in);
        }
    }

    private static X509Certificate certificate(String file) throws Exception {
        try (InputStream in = new FileInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static String base64(InputStream in) throws Exception {
        return quoted(Base64.getEncoder().encodeToString(in.readAllBytes()));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
