"""
The first scenes, in spring 2026: two cards, a filing, a locked PIN, a move and what follows.
"""

from datetime import date

from ca.words import Words
from harness.demo import repeat
from harness.demo.cast import CHIYODA, HANAKO, KITA, NAKA, TARO, jst, log_in, newest, of
from harness.demo.filing import file
from harness.demo.stage import Stage
from harness.exports import pem
from harness.reports.story import Tone
from harness.scene import PINS
from harness.verifier.policy import Policy, Revocation
from pki.causes import Code
from pki.kinds import Kind, Pin, Sex

BEGIN = jst(2026, 4, 1, 12)


def founding(stage: Stage) -> None:
    scene = stage.open(
        "authorities",
        BEGIN,
        title=Words("Two authorities are founded", "二つの認証局ができる"),
        label=Words("two CAs", "認証局の発足"),
    )
    scene.tell(
        "A world begins with two certification authorities that know nothing of each other: one "
        "for signatures, one for logins. Each certifies itself for ten years. There is nothing "
        "above them, and nothing between them and the people.",
        "世界は二つの認証局から始まります。署名用と利用者証明用とは互いに独立した自己署名の認証局で、"
        "有効期間は10年、上位にも中間にも何もありません。",
    )
    for kind in Kind:
        name = f"{kind.value}.ca.pem"
        generation = stage.world.authority.newest(kind, at=scene.now)
        scene.write(name, pem("CERTIFICATE", generation.certificate))
        scene.run(Words("who it is", "認証局の名称と期間"), *repeat.describe(name))
        scene.run(
            Words("it signed itself", "自己署名の検証"), *repeat.root(name, scene.now), says="OK"
        )
    scene.close()


def cards(stage: Stage) -> None:
    scene = stage.open(
        "cards",
        jst(2026, 4, 1, 13, 30),
        title=Words("Two cards, four certificates", "二枚のカード、四つの電子証明書"),
        label=Words("two cards", "カード交付"),
    )
    scene.tell(
        "Hanako lives in Chiyoda-ku, Tokyo, and Taro in Kita-ku, Osaka. Each gets a My Number Card "
        "with a signature certificate, which states name, birth, sex and address, and an "
        "authentication certificate, which states nobody. All end with the holder's fifth "
        "birthday after issue.",
        "花子は東京都千代田区、太郎は大阪市北区に住んでいます。マイナンバーカードには、基本4情報が載る"
        "署名用電子証明書と、誰のものか書かれていない利用者証明用電子証明書が入ります。"
        "どちらも発行後5回目の誕生日までです。",
    )
    people = (
        (HANAKO, "住基 花子", date(1990, 6, 15), Sex.FEMALE, CHIYODA),
        (TARO, "住基 太郎", date(1985, 11, 3), Sex.MALE, KITA),
    )
    for holder, name, born, sex, address in people:
        stage.world.add_resident(holder, name=name, born=born, sex=sex, address=address)
        stage.world.office.issue_card(holder, at=scene.now, pins=PINS)
        for kind in Kind:
            issued = newest(stage, holder, kind)
            scene.judge_certificate(of(holder, kind), issued, Code.OK, place=f"{holder}/")
            scene.run(
                Words("what it says of its holder", "記載内容"),
                *repeat.describe(f"{holder}/{kind.value}.cert.pem"),
            )
    scene.close(Tone.PLAIN)


def accepted(stage: Stage) -> None:
    scene = stage.open(
        "accepted",
        jst(2026, 4, 10, 10),
        title=Words("A filing is accepted", "申告が受理される"),
        label=Words("filing accepted", "申告を受理"),
    )
    scene.tell(
        "Hanako claims a refund. The filing has the shape of an e-Tax envelope, as far as public "
        "material shows it, and her card signs it once the PIN is right. Whoever receives it looks "
        "at the digest, the signature, the path, the key usage, the policy, the dates, and at the "
        "newest list of Chiyoda-ku and the answer of the responder.",
        "花子が還付申告をします。e-Taxの形式（公開資料からの推定を含む）の申告データに、暗証番号を"
        "入力してカードで署名します。受け取る側は、ダイジェスト、署名値、認証パス、鍵用途、"
        "証明書ポリシー、有効期間、千代田区の最新の失効リストとOCSPの回答を確かめます。",
    )
    title = Words("Hanako's filing of April 2026", "花子の申告（2026年4月）")
    filing = file(stage.world, HANAKO, title, refund=31_400)
    stage.filings.append(filing)
    scene.write("unsigned.xml", filing.content)
    scene.judge_filing(filing, Code.OK, thoroughly=True)
    scene.close()


def locked(stage: Stage) -> None:
    scene = stage.open(
        "pin",
        jst(2026, 4, 22, 19, 40),
        title=Words("Taro guesses at his PIN", "太郎、暗証番号を間違える"),
        label=Words("PIN locked", "暗証番号ロック"),
    )
    scene.tell(
        "Five wrong entries in a row lock the signing PIN, and then the right one does not help "
        "any more. A lock is no revocation: the certificate is as good as before. Next morning the "
        "counter sets a new PIN, and Taro's filing is accepted.",
        "署名用の暗証番号は5回続けて間違えるとロックされ、その後は正しい番号でも使えません。"
        "ロックは失効ではなく、電子証明書は有効なままです。翌朝、窓口で暗証番号を再設定し、"
        "太郎の申告は受理されます。",
    )
    wrong = Words("a wrong PIN", "誤った暗証番号")
    for left in (4, 3, 2, 1):
        scene.enter_pin(wrong, TARO, "TARO1985", expects=f"PIN_WRONG, {left} left")
    scene.enter_pin(wrong, TARO, "TARO1985", expects="PIN_LOCKED")
    right = Words("the right PIN, too late", "正しい暗証番号（手遅れ）")
    scene.enter_pin(right, TARO, PINS[Pin.SIGN], expects="PIN_LOCKED")
    issued = newest(stage, TARO, Kind.SIGN)
    scene.standing(of(TARO, Kind.SIGN), issued, expects="good")

    scene.wait(jst(2026, 4, 23, 9, 10))
    stage.world.office.reset_pin(TARO, Pin.SIGN, PINS[Pin.SIGN], at=scene.now)
    title = Words("Taro's filing of April 2026", "太郎の申告（2026年4月）")
    filing = file(stage.world, TARO, title, refund=18_200)
    stage.filings.append(filing)
    scene.judge_filing(filing, Code.OK)
    scene.close(Tone.PLAIN)


def move(stage: Stage) -> None:
    scene = stage.open(
        "move",
        jst(2026, 5, 18, 9, 30),
        title=Words("Hanako moves to Yokohama", "花子が横浜市へ引っ越す"),
        label=Words("Hanako moves", "花子が転居"),
    )
    scene.tell(
        "Her signature certificate states an address where she lives no more, so it is revoked "
        "this very second, as affiliationChanged; the authentication certificate is spared. The "
        "OCSP responder, refreshed every quarter of an hour, knows at 09:45. No list says so "
        "before three in the morning, and whoever reads lists alone accepts her old filing until "
        "then: this gap is real.",
        "署名用電子証明書には旧住所が載っているため、転入届と同時に失効します（affiliationChanged）。"
        "利用者証明用は失効しません。OCSPレスポンダは15分ごとに更新されるので9時45分には知っていますが、"
        "失効リストに載るのは翌日の午前3時です。リストだけを見る受付側は、それまで以前の申告を受理して"
        "しまいます。この隙間は現実にもあります。",
    )
    signature, other = newest(stage, HANAKO, Kind.SIGN), newest(stage, HANAKO, Kind.AUTH)
    stage.world.office.move(HANAKO, address=NAKA, at=scene.now)
    scene.standing(of(HANAKO, Kind.SIGN), signature, expects="revoked")
    scene.standing(of(HANAKO, Kind.AUTH), other, expects="good")

    scene.wait(jst(2026, 5, 18, 10))
    filing = stage.filings[0]
    asked = Words("the April filing, by lists alone", "4月の申告（失効リストのみで判定）")
    lists_alone = stage.world.verify_xml(filing.document, Policy(revocation=Revocation.CRL))
    scene.judged(asked, lists_alone, Code.OK, place="by-lists.")
    laid = scene.lay_out(filing.issued)
    scene.show_filing(filing, laid, Code.OK, responder=False)
    asked = Words("the April filing, by OCSP as well", "4月の申告（OCSPも使って判定）")
    verdict = stage.world.verify_xml(filing.document)
    scene.judged(asked, verdict, Code.CERTIFICATE_REVOKED, place="by-both.")
    scene.ask_responder(laid, "revoked")
    scene.close(Tone.PLAIN)


def refused(stage: Stage) -> None:
    scene = stage.open(
        "refused",
        jst(2026, 5, 19, 3, 0, 1),
        title=Words("The same filing is refused", "同じ申告が受理されなくなる"),
        label=Words("filing refused", "申告を不受理"),
    )
    scene.tell(
        "The list of the night is out and names the serial number of the certificate: the same "
        "bytes are refused now. Judged as of 10 April they pass, today and for ever, for a verdict "
        "is always one of a moment. And xmlsec1, which looks at no list, notices nothing.",
        "夜間の失効リストに発行番号が載り、同じデータが受理されなくなります。4月10日時点の判定は、"
        "いつ行っても合格です。判定は常にある時点についてのものだからです。失効リストを見ない"
        "xmlsec1は、何も気付きません。",
    )
    filing = stage.filings[0]
    received = Words("the April filing, as of its receipt", "4月の申告（受付時点の判定）")
    verdict = stage.world.verify_xml(filing.document, at=filing.at)
    scene.judged(received, verdict, Code.OK, place="as-of-receipt.")
    asked = Words("the April filing, now", "4月の申告（現時点の判定）")
    scene.judge_filing(filing, Code.CERTIFICATE_REVOKED, asked=asked)
    scene.run(
        Words("the list, and who signed it", "失効リストの内容と署名"),
        *repeat.print_list("sign.crl.pem", "sign.ca.pem"),
        says="Affiliation Changed",
    )
    scene.close()


def login(stage: Stage) -> None:
    scene = stage.open(
        "login",
        jst(2026, 5, 20, 20, 15),
        title=Words("And the login still passes", "それでもログインはできる"),
        label=Words("login passes", "ログイン成功"),
    )
    scene.tell(
        "A portal sends a challenge, and Hanako's card signs it with the other key. It passes: "
        "the authentication certificate states no address, so a move leaves it alone. Login "
        "works, filing refused: after a move both are right.",
        "ポータルのチャレンジに、花子のカードがもう一つの鍵で署名します。利用者証明用電子証明書に"
        "住所は載っていないので、引っ越しの影響を受けません。「ログインはできるが申告はできない」"
        "のは、引っ越し後の正しい状態です。",
    )
    log_in(scene, HANAKO, Code.OK)
    scene.close()


def wrong_list(stage: Stage) -> None:
    scene = stage.open(
        "wrong-list",
        jst(2026, 5, 21, 14),
        title=Words("The wrong list says nothing", "別の市区町村のリストは何も語らない"),
        label=Words("wrong list", "別のリスト"),
    )
    scene.tell(
        "By mistake somebody looks into the list of Kita-ku, Osaka. Hanako's certificate is not on "
        "it, and that means nothing, since that list does not speak for Chiyoda-ku. Not to know "
        "is never a yes: the verdict is INDETERMINATE.",
        "受付側が誤って大阪市北区の失効リストを調べます。花子の電子証明書は載っていませんが、"
        "千代田区の分を扱うリストではないので、何の意味もありません。わからないことは合格では"
        "ありません（INDETERMINATE）。",
    )
    filing = stage.filings[0]
    revoked = scene.lay_out(newest(stage, TARO, Kind.SIGN), place="osaka/").revoked
    laid = scene.lay_out(filing.issued)
    certificate, authority = laid.certificate, laid.authority
    scene.write("filing.xtx", filing.document)
    asked = Words("the April filing, by the list of Osaka", "4月の申告（大阪市北区のリストで判定）")
    scene.judge_by_files(
        filing, Code.UNSPECIFIED, asked=asked, authority=authority, revoked=revoked
    )
    scene.run(
        Words("openssl sees the other scope, too", "openssl も対象外のリストと判断"),
        *repeat.path(
            Kind.SIGN, scene.now, certificate=certificate, authority=authority, revoked=revoked
        ),
        accepts=False,
        says="different CRL scope",
    )
    scene.run(
        Words("our own verifier: exit status 3", "本ツールの検証器: 終了コード3"),
        *repeat.ours("filing.xtx", scene.now, authority=authority, revoked=revoked),
        accepts=False,
    )
    scene.close()


def new_certificate(stage: Stage) -> None:
    scene = stage.open(
        "new-certificate",
        jst(2026, 6, 10, 11),
        title=Words("A new certificate in Yokohama", "横浜市で新しい電子証明書"),
        label=Words("new certificate", "新しい証明書"),
    )
    scene.tell(
        "The counter of Naka-ku writes a new signature certificate onto the same card. It ends "
        "together with the authentication certificate, on 15 June 2030, and its list is that of "
        "Naka-ku; the one before stays on the list of Chiyoda-ku. What Hanako signs now is "
        "accepted.",
        "横浜市中区の窓口で、同じカードに新しい署名用電子証明書を書き込みます。有効期間の満了は"
        "利用者証明用と同じ2030年6月15日で、失効リストは横浜市中区のものになります（旧証明書は"
        "千代田区のリストに残ります）。新しい署名は受理されます。",
    )
    stage.world.office.renew(HANAKO, (Kind.SIGN,), at=scene.now)

    scene.wait(jst(2026, 6, 10, 20))
    title = Words("Hanako's filing of June 2026", "花子の申告（2026年6月）")
    filing = file(stage.world, HANAKO, title, refund=9_600)
    stage.filings.append(filing)
    scene.judge_filing(filing, Code.OK)
    scene.run(
        Words("a new certificate of a new place", "新しい発行地の証明書"),
        *repeat.describe("sign.cert.pem"),
        says="Yokohama-shi Naka-ku",
    )
    scene.close()
