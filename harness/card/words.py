"""
Status words: what the card answers, as one table [CARD A5] [CARD A6].
"""

OK = 0x9000
UNLIMITED = 0x6300
TRIES_LEFT = 0x63C0  # and the number of tries in the last digit
MEMORY_FAILURE = 0x6581
WRONG_LENGTH = 0x6700
CHANNEL = 0x6881
SECURE_MESSAGING = 0x6882
WRONG_TYPE = 0x6981
NOT_ALLOWED = 0x6982
BLOCKED_ISO = 0x6983
BLOCKED = 0x6984
CONDITIONS = 0x6985
NO_FILE = 0x6986
NO_SECURE_READ = 0x69FC
WRONG_DATA = 0x6A80
UNSUPPORTED = 0x6A81
FILE_NOT_FOUND = 0x6A82
RECORD_NOT_FOUND = 0x6A83
WRONG_P1P2 = 0x6A86
NO_REFERENCE = 0x6A88
NO_KEY_DELIVERY = 0x66F1
BEYOND_END = 0x6B00
NO_INSTRUCTION = 0x6D00
NO_CLASS = 0x6E00

# What each says; the words of `--trace` and of the page.
MEANINGS: dict[int, str] = {
    OK: "done",
    UNLIMITED: "the number of tries is not limited",
    TRIES_LEFT: "wrong or not given; the last digit says how many tries are left",
    MEMORY_FAILURE: "the world could not be written, and nothing was done",
    WRONG_LENGTH: "wrong length",
    CHANNEL: "there are no logical channels",
    SECURE_MESSAGING: "no secure messaging",
    WRONG_TYPE: "the current file is of another type",
    NOT_ALLOWED: "a PIN is needed first",
    BLOCKED_ISO: "the PIN is locked (as ISO says it)",
    BLOCKED: "the PIN is locked",
    CONDITIONS: "not possible as things stand",
    NO_FILE: "no file is selected",
    NO_SECURE_READ: "no secure messaging for this",
    WRONG_DATA: "the data are not acceptable",
    UNSUPPORTED: "not supported",
    FILE_NOT_FOUND: "no such application or file",
    RECORD_NOT_FOUND: "no such record",
    WRONG_P1P2: "wrong P1 or P2",
    NO_REFERENCE: "nothing under that reference",
    NO_KEY_DELIVERY: "no session key can be delivered here",
    BEYOND_END: "the offset is past the end",
    NO_INSTRUCTION: "unknown instruction",
    NO_CLASS: "unknown class",
}


def meaning(sw: int) -> str:
    """Put a status word into words."""
    if sw & 0xFFF0 == TRIES_LEFT:
        return f"{sw & 0xF} tries left"
    return MEANINGS.get(sw, "unknown")
