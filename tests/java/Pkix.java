import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Scanner;
import java.util.Set;

/**
 * Judges certificates with the PKIX validator of the JDK.
 *
 * Standard input has one job a line, its words separated by tabs:
 *
 *     SECONDS POLICY ANCHORS LISTS CERTIFICATE
 *
 * where SECONDS count from 1970, and certificates and lists are DER in base64, several joined
 * by commas.  Standard output has one line for each: `valid`, `revoked REASON SECONDS`, or
 * why not, as the validator names it.
 */
public class Pkix {
    private static CertificateFactory factory;

    public static void main(String[] arguments) throws Exception {
        factory = CertificateFactory.getInstance("X.509");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Scanner jobs = new Scanner(System.in, StandardCharsets.UTF_8);
        while (jobs.hasNextLine()) {
            out.println(judged(jobs.nextLine().split("\t", -1)));
        }
    }

    private static String judged(String[] words) throws Exception {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (byte[] each : decoded(words[2])) {
            anchors.add(new TrustAnchor(certificate(each), null));
        }
        List<Object> lists = new ArrayList<>();
        for (byte[] each : decoded(words[3])) {
            lists.add(factory.generateCRL(new ByteArrayInputStream(each)));
        }
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setDate(new Date(Long.parseLong(words[0]) * 1000));
        parameters.setExplicitPolicyRequired(true);
        parameters.setInitialPolicies(Set.of(words[1]));
        // certificatePolicies is critical and has a CPS qualifier, which Java refuses by default.
        parameters.setPolicyQualifiersRejected(false);
        parameters.addCertStore(
            CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker =
            (PKIXRevocationChecker) validator.getRevocationChecker();
        // Lists only: the responder that a certificate names is not there to be asked.
        checker.setOptions(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(
                factory.generateCertPath(List.of(certificate(decoded(words[4]).get(0)))),
                parameters);
            return "valid";
        } catch (CertPathValidatorException refused) {
            if (refused.getCause() instanceof CertificateRevokedException) {
                CertificateRevokedException revoked =
                    (CertificateRevokedException) refused.getCause();
                return "revoked " + revoked.getRevocationReason() + " "
                    + revoked.getRevocationDate().getTime() / 1000;
            }
            return refused.getReason().toString();
        }
    }

    private static X509Certificate certificate(byte[] der) throws Exception {
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    }

    private static List<byte[]> decoded(String words) {
        List<byte[]> found = new ArrayList<>();
        for (String each : words.split(",")) {
            if (!each.isEmpty()) {
                found.add(Base64.getDecoder().decode(each));
            }
        }
        return found;
    }
}
