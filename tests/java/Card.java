import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Collections;

/** Signs with the card through SunPKCS11; arguments: configuration, PIN, where the signature goes. */
public class Card {
    public static void main(String[] arguments) throws Exception {
        Provider card = Security.getProvider("SunPKCS11").configure(arguments[0]);
        Security.addProvider(card);
        KeyStore store = KeyStore.getInstance("PKCS11", card);
        store.load(null, arguments[1].toCharArray());
        String alias = null;
        for (String each : Collections.list(store.aliases())) {
            if (store.isKeyEntry(each)) alias = each;
        }
        PrivateKey key = (PrivateKey) store.getKey(alias, null);
        byte[] message = "filing".getBytes(StandardCharsets.UTF_8);
        Signature signer = Signature.getInstance("SHA256withRSA", card);
        signer.initSign(key);
        signer.update(message);
        byte[] made = signer.sign();
        Files.write(Path.of(arguments[2]), made);
        X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
        System.out.println("alias: " + alias);
        System.out.println("changed: " + verifies(certificate, "other".getBytes(), made));
        System.out.println(verifies(certificate, message, made) ? "verified" : "refused");
    }

    static boolean verifies(X509Certificate certificate, byte[] message, byte[] made) throws Exception {
        Signature verifier = Signature.getInstance("SHA256withRSA", "SunRsaSign");
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(message);
        return verifier.verify(made);
    }
}
