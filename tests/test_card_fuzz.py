"""
A hundred thousand strange commands, and the card answers every one.

It never falls over, signs nothing without a PIN, shows no key and no certificate that a PIN
protects, and gives no try back.
"""

from random import Random

import pytest

from harness.card import words
from harness.card.apdu import command, parse
from harness.card.contents import AIDS
from harness.card.instructions import INSTRUCTIONS
from harness.card.session import CardSession
from harness.card.tokens import Token
from harness.card.words import MEANINGS, meaning
from pki.keys import private_der
from pki.kinds import Kind, Pin

FULL = 100_000
FILES = (*range(0x0001, 0x0020), 0x3F00, 0x2F10, 0xFFFF)
WRONG = (b"0000", b"WRONG1", b"", b"\xff" * 16, b"9999")
MARK = 32  # octets in a row of a key or a certificate that may nowhere be seen


def commands(chance, applications):
    """
    Draw commands for ever: of the table, of the table and mutated, and of nothing but chance.
    """
    rows = [(row.cla, row.ins) for row in INSTRUCTIONS]
    while True:
        kind = chance.random()
        if kind < 0.15:
            yield command(0x00, 0xA4, 0x04, 0x0C, AIDS[chance.choice(applications)])
        elif kind < 0.4:
            yield command(0x00, 0xA4, 0x02, 0x0C, chance.choice(FILES).to_bytes(2))
        elif kind < 0.55:
            p1, p2 = chance.choice(((0, 0), (0, 0x80), (0x81, 0), (0x80 | chance.randrange(32), 0)))
            yield command(0x00, 0xB0, p1, p2, le=chance.choice((4, 256, 65536)))
        elif kind < 0.7:
            data = chance.randbytes(chance.choice((1, 20, 32, 51, 245, 255)))
            yield command(0x80, 0x2A, chance.randrange(7), 0x80 | chance.randrange(32), data, 256)
        elif kind < 0.9:
            cla, ins = chance.choice(rows)
            data = chance.choice((b"", *WRONG, chance.randbytes(chance.randrange(300))))
            p2 = chance.choice((0, 0x80, 0x80 | chance.randrange(32), chance.randrange(256)))
            made = command(cla, ins, chance.choice((0, 1, chance.randrange(256))), p2, data, 256)
            yield _mutated(made, chance) if chance.random() < 0.5 else made
        else:
            yield chance.randbytes(chance.randrange(0, 40))


def _mutated(octets, chance):
    at = chance.randrange(len(octets) + 1)
    how = chance.randrange(4)
    if how == 0:
        return octets[:at]
    if how == 1:
        return octets[:at] + chance.randbytes(1) + octets[at + 1 :]
    if how == 2:
        return octets[:at] + chance.randbytes(chance.randrange(1, 5)) + octets[at:]
    return octets + octets[:at]


def forbidden(world, identifier):
    """
    Collect every run of MARK octets that no answer may hold: keys, and the closed certificate.
    """
    card = world.register.card(identifier)
    secrets = [world.register.der(Kind.SIGN, card.slots[Kind.SIGN].serial_number)]
    for slot in card.slots.values():
        key = world.authority.key(int(slot.key))
        numbers = key.private_numbers()
        secrets.append(private_der(key)[100:])
        secrets += [
            n.to_bytes((n.bit_length() + 7) // 8) for n in (numbers.d, numbers.p, numbers.q)
        ]
    free = {world.register.der(Kind.AUTH, card.slots[Kind.AUTH].serial_number)}
    free |= {each.certificate for kind in Kind for each in world.authority.generations(kind)}
    runs = {each[at : at + MARK] for each in secrets for at in range(0, len(each) - MARK, MARK)}
    return {run for run in runs if not any(run in known for known in free)}


def tries(world):
    return {pin: state.tries_left for pin, state in world.register.card("hanako").pins.items()}


@pytest.mark.torture
@pytest.mark.parametrize("token", Token)
def test_strange_commands_harm_nothing(jpki, scaled, token):
    """
    No PIN that is sent is right, so nothing may sign but the card's own key.
    """
    jpki.resident("hanako")
    world = jpki.world
    chance = Random(f"card/{token.value}")
    card = CardSession.insert(world, "hanako", token=token, chance=bytes)
    applications = [each.word for each in card.interpreter.contents.applications]
    never = forbidden(world, "hanako")
    before = tries(world)
    asked = commands(chance, applications)

    for _ in range(scaled(FULL) // len(Token) + 1):
        octets = next(asked)
        answer = card.exchange(octets)
        sw = int.from_bytes(answer[-2:])
        assert "unknown" != meaning(sw), octets.hex()
        now = tries(world) if octets[1:2] in (b"\x20", b"\x24", b"\x32", b"\x54") else before
        assert all(now[pin] <= before[pin] for pin in Pin), octets.hex()
        before = now
        read = parse(octets)
        if len(answer) > 2:
            assert not any(run in answer for run in never), octets.hex()
            signs = read is not None and read.ins == 0x2A
            assert not (signs and card.interpreter.application.word == "jpki"), octets.hex()

    card.reset()
    assert card.select("jpki").ok
    assert 160 == len(card.read(0x0006))


def test_every_status_word_has_its_meaning():
    named = {value for name, value in vars(words).items() if name.isupper() and name != "MEANINGS"}

    assert set(MEANINGS) == named


def test_a_key_in_an_answer_would_be_seen(jpki):
    """
    The twin: what the fuzz looks for is what a verified reader is given.
    """
    jpki.resident("hanako")
    never = forbidden(jpki.world, "hanako")
    card = CardSession.insert(jpki.world, "hanako")
    card.select("jpki")
    card.verify(0x001B, "ABC123")
    read = card.read(0x0001)

    assert any(run in read for run in never)
