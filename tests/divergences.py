#!/usr/bin/env python3
"""What of P7 and P8 SQL cannot compute, for divergences.bash: name-based UUIDs and passwords.

divergences.py uuids NAMESPACE       reads "table TAB id TAB text" lines and writes the inserts into
                                     the tables contact, grp; the text is P7's own id of the thing
divergences.py names NAMESPACE       reads names, writes the UUID of each
divergences.py passwords SALT8.PHP   reads "id TAB P7 form TAB P8 form", writes "id TAB P7 TAB P8" in
                                     clear
Nothing of this is taken from the programs: it is what the reference documents say.
"""
import base64, collections, re, struct, sys, uuid


def own_uuid(table, text):
    text = text.lower()
    if table == "contact":
        text = re.sub(r"\.vcf$", "", text)
    return text if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) else None


def uuids(namespace):
    rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
    seen = collections.Counter((t, own_uuid(t, text)) for t, _, text in rows)
    for table, number, text in rows:
        u = own_uuid(table, text)
        if u is None or seen[table, u] > 1:
            name = {"grp": "group"}.get(table, table) + ":" + number
            u = str(uuid.uuid5(uuid.UUID(namespace), name))
        print(f"insert into {table} values ({number}, '{u}');")


def p7_clear(text):
    b = bytes.fromhex(text)
    return (b[:1] + bytes(c ^ b[0] for c in b[1:])).decode()


def xxtea(words, key):
    n, total = len(words), 0xFFFFFFFF
    total = (6 + 52 // n) * 0x9E3779B9 & total
    y = words[0]
    while total:
        e = total >> 2 & 3
        for p in range(n - 1, -1, -1):
            z = words[p - 1]
            mix = (z >> 5 ^ y << 2) + (y >> 3 ^ z << 4) ^ (total ^ y) + (key[p & 3 ^ e] ^ z)
            y = words[p] = words[p] - mix & 0xFFFFFFFF
        total = total - 0x9E3779B9 & 0xFFFFFFFF
    return words


def p8_clear(text, key):
    if text == "":
        return ""
    b = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    words = xxtea(list(struct.unpack(f"<{len(b) // 4}I", b)), key)
    return struct.pack(f"<{len(words)}I", *words)[: words[-1]].decode()


def passwords(salt_file):
    salt = re.search(r'"([^"]*)"', open(salt_file).read())[1]
    key = struct.unpack("<4I", ("$2y$07$" + salt + "$").encode()[:16])
    for line in sys.stdin:
        number, p7, p8 = line.rstrip("\n").split("\t")
        print(number, p7_clear(p7), p8_clear(p8, key), sep="\t")


if sys.argv[1] == "uuids":
    uuids(sys.argv[2])
elif sys.argv[1] == "names":
    for line in sys.stdin:
        print(uuid.uuid5(uuid.UUID(sys.argv[2]), line.rstrip("\n")))
else:
    passwords(sys.argv[2])
