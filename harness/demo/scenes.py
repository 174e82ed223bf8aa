"""
The story, scene by scene: Hanako moves and marries, Taro forgets and loses, the CAs grow old.

Everything that the world is expected to answer stands here; when it answers otherwise, the
demo fails.  People and filings are invented, the places are real, and so are the rules.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from ca.register import Issued
from ca.words import Words
from harness.demo import repeat
from harness.demo.filing import file
from harness.demo.stage import Scene, Stage
from harness.exports import pem
from harness.reports.story import Tone
from harness.scene import PINS
from harness.verifier.policy import Policy, Revocation
from pki.causes import Code
from pki.kinds import Event, Kind, Pin, Sex
from pki.validity import JST

HANAKO, TARO = "hanako", "taro"
NAMES = {HANAKO: Words("Hanako", "花子"), TARO: Words("Taro", "太郎")}
KINDS = {
    Kind.SIGN: Words("signature certificate", "署名用電子証明書"),
    Kind.AUTH: Words("authentication certificate", "利用者証明用電子証明書"),
}
CHIYODA = "東京都千代田区丸の内1-1-1"
KITA = "大阪府大阪市北区中之島1-1-1"
NAKA = "神奈川県横浜市中区本町1-1"
NEW_NAME = "模擬 花子"  # a surname that means simulation


def jst(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of the story, which everybody in it reads off a Japanese clock."""
    return datetime(year, month, day, hour, minute, second, tzinfo=JST).astimezone(UTC)


BEGIN = jst(2026, 4, 1, 12)


def of(holder: str, kind: Kind) -> Words:
    """Name one of somebody's certificates."""
    who, what = NAMES[holder], KINDS[kind]
    return Words(f"{who.en}'s {what.en}", f"{who.ja}の{what.ja}")


def newest(stage: Stage, holder: str, kind: Kind) -> Issued:
    return stage.world.register.certificates(holder, kind)[-1]


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


def new_name(stage: Stage) -> None:
    scene = stage.open(
        "new-name",
        jst(2027, 11, 22, 10, 30),
        title=Words("A new name", "新しい名字"),
        label=Words("new name", "花子の改姓"),
    )
    scene.tell(
        "Hanako marries Ichiro Mogi and is Hanako Mogi from now on. The name is one of the four "
        "items, so the signature certificate ends, and she asks for the next one with the same "
        "notice. From the following night on her June filing is refused, and what she signs under "
        "the new name is accepted.",
        "花子は模擬一郎さんと結婚し、模擬花子になります。氏名は基本4情報の一つなので署名用電子証明書"
        "は失効し、同じ届出の機会に新しいものを申請します。その夜から6月の申告は受理されず、新しい"
        "氏名での署名は受理されます。",
    )
    stage.world.office.rename(HANAKO, name=NEW_NAME, at=scene.now)
    stage.world.office.renew(HANAKO, (Kind.SIGN,), at=scene.now)

    scene.wait(jst(2027, 11, 24, 9))
    title = Words("Hanako's filing of November 2027", "花子の申告（2027年11月）")
    filing = file(stage.world, HANAKO, title, refund=27_100)
    scene.judge_filing(stage.filings[2], Code.CERTIFICATE_REVOKED, place="before/")
    scene.judge_filing(filing, Code.OK, place="after/")
    stage.filings.append(filing)
    scene.close(Tone.PLAIN)


def lost(stage: Stage) -> None:
    scene = stage.open(
        "lost-card",
        jst(2027, 12, 17, 23, 50),
        title=Words("Taro loses his card", "太郎がカードをなくす"),
        label=Words("Taro's card lost", "カード紛失"),
    )
    scene.tell(
        "After a year-end party the card is gone. One call to the hot-line, at any hour, suspends "
        "it, and both certificates are held. The chip still answers whoever has it and knows the "
        "PIN; what stops it is the list of the night. A hold is never lifted.",
        "忘年会の帰りにカードをなくしました。24時間受付の電話で一時停止すると、両方の電子証明書が"
        "一時保留になります。暗証番号を知る者が使えばカードはまだ応答しますが、夜間の失効リストが"
        "それを止めます。一時保留は解除されません。",
    )
    signature = newest(stage, TARO, Kind.SIGN)
    stage.world.office.report(Event.CARD_LOST, TARO, at=scene.now)
    scene.standing(of(TARO, Kind.SIGN), signature, expects="held")

    scene.wait(jst(2027, 12, 18, 8))
    verdict = stage.world.verify_xml(stage.filings[1].document)
    scene.judged(stage.filings[1].title, verdict, Code.CERTIFICATE_REVOKED, place="filing.")
    log_in(scene, TARO, Code.CERTIFICATE_REVOKED, Words("the finder's login", "拾った者のログイン"))
    scene.close()


def reissue(stage: Stage) -> None:
    scene = stage.open(
        "new-card",
        jst(2028, 1, 31, 14),
        title=Words("A new card for Taro", "太郎の新しいカード"),
        label=Words("new card", "再交付"),
    )
    scene.tell(
        "The new card took a month. It comes with new keys and new certificates, which end with "
        "the fifth birthday from now, in November 2032. The held ones are superseded: the reason "
        "changes, the date of the hold stays. Taro logs in again.",
        "新しいカードは1か月ほどで届きました。鍵も電子証明書も新しく、期限は今から5回目の誕生日、"
        "2032年11月です。保留中だった電子証明書の失効理由はsupersededに変わりますが、日付は保留の"
        "ときのままです。太郎は再びログインできます。",
    )
    held = newest(stage, TARO, Kind.AUTH)
    stage.world.office.issue_card(TARO, at=scene.now, pins=PINS, instead=True)
    scene.standing(
        Words("the authentication certificate before", "以前の利用者証明用電子証明書"),
        held,
        expects="revoked",
    )
    log_in(scene, TARO, Code.OK)
    scene.close()


def renewal(stage: Stage) -> None:
    scene = stage.open(
        "renewal",
        jst(2030, 4, 22, 10),
        title=Words(
            "A renewal, and the authorities change keys", "更新、そして認証局の鍵の世代交代"
        ),
        label=Words("renewal, CA rollover", "更新・世代交代"),
    )
    scene.tell(
        "Hanako's certificates end on 15 June. From 16 March on she may renew, and then it is the "
        "sixth birthday that counts: 15 June 2035. Less than six years remain of the authorities' "
        "own certificates, too few to see such a certificate out, so each takes a new key before "
        "it signs: generation 2, under the very same name.",
        "花子の電子証明書は6月15日に満了します。3月16日からは更新ができ、その場合は6回目の誕生日、"
        "2035年6月15日までになります。認証局自身の残り期間が6年を切り、新しい証明書の満了まで"
        "もたないため、署名の前に認証局の鍵が新しくなります。名前は同じまま、第2世代です。",
    )
    stage.world.office.renew(HANAKO, at=scene.now)
    for kind in Kind:
        generations = stage.world.authority.generations(kind, at=scene.now)
        scene.say(
            Words(f"generations of the {kind.value} CA", f"{KINDS[kind].ja}の認証局の世代数"),
            expects="2",
            found=str(len(generations)),
        )
        scene.judge_certificate(of(HANAKO, kind), newest(stage, HANAKO, kind), Code.OK)
    for each in stage.world.authority.generations(Kind.SIGN, at=scene.now):
        name = f"sign-{each.number}.ca.pem"
        scene.write(name, pem("CERTIFICATE", each.certificate))
        scene.run(
            Words(f"generation {each.number}: the same name", f"第{each.number}世代: 名前は同じ"),
            *repeat.describe(name),
            says="OU=JPKI for digital signature",
        )
    scene.close()


def side_by_side(stage: Stage) -> None:
    scene = stage.open(
        "generations",
        jst(2030, 4, 23, 10),
        title=Words("Two generations side by side", "二つの世代が並び立つ"),
        label=Words("both generations", "両世代とも有効"),
    )
    scene.tell(
        "Hanako files under generation 2 and Taro, whose card is of 2028, under generation 1. Both "
        "are accepted. An issuer is found by its key and never by its name: to somebody who "
        "trusts generation 2 alone, Taro's certificate leads nowhere, though the names agree.",
        "花子は第2世代、2028年のカードを持つ太郎は第1世代の電子証明書で申告し、どちらも受理され"
        "ます。発行者は名前ではなく鍵で特定されます。第2世代だけを信頼する相手には、名前が一致して"
        "いても、太郎の電子証明書の認証パスは作れません。",
    )
    laid = []
    for holder, refund in ((HANAKO, 42_000), (TARO, 15_500)):
        who = NAMES[holder]
        title = Words(f"{who.en}'s filing of April 2030", f"{who.ja}の申告（2030年4月）")
        filing = file(stage.world, holder, title, refund=refund)
        stage.filings.append(filing)
        laid.append(scene.judge_filing(filing, Code.OK, place=f"{holder}/"))
    others, lists = laid[0].authority, laid[1].revoked
    asked = Words("Taro's filing, by generation 2 alone", "太郎の申告（第2世代のみ信頼）")
    scene.judge_by_files(
        stage.filings[-1],
        Code.UNSUPPORTED_CERTIFICATE,
        asked=asked,
        authority=others,
        revoked=lists,
    )
    scene.run(
        Words("openssl finds no path either", "openssl も認証パスを作れない"),
        *repeat.path(
            Kind.SIGN,
            scene.now,
            certificate=laid[1].certificate,
            authority=others,
            revoked=None,
        ),
        accepts=False,
    )
    scene.close(Tone.PASSED)


def looking_back(stage: Stage) -> None:
    scene = stage.open(
        "looking-back",
        jst(2030, 4, 24, 12),
        title=Words("Looking back", "振り返る"),
        label=Words("looking back", "振り返り"),
    )
    scene.tell(
        "The journal only grows, so the world can be asked about any moment of these four years. "
        "The table at the end judges every filing at every turn of the story. Nothing was kept "
        "for it: each list is worked out again, octet for octet.",
        "記録は追記されるだけなので、4年間のどの時点についても問い直せます。末尾の表では、すべての"
        "申告をすべての場面の時点で判定しています。そのために保存したものはなく、失効リストはその都度"
        "計算し直され、1バイトも違いません。",
    )
    for filing in stage.filings:
        verdict = stage.world.verify_xml(filing.document, at=filing.at)
        scene.judged(
            Words(f"{filing.title.en}, as of its receipt", f"{filing.title.ja}、受付時点"),
            verdict,
            Code.OK,
            place=f"{filing.issued.resident}-{filing.at:%Y-%m}.",
        )
    scene.close()


SCENES: tuple[Callable[[Stage], None], ...] = (
    founding,
    cards,
    accepted,
    locked,
    move,
    refused,
    login,
    wrong_list,
    new_certificate,
    new_name,
    lost,
    reissue,
    renewal,
    side_by_side,
    looking_back,
)

# Every filing, judged at the end of every scene from FIRST on: + accepted, - refused, . not
# signed yet.  In the scene of the renewal the fourth still passes: no list says so yet.
FIRST = 3
MATRIX = (
    "++-----------",
    ".+++++++-----",
    "......+------",
    ".......++++--",
    "...........++",
    "...........++",
)


def log_in(scene: Scene, holder: str, expects: Code, asked: Words | None = None) -> None:
    """Log in at a portal with somebody's card."""
    world, who = scene.world, NAMES[holder]
    issued = world.register.current(world.register.card_of(holder), Kind.AUTH)
    assert issued is not None
    said = asked or Words(f"{who.en}'s login", f"{who.ja}のログイン")
    scene.judge_login(said, issued, holder, expects)
