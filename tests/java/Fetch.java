import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.LDAPCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Scanner;
import java.util.Set;

/**
 * Judges certificates with the PKIX validator of the JDK, which fetches for itself.
 *
 * Standard input has one job a line, its words separated by tabs:
 *
 *     SECONDS POLICY ANCHOR CERTIFICATE URL
 *
 * where an http URL is an OCSP responder and an ldap URL a directory; certificates are DER in
 * base64.  Standard output has one line for each: `valid`, `revoked REASON`, or why not.
 */
public class Fetch {
    private static CertificateFactory factory;

    public static void main(String[] arguments) throws Exception {
        System.setProperty("com.sun.security.enableCRLDP", "true");
        factory = CertificateFactory.getInstance("X.509");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Scanner jobs = new Scanner(System.in, StandardCharsets.UTF_8);
        while (jobs.hasNextLine()) {
            out.println(judged(jobs.nextLine().split("\t", -1)));
        }
    }

    private static String judged(String[] words) throws Exception {
        TrustAnchor anchor = new TrustAnchor(certificate(words[2]), null);
        PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
        parameters.setDate(new Date(Long.parseLong(words[0]) * 1000));
        parameters.setExplicitPolicyRequired(true);
        parameters.setInitialPolicies(Set.of(words[1]));
        parameters.setPolicyQualifiersRejected(false);
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        URI address = URI.create(words[4]);
        if (address.getScheme().equals("ldap")) {
            LDAPCertStoreParameters where =
                new LDAPCertStoreParameters(address.getHost(), address.getPort());
            parameters.addCertStore(CertStore.getInstance("LDAP", where));
        } else {
            PKIXRevocationChecker checker =
                (PKIXRevocationChecker) validator.getRevocationChecker();
            checker.setOcspResponder(address);
            checker.setOptions(EnumSet.of(Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
        }
        try {
            validator.validate(factory.generateCertPath(List.of(certificate(words[3]))), parameters);
            return "valid";
        } catch (CertPathValidatorException refused) {
            if (refused.getCause() instanceof CertificateRevokedException) {
                return "revoked "
                    + ((CertificateRevokedException) refused.getCause()).getRevocationReason();
            }
            return String.valueOf(refused.getReason());
        }
    }

    private static X509Certificate certificate(String base64) throws Exception {
        byte[] der = Base64.getDecoder().decode(base64);
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    }
}
