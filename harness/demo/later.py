"""
The scenes of the years after: a new name, a lost card, a renewal, and the CAs' new keys.
"""

from ca.words import Words
from harness.demo import repeat
from harness.demo.cast import HANAKO, KINDS, NAMES, NEW_NAME, TARO, jst, log_in, newest, of
from harness.demo.filing import file
from harness.demo.stage import Stage
from harness.exports import pem
from harness.reports.story import Tone
from harness.scene import PINS
from pki.causes import Code
from pki.kinds import Event, Kind


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
        "PIN; what stops it are OCSP and the list of the night. A hold is never lifted.",
        "忘年会の帰りにカードをなくしました。24時間受付の電話で一時停止すると、両方の電子証明書が"
        "一時保留になります。暗証番号を知る者が使えばカードはまだ応答しますが、OCSPと夜間の失効"
        "リストがそれを止めます。一時保留は解除されません。",
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

    scene.wait(jst(2028, 1, 31, 20))
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
            filing.title,
            verdict,
            Code.OK,
            place=f"{filing.issued.resident}-{filing.at:%Y-%m}.",
        )
    scene.close()
