"""The bad inputs themselves, written by hand, each under the name of what is wrong with it.

Values are raw JSON where JSON is what is tried: what a client sends is not always what a library would write.
"""

from __future__ import annotations

import gzip
import json
import zlib

from tests.factories import files

# --- Numbers ------------------------------------------------------------------------------------------------------------

# Raw JSON, and what it is answered with: 400 is no JSON at all, 422 names the field. None is a whole number from 1 on.
NUMBERS: dict[str, tuple[str, int]] = {
    "zero": ("0", 422),
    "minus one": ("-1", 422),
    "minus zero": ("-0", 422),
    "a half": ("1.5", 422),
    "five with a place": ("5.0", 422),
    "five as text": ('"5"', 422),
    "five point nought as text": ('"5.0"', 422),
    "an exponent": ("1e3", 422),
    "a capital exponent": ("1E3", 422),
    "a negative exponent": ("5000e-3", 422),
    "an exponent as text": ('"1e3"', 422),
    "a huge exponent": ("1e400", 422),
    "an endless exponent": ("1e999999999", 422),
    "true": ("true", 422),
    "false": ("false", 422),
    "nothing": ("null", 422),
    "not a number": ("NaN", 400),
    "infinity": ("Infinity", 400),
    "minus infinity": ("-Infinity", 400),
    "not a number as text": ('"NaN"', 422),
    "one past 31 bits": ("2147483648", 422),
    "one past 32 bits": ("4294967296", 422),
    "one past 63 bits": ("9223372036854775808", 422),
    "one past 64 bits": ("18446744073709551616", 422),
    "one below -63 bits": ("-9223372036854775809", 422),
    "forty digits": ("9" * 40, 422),
    "forty-one digits": ("9" * 41, 400),
    "5000 digits": ("9" * 5000, 400),
    "5000 digits as text": (f'"{"9" * 5000}"', 422),
    "5000 places": (f"0.{'1' * 5000}", 400),
    "Arabic-Indic digits as text": ('"٥"', 422),
    "Arabic-Indic digits": ("٥", 400),
    "Persian digits as text": ('"۵"', 422),
    "full-width digits as text": ('"５"', 422),
    "full-width digits": ("５", 400),
    "a superscript as text": ('"²"', 422),
    "a Roman numeral as text": ('"Ⅴ"', 422),
    "an underscore": ("1_000", 400),
    "an underscore as text": ('"1_000"', 422),
    "spaces around it as text": ('" 5 "', 422),
    "a leading zero": ("05", 400),
    "a plus": ("+5", 400),
    "a plus as text": ('"+5"', 422),
    "hexadecimal": ("0x10", 400),
    "octal as text": ('"0o17"', 422),
    "no digit before the point": (".5", 400),
    "no digit after the point": ("5.", 400),
    "two points": ("1.2.3", 400),
    "a list of it": ("[5]", 422),
    "an object of it": ('{"value": 5}', 422),
    "an empty list": ("[]", 422),
    "no text": ('""', 422),
    "a word": ('"five"', 422),
    "a NUL behind it": ('"5\\u0000"', 422),
    "a sum": ("2+3", 400),
    "a statement of SQL": ('"5; DROP TABLE orders_order"', 422),
    "a template": ('"{{7*7}}"', 422),
    "nothing at all": ("", 400),
}
# In a form everything is text; what a form may hold besides plain digits is nothing.
FORM_NUMBERS = [
    "0", "-1", "-0", "1.5", "5.0", "5,0", "1e3", "true", "on", "NaN", "Infinity", "2147483648", "9223372036854775808", "9" * 5000,
    "٥", "۵", "５", "²", "1_000", "1,000", " 5 ", "5 ", "05", "+5", "0x10", "five", "5\x00", "5\n", "5;6", "{{7*7}}", "--5", "５5",
]  # fmt: skip

# --- Money --------------------------------------------------------------------------------------------------------------

MONEY: dict[str, tuple[str, int]] = {
    "zero": ("0", 422),
    "zero as text": ('"0"', 422),
    "zero with places": ('"0.00"', 422),
    "minus zero": ('"-0.00"', 422),
    "less than a fils": ('"0.001"', 422),
    "negative": ("-48", 422),
    "negative as text": ('"-48.00"', 422),
    "three places": ("48.005", 422),
    "three places as text": ('"48.005"', 422),
    "three places, the last nought": ('"48.000"', 422),
    "an exponent": ("4.8e1", 422),
    "an exponent as text": ('"4.8e1"', 422),
    "a huge exponent": ("1e300", 422),
    "a thousands comma": ('"1,000.00"', 422),
    "a decimal comma": ('"48,00"', 422),
    "a thousands point": ('"1.000.00"', 422),
    "a space within": ('"1 000.00"', 422),
    "an underscore": ('"1_000.00"', 422),
    "the currency before": ('"AED 48.00"', 422),
    "the currency behind": ('"48.00 AED"', 422),
    "a dollar": ('"$48.00"', 422),
    "a space before": ('" 48.00"', 422),
    "a line break behind": ('"48.00\\n"', 422),
    "a million": ('"1000000.00"', 422),
    "thirteen digits": ('"1234567890123"', 422),
    "thirteen digits, no text": ("1234567890123", 422),
    "forty digits": ("9" * 40, 422),
    "5000 digits": (f'"{"9" * 5000}"', 422),
    "5000 places": (f'"0.{"0" * 5000}"', 422),
    "a leading zero": ('"048.00"', 422),
    "a plus": ('"+48.00"', 422),
    "no digit before the point": ('".50"', 422),
    "no digit after the point": ('"48."', 422),
    "Arabic-Indic digits": ('"٤٨.٠٠"', 422),
    "the Arabic decimal sign": ('"48٫00"', 422),
    "full-width digits": ('"４８.００"', 422),
    "not a number": ('"NaN"', 422),
    "a signalling one": ('"sNaN"', 422),
    "infinity": ('"Infinity"', 422),
    "not a number, no text": ("NaN", 400),
    "true": ("true", 422),
    "nothing": ("null", 422),
    "no text": ('""', 422),
    "a list": ('["48.00"]', 422),
    "an object": ('{"amount": "48.00"}', 422),
    "hexadecimal": ('"0x30"', 422),
    "a NUL": ('"48.00\\u0000"', 422),
    "a sum": ('"24+24"', 422),
    "a formula": ('"=24*2"', 422),
    "a statement of SQL": ("\"48.00' OR '1'='1\"", 422),
}

# --- Text ---------------------------------------------------------------------------------------------------------------

# For a name of one line of at most 120 characters; raw JSON.
TEXTS: dict[str, str] = {
    "a NUL": '"Pepsi\\u0000"',
    "a NUL alone": '"\\u0000"',
    "a backspace": '"Pepsi\\b"',
    "an escape of a terminal": '"\\u001b[31mPepsi"',
    "a bell": '"Pepsi\\u0007"',
    "a delete": '"Pepsi\\u007f"',
    "a next line of ISO 8859": '"Pepsi\\u0085Bcc: x"',
    "a lone high surrogate": '"Pepsi\\ud800"',
    "a lone low surrogate": '"\\udc00Pepsi"',
    "surrogates the wrong way round": '"\\udc00\\ud800"',
    "a bidi override": '"Pepsi\\u202exslx.exe"',
    "a bidi embedding": '"Pepsi\\u202a"',
    "a bidi isolate": '"\\u2066Pepsi"',
    "an isolate's end": '"Pepsi\\u2069"',
    "a byte order mark": '"\\ufeffPepsi"',
    "a noncharacter": '"Pepsi\\uffff"',
    "zero-width spaces only": '"\\u200b\\u200b"',
    "zero-width joiners only": '"\\u200d\\u200c"',
    "a soft hyphen only": '"\\u00ad"',
    "Hangul fillers only": '"\\u3164\\u115f"',
    "variation selectors only": '"\\ufe0f"',
    "spaces only": '"     "',
    "no-break spaces only": '"\\u00a0\\u2007"',
    "no text": '""',
    "a line break": '"Pepsi\\nBcc: all@shop.test"',
    "CR and LF": '"Pepsi\\r\\nBcc: all@shop.test"',
    "a line separator": '"Pepsi\\u2028Cola"',
    "a tab": '"Pepsi\\tCola"',
    "one more than fits": f'"{"x" * 121}"',
    "one more than fits, in Arabic": f'"{"م" * 121}"',
    "a megabyte": f'"{"x" * 1_000_000}"',
    "a thousand combining marks": '"x' + "\\u0301" * 1000 + '"',
    "a number": "5",
    "a decimal": "1.5",
    "true": "true",
    "nothing": "null",
    "a list": '["Pepsi"]',
    "an object": '{"en": "Pepsi"}',
    "an object that asks the database": '{"$ne": ""}',
}
EMAILS: dict[str, str] = {
    "no at": '"abc"',
    "nothing before the at": '"@shop.test"',
    "nothing behind the at": '"noor@"',
    "two ats": '"noor@shop@shop.test"',
    "a space": '"noor @shop.test"',
    "CR, LF and a header": '"noor@shop.test\\r\\nBcc: all@shop.test"',
    "LF and a header": '"noor@shop.test\\nBcc: all@shop.test"',
    "an encoded line break": '"noor%0d%0abcc:all@shop.test"',
    "a NUL": '"noor\\u0000@shop.test"',
    "two addresses": '"noor@shop.test,all@shop.test"',
    "two addresses, a semicolon": '"noor@shop.test;all@shop.test"',
    "a name before": '"Noor <noor@shop.test>"',
    "a comment": '"noor(x)@shop.test"',
    "255 characters": f'"{"x" * 245}@shop.test"',
    "a megabyte": f'"{"x" * 900_000}@shop.test"',
    "a look-alike letter": '"n\\u043eor@shop.test"',
    "a domain in Arabic": '"noor@\\u0645\\u062b\\u0627\\u0644.test"',
    "a dotless i": '"adm\\u0131n@shop.test"',
    "a bidi override": '"noor\\u202e@shop.test"',
    "dots in a row": '"noor@shop..test"',
    "a hyphen first": '"noor@-shop.test"',
    "no top level": '"noor@localdomain"',
    "a script": '"<script>@shop.test"',
    "a list": '["noor@shop.test"]',
    "an object": '{"$gt": ""}',
    "a number": "5",
    "nothing": "null",
}
PHONES = [
    "12", "abc", "+971", "+9715012345678901", "0", "+00000000000", "+971501234567;ext=5", "+971501234567 x5", "tel:abc",
    "+٩٧١٥٠١٢٣٤٥٦٧", "+971\n501234567", "+971501234567\x00", "+999501234567", "1" * 31, "1" * 5000, "<script>", "=1+1",
]  # fmt: skip
DAYS = [
    "2026-13-01", "2026-02-30", "2026-00-10", "2026-1-1", "26-01-01", "01.12.2027", "12/31/2027",
    "2027-12-31T00:00:00", "20271231", "tomorrow",
    "٢٠٢٧-١٢-٣١", "0000-01-01", "10000-01-01", "-2027-12-31", "2027-12-31 ", "2027-12-31\x00", "2020-01-01", "1766-01-01",
]  # fmt: skip
TRNS = ["1", "1234567890", "1" * 16, "１" * 15, "١" * 15, "10000000000000a", "-10000000000003", "100 000 000 000 003 x", "1" * 15 + "\x00"]
EMIRATES = ["Bahrain", "dubaï", "Dubai\x00", "Dubai, Sharjah", "*", "Dubai%", "D\u0443bai", "x" * 5000, "' OR 1=1 --"]
COORDINATES: dict[str, str] = {
    "past the pole": "90.1",
    "past the other pole": "-90.000001",
    "a thousand": "1000",
    "an exponent": "1e1",
    "not a number": '"NaN"',
    "infinity": '"inf"',
    "true": "true",
    "degrees and minutes": '"25 12 N"',
    "a decimal comma": '"25,2"',
    "Arabic-Indic digits": '"٢٥"',
    "twenty places": "25.12345678901234567890",
    "a list": "[25.2]",
    "an object": '{"lat": 25.2}',
    "no text": '""',
    "a space": '" 25.2"',
}
PASSWORDS = [
    "", "short1A", "alllowercase1", "ALLUPPERCASE1", "NoDigitsHere", "Password1", "        ", "x" * 5000, "Carton\x00-330ml-Pepsi",
]  # fmt: skip
BARCODES = [
    "1",
    "123",
    "12345678",
    "4006381333932",
    "40063813339310",
    "abcdefgh",
    "٤٠٠٦٣٨١٣٣٣٩٣١",
    "４006381333931",
    "4006381333931\x00",
    "4006 381333931",
]
SLUGS = ["", "Soft Drinks", "../soft-drinks", "soft-drinks\x00", "' OR 1=1 --", "%", "soft_drinks%", "x" * 5000, "مشروبات", "nothing-there"]
CHOICES = ["", "\ud800", "PUBLISHED", "archived", "taken_down", "published ", "published\x00", "*", "0", "__all__"]

# --- Bodies -------------------------------------------------------------------------------------------------------------

_GZIPPED = gzip.compress(b'{"quantity": 5}')
# Bytes, their content type, what they are answered with.
BODIES: dict[str, tuple[bytes, str, int]] = {
    "a brace": (b"{", "application/json", 400),
    "two objects": (b'{"quantity": 5}{"quantity": 6}', "application/json", 400),
    "a comma too many": (b'{"quantity": 5,}', "application/json", 400),
    "a comment": (b'{"quantity": 5 /* five */}', "application/json", 400),
    "single quotes": (b"{'quantity': 5}", "application/json", 400),
    "no quotes": (b"{quantity: 5}", "application/json", 400),
    "a text that does not end": (b'{"quantity": "5', "application/json", 400),
    "a control character in a text": (b'{"quantity": "\n"}', "application/json", 400),
    "a bad escape": (b'{"quantity": "\\x05"}', "application/json", 400),
    "half an escape": (b'{"quantity": "\\u00"}', "application/json", 400),
    "a key twice": (b'{"quantity": 5, "quantity": 6}', "application/json", 400),
    "a key twice, once escaped": (b'{"quantity": 5, "quantit\\u0079": 6}', "application/json", 400),
    "an undefined": (b'{"quantity": undefined}', "application/json", 400),
    "a list": (b'[{"quantity": 5}]', "application/json", 400),
    "a list of nothing": (b"[]", "application/json", 400),
    "a number": (b"5", "application/json", 400),
    "a text": (b'"quantity=5"', "application/json", 400),
    "null": (b"null", "application/json", 400),
    "true": (b"true", "application/json", 400),
    "33 lists deep": (b'{"quantity": ' + b"[" * 33 + b"]" * 33 + b"}", "application/json", 400),
    "100,000 lists deep": (b"[" * 100_000, "application/json", 400),
    "100,000 lists deep, closed": (b"[" * 100_000 + b"]" * 100_000, "application/json", 400),
    "50,000 objects deep": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json", 400),
    "no UTF-8": (b'{"quantity": "\xff\xfe"}', "application/json", 400),
    "UTF-16": ('{"quantity": 5}'.encode("utf-16"), "application/json", 400),
    "UTF-32": ('{"quantity": 5}'.encode("utf-32"), "application/json", 400),
    "a byte order mark": (b'\xef\xbb\xbf{"quantity": 5}', "application/json", 400),
    "an overlong slash": (b'{"quantity": "\xc0\xaf"}', "application/json", 400),
    "a surrogate in UTF-8": (b'{"quantity": "\xed\xa0\x80"}', "application/json", 400),
    "NULs": (b"\x00" * 100, "application/json", 400),
    "a megabyte and a byte": (b'"' + b"x" * (1024 * 1024) + b'"', "application/json", 413),
    "5 MB": (b'{"quantity": "' + b"x" * (5 * 1024 * 1024) + b'"}', "application/json", 413),
    "a million spaces and no more": (b" " * 1_000_000 + b"x", "application/json", 400),
    "gzip": (_GZIPPED, "application/json", 400),
    "a gzip bomb": (gzip.compress(b" " * 20_000_000), "application/json", 400),
    "deflate": (zlib.compress(b'{"quantity": 5}'), "application/json", 400),
    "MessagePack": (b"\x81\xa8quantity\x05", "application/json", 400),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "application/xml", 415),
    "XML that calls itself JSON": (b"<quantity>5</quantity>", "application/json", 400),
    "YAML": (b"quantity: !!python/object/apply:os.system ['id']", "application/yaml", 415),
    "a pickle": (b"cos\nsystem\n(S'id'\ntR.", "application/octet-stream", 415),
    "plain text": (b'{"quantity": 5}', "text/plain", 415),
    "JSON of another name": (b'{"quantity": 5}', "application/vnd.api+json", 415),
    "no type at all": (b'{"quantity": 5}', "", 415),
    "a type that is none": (b'{"quantity": 5}', "json", 415),
    "multipart without a boundary": (b"--x\r\n", "multipart/form-data", 400),
    "multipart of another boundary": (b"--x\r\n\r\n5\r\n--x--", "multipart/form-data; boundary=y", 400),
    "multipart that breaks off": (
        b'--x\r\nContent-Disposition: form-data; name="quantity"\r\n\r\n5',
        "multipart/form-data; boundary=x",
        400,
    ),
    "an endless boundary": (b"--x\r\n", f"multipart/form-data; boundary={'x' * 10_000}", 415),
    "a boundary of bytes": (b"--x\r\n", "multipart/form-data; boundary=\xff", 400),
    "a form of 600 fields": ("&".join(f"f{n}=1" for n in range(600)).encode(), "application/x-www-form-urlencoded", 400),
    "a form of 2 MB": (b"quantity=" + b"5" * 2_000_000, "application/x-www-form-urlencoded", 413),
    "a form with a broken escape": (b"quantity=%zz", "application/x-www-form-urlencoded", 422),
    "a form that is no UTF-8": (b"quantity=%ff%fe", "application/x-www-form-urlencoded", 422),
    "a form of another character set": (b"quantity=5\xa0", "application/x-www-form-urlencoded; charset=latin-1", 422),
    "a form of an unknown character set": (b"quantity=x", "application/x-www-form-urlencoded; charset=nonsense", 422),
    "JSON of an unknown character set": (b'{"quantity": "x"}', "application/json; charset=nonsense", 422),
    "JSON of UTF-7": (b'{"quantity": "+ADw-script+AD4-"}', "application/json; charset=utf-7", 422),
    "a number where an object is one deep": (json.dumps({"quantity": {"quantity": 5}}).encode(), "application/json", 422),
    "the key of every object's type": (b'{"__proto__": {"quantity": 5}}', "application/json", 422),
    "a thousand unknown fields": (json.dumps({f"f{n}": 1 for n in range(1000)}).encode(), "application/json", 422),
    "a field of a megabyte's name": (b'{"' + b"f" * 1_000_000 + b'": 1}', "application/json", 422),
    "a field of no name": (b'{"": 5}', "application/json", 422),
    "a field named by a NUL": (b'{"quantity\\u0000": 5}', "application/json", 422),
    "a field named by a lone surrogate": (b'{"\\ud800": 5}', "application/json", 422),
    "a field named by CR and LF": (b'{"quantity\\r\\nx: y": 5}', "application/json", 422),
}

# --- Fields that are not the caller's to write -----------------------------------------------------------------------

FORBIDDEN_FIELDS = [
    "is_staff", "is_superuser", "is_active", "role", "status", "id", "pk", "reference", "total", "subtotal", "vat", "price", "unit_price",
    "vendor", "vendor_id", "vendor__company__status", "company", "retailer", "payment", "paid", "amount_paid", "user", "user_id",
    "created_at", "released_at", "accept_by", "_method", "__class__", "constructor", "csrfmiddlewaretoken", "idempotency_key", "next",
    "reserved", "on_hand_change", "token_version", "email_verified", "gateway", "captured",
]  # fmt: skip

# --- References and identifiers ---------------------------------------------------------------------------------------

# As parts of an address, escaped as a client would send them.
REFERENCES = [
    "V0", "P-1", "P0", "P1", "P01001", "P001001", "P1001.0", "P1001e1", "P+1001", "P 1001", "1001", "P", "PP1001", "P1001P", "ORD01001",
    "ORD99999999999999999999", "P9223372036854775808", "P999999999999999999", "P9999999999999999999", "P" + "9" * 5000, "%00", "P1001%00",
    "%ff", "%c0%af", "%e2%80%ae1001", "P%D9%A1%D9%A0%D9%A0%D9%A1", "P%EF%BC%91001", "%D0%A01001", "P1001%0a", "P1001%0d%0aX-Evil:%201",
    "P1001%20", "%20P1001", "P1001;id=2", "P1001,P1002", "P1001%27", "P1001%22", "P1001%20OR%201=1", "..%2f..%2fetc%2fpasswd", "..",
    "%2e%2e%2fadmin", "*", "%25", "_", "null", "undefined", "NaN", "true", "%7B%7B7*7%7D%7D", "$%7B7*7%7D", "[1001]", "P1_001", "0x3e9",
    "P١٠٠١", "<script>", "P1001.json", "P1001:1",
]  # fmt: skip
IDS = [
    "0", "-1", "1.5", "1e3", "9" * 18, "9" * 19, "9" * 5000, "9223372036854775808", "%00", "1%00",
    "abc", "%D9%A1", "%EF%BC%91", "1_0", "+1",
    "%201", "1%20", "0x1", "null", "*", "%25", "1,2", "1;2", "1%27--", "..", "%2e%2e", "00", "²",
]  # fmt: skip
BODY_REFERENCES = [
    "V0", "P-1", "P0", "P01001", "P1", "ORD1001", "1001", "P", "P1001 ", " P1001", "P1001\n",
    "P1001\x00", "P９００１", "P١٠٠١", "P1001,P1002",
    "ORD99999999999999999999", "P999999999999999999", "P9999999999999999999", "P" + "9" * 5000, "*", "%", "' OR 1=1 --", "../P1001",
]  # fmt: skip

# --- Lists --------------------------------------------------------------------------------------------------------------

# A query, and the parameter that is named.
PAGING: dict[str, str] = {
    "page=0": "page",
    "page=-1": "page",
    "page=1.5": "page",
    "page=": "page",
    "page=one": "page",
    "page=1e1": "page",
    "page=%2B1": "page",
    "page=%20" + "1": "page",
    "page=%D9%A1": "page",
    "page=%EF%BC%91": "page",
    "page=1_0": "page",
    "page=" + "9" * 5000: "page",
    "page=1000000000": "page",
    "page=2147483648": "page",
    "page=9223372036854775808": "page",
    "page=51": "page",
    "page=1&page=2": "page",
    "page[]=1": "page[]",
    "page=%00": "page",
    "limit=0": "limit",
    "limit=-1": "limit",
    "limit=101": "limit",
    "limit=1000000000": "limit",
    "limit=all": "limit",
    "limit=NaN": "limit",
    "limit=10%00": "limit",
    "limit=10&limit=20": "limit",
    "limit=%C2%B2": "limit",
    "page=11&limit=100": "page",
    "page=1&cursor=x": "cursor",
    "cursor=": "cursor",
    "cursor=x": "cursor",
    "cursor=%00": "cursor",
    "cursor=%ff": "cursor",
    "cursor=AAAA": "cursor",
    "cursor=" + "A" * 5000: "cursor",
    "cursor=W10": "cursor",
    "cursor=%D9%A1": "cursor",
    "cursor=../../etc/passwd": "cursor",
    "offset=5": "offset",
    "sort=password": "sort",
    "ordering=-created_at": "ordering",
    "user__password__startswith=a": "user__password__startswith",
    "placed_by__password__regex=.*": "placed_by__password__regex",
    "id__gt=0": "id__gt",
    "pk=1001": "pk",
    "__class__=x": "__class__",
    "format=json": "format",
    "fields=password": "fields",
    "%00=1": "\x00",
    "q=1": "q",
    "Page=1": "Page",
    "page%20=1": "page ",
}
# A query of the products, and the parameter that is named.
FILTERS: dict[str, str] = {
    "search=" + "x" * 10_000: "search",
    "search=a%00b": "search",
    "search=a%E2%80%AEb": "search",
    "search=a&search=b": "search",
    "category=%00": "category",
    "category=../drinks": "category",
    "category=a%27b": "category",
    "category=" + "x" * 5000: "category",
    "category=a&category=b": "category",
    "brand=%25": "brand",
    "brand=Pepsi%20Cola": "brand",
    "vendor=1001": "vendor",
    "vendor=P1001": "vendor",
    "vendor=V0": "vendor",
    "vendor=V1001%00": "vendor",
    "vendor=V99999999999999999999": "vendor",
    "vendor=V1001%20OR%201=1": "vendor",
    "min_price=-1": "min_price",
    "min_price=1e3": "min_price",
    "min_price=1,000": "min_price",
    "min_price=NaN": "min_price",
    "min_price=1.005": "min_price",
    "min_price=%D9%A1": "min_price",
    "min_price=" + "9" * 5000: "min_price",
    "max_price=1000000": "max_price",
    "max_price=": "max_price",
    "max_price=0x10": "max_price",
    "max_price=48.00%00": "max_price",
    "in_stock=yes": "in_stock",
    "in_stock=1": "in_stock",
    "in_stock=TRUE": "in_stock",
    "in_stock=": "in_stock",
    "sort=rating": "sort",
    "sort=--price": "sort",
    "sort=price,name": "sort",
    "sort=price;DROP": "sort",
    "sort=vendor__company__trn": "sort",
    "sort=?": "sort",
    "status=draft": "status",
    "price=48.00": "price",
    "vendor__company__status=pending": "vendor__company__status",
    "is_staff=1": "is_staff",
}
# Searches that are words like any other: no error, nothing special, and never the whole shop.
SEARCHES = [
    "%", "_", "%%%", "\\", "'", '"', "''", "' OR '1'='1", "'; DROP TABLE catalog_product; --", "(a+)+$", "((((((((((a*)*)*)*)*)*)*)*)*)*",
    "^(([a-z])+.)+[A-Z]([a-z])+$", ".*", "[", "(?i)x", "a" * 200, "a & b | !c", "<->", "pepsi:*",
    ":*", "&", "|", "!", "!!!!", "a:b:c:d", "\\'",
    "{{7*7}}", "${7*7}", "<script>alert(1)</script>", "../../etc/passwd", "١٢٣", "ﷺ", "👩‍👩‍👧‍👦",
    "e" + "\u0301" * 150, "NULL", "-1", "--", "/*", "@@version",
]  # fmt: skip

# --- Files --------------------------------------------------------------------------------------------------------------

_PDF, _PNG, _JPEG, _WEBP = files.pdf(), files.picture(), files.picture("jpeg"), files.picture("webp")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
# Content, name, type: none is a document.
NO_DOCUMENTS: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "license.pdf", "application/pdf"),
    "a byte": (b"%", "license.pdf", "application/pdf"),
    "the head of a PDF alone": (b"%PDF-1.7\n", "license.pdf", "application/pdf"),
    "a PDF without its end": (_PDF[: len(_PDF) // 2], "license.pdf", "application/pdf"),
    "a PDF's head and end with nothing between": (b"%PDF-1.7\n%%EOF", "license.pdf", "application/pdf"),
    "a PDF with junk before": (b"junk" + _PDF, "license.pdf", "application/pdf"),
    "a PDF with HTML in its head": (b"%PDF-1.7\n<script>alert(1)</script>\n" + _PDF, "license.pdf", "application/pdf"),
    "a PDF with a script": (files.pdf(javascript="app.alert(1)"), "license.pdf", "application/pdf"),
    "a PDF with a file in it": (files.pdf(attachment=b"MZ"), "license.pdf", "application/pdf"),
    "a PDF with a password": (files.pdf(password="secret"), "license.pdf", "application/pdf"),
    "a program": (b"MZ\x90\x00" + b"\0" * 200, "license.pdf", "application/pdf"),
    "an ELF program": (b"\x7fELF" + b"\0" * 200, "license.pdf", "application/pdf"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "license.pdf", "application/pdf"),
    "PHP": (b"<?php system($_GET['c']); ?>", "license.pdf", "application/pdf"),
    "HTML": (HTML, "license.pdf", "application/pdf"),
    "HTML under its own name": (HTML, "license.html", "text/html"),
    "SVG": (SVG, "license.png", "image/png"),
    "SVG under its own name": (SVG, "license.svg", "image/svg+xml"),
    "a ZIP": (b"PK\x03\x04" + b"\0" * 100, "license.pdf", "application/pdf"),
    "a GIF": (b"GIF89a" + b"\0" * 100, "license.png", "image/png"),
    "a GIF with a script": (b"GIF89a/*" + b"\0" * 10 + b"*/=1;alert(1)", "license.png", "image/png"),
    "a TIFF": (b"II*\x00" + b"\0" * 100, "license.jpg", "image/jpeg"),
    "a WebP": (_WEBP, "license.pdf", "application/pdf"),
    "a PNG of 2,500 million pixels": (files.huge_png(), "license.png", "image/png"),
    "a PNG without its end": (_PNG[:60], "license.png", "image/png"),
    "the head of a PNG alone": (_PNG[:8], "license.png", "image/png"),
    "a JPEG without its end": (_JPEG[:100], "license.jpg", "image/jpeg"),
    "the head of a JPEG alone": (b"\xff\xd8\xff", "license.jpg", "image/jpeg"),
    "a JPEG of zeros": (b"\xff\xd8\xff" + b"\0" * 5000, "license.jpg", "image/jpeg"),
    "text": (b"trade license no. 5", "license.txt", "text/plain"),
    "more than 10 MB": (_PDF + b"\n" * (10 * 1024 * 1024), "license.pdf", "application/pdf"),
}
NO_PICTURES: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "pack.png", "image/png"),
    "a PDF": (_PDF, "pack.png", "image/png"),
    "SVG": (SVG, "pack.svg", "image/svg+xml"),
    "SVG that calls itself a PNG": (SVG, "pack.png", "image/png"),
    "HTML that calls itself a JPEG": (HTML, "pack.jpg", "image/jpeg"),
    "a GIF": (b"GIF89a" + b"\0" * 100, "pack.gif", "image/gif"),
    "a BMP": (files.picture("bmp"), "pack.bmp", "image/bmp"),
    "an icon": (files.picture("ico"), "pack.ico", "image/x-icon"),
    "a TIFF": (files.picture("tiff"), "pack.tiff", "image/tiff"),
    "a PNG of 2,500 million pixels": (files.huge_png(), "pack.png", "image/png"),
    "a PNG of 60,000 by 1,000": (files.huge_png(60_000, 1_000), "pack.png", "image/png"),
    "a PNG of no height": (files.huge_png(10, 0), "pack.png", "image/png"),
    "a PNG without its end": (_PNG[:60], "pack.png", "image/png"),
    "a WebP without its end": (_WEBP[:30], "pack.webp", "image/webp"),
    "a WebP's head alone": (b"RIFF\x00\x00\x00\x00WEBP", "pack.webp", "image/webp"),
    "a JPEG of zeros": (b"\xff\xd8\xff" + b"\0" * 5000, "pack.jpg", "image/jpeg"),
    "more than 5 MB": (_PNG + b"\0" * (5 * 1024 * 1024), "pack.png", "image/png"),
    "text": (b"a picture of Pepsi", "pack.png", "image/png"),
}
# Good content under bad names: what is kept is random, what is shown is the last part of the name, in short and in clean.
NAMES = [
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\license.pdf",
    "license.pdf.exe", "license.php.pdf", "license.pdf%00.exe",
    "license.pdf\x00.exe", "x" * 300 + ".pdf", "م" * 300 + ".pdf", ".htaccess", "...", ".",
    "con.pdf", "license\r\nX-Evil: 1.pdf", 'license".pdf',
    "license;.pdf", "<script>alert(1)</script>.pdf", "license\u202efdp.exe",
    "=cmd|' /C calc'!A0.pdf", "$(id).pdf", "`id`.pdf", "-rf.pdf", "🍋.pdf",
]  # fmt: skip
NO_TABLES: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "shelf.csv", "text/csv"),
    "a PDF": (_PDF, "shelf.csv", "text/csv"),
    "a picture": (_PNG, "shelf.xlsx", "image/png"),
    "a program": (b"MZ\x90\x00\x03" + b"\0" * 200, "shelf.xlsx", "application/octet-stream"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "shelf.xls", "application/vnd.ms-excel"),
    "NULs": (b"\0" * 5000, "shelf.csv", "text/csv"),
}

# --- Headers and redirects --------------------------------------------------------------------------------------------

# Where a form or a link may not lead; none is a path of ours.
ELSEWHERE = [
    "//evil.test", "///evil.test", "////evil.test", "/\\evil.test", "\\\\evil.test", "\\/evil.test", "https://evil.test", "http:evil.test",
    "https:/evil.test", "https:evil.test", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)", "data:text/html,x", "vbscript:x",
    "ftp://evil.test", "//evil.test/%2f..", "/\t/evil.test", "/\n/evil.test", "\t//evil.test", " //evil.test", "http://127.0.0.1@evil.test",
    "//evil.test@127.0.0.1", "https://evil.test/dashboard", "http:///evil.test",
    "/%5cevil.test\\", "//[::1]", "\x00//evil.test", "evil.test",
    "?next=//evil.test", "#//evil.test", "．．//evil.test",
]  # fmt: skip
AUTHORIZATIONS = [
    "Bearer", "Bearer ", "bearer", "Bearer x", "Bearer null", "Bearer undefined", "Bearer a.b",
    "Bearer a.b.c", "Bearer ..", "Bearer " + "x" * 8000,
    "Bearer " + "a." * 2000, "Bearer \x00", "Bearer é", "Bearer %00", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer eyJhbGciOiJub25lIn0..",
    "Bearer {{7*7}}", "Bearer ' OR 1=1 --", "BEARER a.b.c", "Bearer  a.b.c",
]  # fmt: skip
# Not a bearer's: as if there were none.
OTHER_SCHEMES = [
    "Basic YWRtaW46YWRtaW4=",
    "Basic",
    "Digest username=x",
    "Token abc",
    "JWT a.b.c",
    "Negotiate x",
    "",
    " ",
    "a.b.c",
    "Bearer\ta.b.c",
]
KEYS = ["", " " * 256, "x" * 256, "x" * 5000, "é", "مفتاح", "a\tb", "a\x00b", "a\x7fb", "\u200b"]
VERSIONS = [
    "application/json; version=0", "application/json; version=2", "application/json; version=1.0", "application/json; version=one",
    "application/json; version=-1", "application/json; version=99999999999999999999", "application/json; version=1;version=2",
    "application/json; version=%31", "application/json; version=١", "application/json; version=' OR 1=1",
]  # fmt: skip


def distinct() -> int:
    """How many different inputs stand here."""
    tables = [value for name, value in globals().items() if name.isupper() and isinstance(value, dict | list)]
    # Of those that lead to a field's name it is the key that is sent.
    return sum(len({repr(each) for each in (table if table in (PAGING, FILTERS) else _sent(table))}) for table in tables)


def _sent(table: dict[str, object] | list[str]) -> list[object]:
    return list(table.values()) if isinstance(table, dict) else list(table)
