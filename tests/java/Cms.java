import java.nio.charset.StandardCharsets;
import java.io.PrintStream;
import java.util.Base64;
import java.util.Scanner;
import sun.security.pkcs.PKCS7;
import sun.security.pkcs.SignerInfo;

/**
 * Verifies CMS messages with the PKCS #7 of the JDK, signatures alone.
 *
 * Standard input has one job a line, a message and its detached content in base64, separated by
 * a tab; the content is empty where the message brings its own.  Standard output has the number
 * of signatures that hold, and of those that there are, or the name of an exception.
 */
public class Cms {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Scanner jobs = new Scanner(System.in, StandardCharsets.UTF_8);
        while (jobs.hasNextLine()) {
            String[] words = jobs.nextLine().split("\t", -1);
            byte[] content = Base64.getDecoder().decode(words[1]);
            try {
                PKCS7 message = new PKCS7(Base64.getDecoder().decode(words[0]));
                int all = message.getSignerInfos().length;
                SignerInfo[] held = content.length == 0 ? message.verify() : message.verify(content);
                out.println((held == null ? 0 : held.length) + " of " + all);
            } catch (Exception refused) {
                out.println(refused.getClass().getSimpleName());
            }
        }
    }
}
