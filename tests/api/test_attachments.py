"""Attachments of ideas over HTTP: what is accepted, what is kept of it, who may see and remove it."""
import base64
import hashlib
import struct
import threading
import uuid
import zlib

import pytest

from support.client import Api

IDEAS = "/v1/smart/ideas"
MIB = 1024 * 1024
PLACE = b"59.2675N 10.4076E Kirkevoll"  # what must not be kept


# ---- pictures as cameras and programs make them ----------------------------------------------------

def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*extra, size=1):
    row = b"\0" + b"\xaa" * (3 * size)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
            + b"".join(png_chunk(*one) for one in extra)
            + png_chunk(b"IDAT", zlib.compress(row * size, 0)) + png_chunk(b"IEND", b""))


# Eight by eight pixels, made by a browser.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////"
    "////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////"
    "////////////////////wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAWEAEBAQAAAAAAAAAA"
    "AAAAAAAAARH/xAAVAQEBAAAAAAAAAAAAAAAAAAACA//EABcRAQEBAQAAAAAAAAAAAAAAAAEAESH/2gAMAwEAAhEDEQA/AIkw"
    "AV3rXDL/2Q==")
VP8 = base64.b64decode("cAEAnQEqCAAIAAdAliWwAnQAAAAA/p2B5pd3R6C4EDjjsbvvZEZuoPI9fYr7YwYAAAA=")
VP8X = base64.b64decode("IAAAAAcAAAcAAA==")


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def exif(orientation, order=">"):
    """With an orientation and, in another entry, a place."""
    head = b"MM\0*" if order == ">" else b"II*\0"
    tiff = head + struct.pack(order + "IH", 8, 2)
    tiff += struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff += struct.pack(order + "HHII", 0x8825, 2, len(PLACE), 38) + bytes(4) + PLACE
    return b"Exif\0\0" + tiff


def jpeg(*segments, after=b""):
    """The picture with segments behind its JFIF header, and something behind its end."""
    head = 2 + 18
    return JPEG[:head] + b"".join(segment(*one) for one in segments) + JPEG[head:] + after


def webp_of(chunks):
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp(*extra):
    flags = bytes([VP8X[0] & ~0x20 | 0x08 | 0x04]) if extra else bytes([0])
    return webp_of([(b"VP8X", flags + VP8X[1:]), (b"VP8 ", VP8), *extra])


PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
       b"trailer<</Root 1 0 R>>\n%%EOF\n")
FILES = {"image/png": ("a.png", png()), "image/jpeg": ("a.jpg", jpeg()),
         "image/webp": ("a.webp", webp()), "application/pdf": ("a.pdf", PDF)}


# ---- ----------------------------------------------------------------------------------------------

@pytest.fixture
def author(make_user, build):
    api = make_user("participant")
    api.registration = build.registration(build.course(course_type="trenerutdanning"),
                                          api.user.person_id)
    return api


@pytest.fixture
def idea(author):
    return author.post(IDEAS, {
        "title": "Med bilde", "body": "Se bildet.", "kind": "image", "audience": "annet",
        "author_display": "Noen", "author_registration_id": author.registration,
        "visibility": "public", "consent_author": True}).json


@pytest.fixture
def attach(author, idea):
    def send(body=None, media="image/png", filename=None, by=author, to=idea, **options):
        name, default = FILES.get(media, ("a.png", b""))
        return by.post(f"{IDEAS}/{to['id']}/attachments", default if body is None else body,
                       media=media, params={"filename": filename or name}, **options)
    return send


@pytest.fixture
def publish(author, smart_admin, idea):
    def through():
        author.act(f"{IDEAS}/{idea['id']}", "submit")
        for action in "approve", "publish":
            smart_admin.act(f"{IDEAS}/{idea['id']}", action)
    return through


def path_of(attachment):
    return f"/v1/smart/attachments/{attachment['id']}"


def content_of(api, attachment, **options):
    return api.get(f"{path_of(attachment)}/content", **options)


# ---- what is accepted ------------------------------------------------------------------------------

@pytest.mark.parametrize("media", FILES)
def test_each_type(attach, author, idea, media, owner_db):
    name, body = FILES[media]
    made = attach(media=media)
    assert made.status == 201 and made.headers["Location"] == path_of(made)
    assert {key: made[key] for key in ("idea_id", "filename", "media_type", "version")} == {
        "idea_id": idea["id"], "filename": name, "media_type": media, "version": 1}
    assert author.get(path_of(made)).json == made.json
    answer = content_of(author, made)
    kept = answer.exchange.body
    assert answer.headers["Content-Type"] == media
    assert made["size_bytes"] == len(kept) and made["sha256"] == hashlib.sha256(kept).hexdigest()
    if media != "image/webp":  # whose flags are set by what it has
        assert kept == body
    assert owner_db.value("SELECT operation FROM event WHERE resource_id = %s", [made["id"]]
                          ) == "create_attachment"


def test_the_idea_tells_what_is_attached(attach, author, idea):
    made = attach(filename="mål og mening.png")
    read = author.get(f"{IDEAS}/{idea['id']}")
    assert read["attachments"] == [{"id": made["id"], "filename": "mål og mening.png",
                                    "media_type": "image/png", "size_bytes": made["size_bytes"]}]
    assert read["version"] == 2
    listed = author.every(IDEAS, {"own": "true"})
    assert [one["attachment_count"] for one in listed] == [1]
    assert [one["id"] for one in author.every(f"{IDEAS}/{idea['id']}/attachments")] == [made["id"]]


@pytest.mark.parametrize("media,body", [
    ("image/png", jpeg()), ("image/jpeg", png()), ("image/webp", PDF), ("application/pdf", png()),
    ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ("image/jpeg", b"<html><script>alert(1)</script></html>"), ("image/png", b"GIF89a" + bytes(20)),
    ("application/pdf", b"MZ" + bytes(200)), ("image/png", b"\0"), ("application/pdf", b"PDF"),
    ("image/webp", b"RIFF\4\0\0\0WAVE"),
], ids=repr)
def test_the_content_decides(attach, media, body):
    attach(body, media, expect=415, code="content_of_other_type")


@pytest.mark.parametrize("media", ["image/svg+xml", "text/html", "image/gif", "image/*",
                                   "application/octet-stream", "multipart/form-data; boundary=x"])
def test_other_types(attach, media):
    answer = attach(b"<svg/>", media, filename="a.svg", expect=415, code="unsupported_media_type")
    assert "image/png" in answer["detail"]


@pytest.mark.parametrize("media,body", [
    ("image/png", png()[:-4]), ("image/png", png()[:60]), ("image/jpeg", jpeg()[:-2]),
    ("image/jpeg", jpeg()[:100]), ("image/webp", webp()[:-8]), ("image/webp", webp_of([(b"VP8X", VP8X)])),
], ids=range(6))
def test_a_picture_that_is_cut(attach, media, body):
    attach(body, media, expect=422, code="image_unreadable")


@pytest.mark.parametrize("media,filename", [
    ("image/png", "a.jpg"), ("image/png", "a.png.exe"), ("image/png", "bilde"), ("image/jpeg", "a.png"),
    ("application/pdf", "a.html"), ("image/webp", ".webpx")])
def test_a_name_that_fits(attach, media, filename):
    answer = attach(media=media, filename=filename, expect=422, code="validation_failed")
    assert answer.faults == {"?filename": "filename_unfit"}


@pytest.mark.parametrize("filename", ["a/b.png", "..\\a.png", "a\x00.png", "a\nb.png", "<a>.png", "a:b.png",
                                      'a".png', "x" * 117 + ".png", ".png"])
def test_names_that_are_none(attach, filename):
    attach(filename=filename, expect=400)


def test_endings_in_any_case(attach):
    assert attach(filename="IMG_0001.PNG")["filename"] == "IMG_0001.PNG"
    assert attach(media="image/jpeg", filename="a.JPEG").status == 201


def test_limits(attach, author, idea):
    attach(png() + bytes(5 * MIB), expect=413, code="content_too_large")
    large = png(size=1300)
    assert 4.5 * MIB < len(large) < 5 * MIB
    assert attach(large)["size_bytes"] == len(large)
    for _ in range(9):
        attach()
    answer = attach(expect=409, code="limit_reached")
    assert "10" in answer["detail"]
    assert len(author.get(f"{IDEAS}/{idea['id']}")["attachments"]) == 10


def test_the_last_place_is_given_once(attach, author, idea):
    for _ in range(9):
        attach()
    statuses = []

    def one():
        api = author.clone()
        raw = api.session.post(f"{api.base}{IDEAS}/{idea['id']}/attachments?filename=a.png",
                               data=png(), headers={"Authorization": f"Bearer {api.token}",
                                                    "Content-Type": "image/png"}, timeout=60)
        statuses.append(raw.status_code)
    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 5


def test_without_a_body_or_a_name(attach, author, idea):
    attach(b"", expect=400, code="body_missing")
    author.post(f"{IDEAS}/{idea['id']}/attachments", png(), media="image/png", expect=400)


def test_a_dry_run_and_a_second_try(attach, author, idea):
    attach(dry_run=True)
    assert author.get(f"{IDEAS}/{idea['id']}")["attachments"] == []
    key = str(uuid.uuid4())
    assert attach(key=key)["id"] == attach(key=key)["id"]
    attach(png(size=2), key=key, expect=422, code="idempotency_key_reused")
    assert len(author.get(f"{IDEAS}/{idea['id']}")["attachments"]) == 1


# ---- what is kept of a picture ---------------------------------------------------------------------

def kept_of(attach, author, body, media):
    return content_of(author, attach(body, media)).exchange.body


def test_a_png_without_its_story(attach, author):
    body = png((b"eXIf", exif(1)[6:]), (b"tEXt", b"Comment\0" + PLACE), (b"iTXt", b"XML:com.adobe.xmp\0" + PLACE),
               (b"zTXt", b"a\0\0" + PLACE), (b"tIME", bytes(7)), (b"prVt", PLACE), (b"tRNS", bytes(6)),
               (b"gAMA", bytes(4)))
    assert kept_of(attach, author, body + PLACE, "image/png") == png((b"tRNS", bytes(6)), (b"gAMA", bytes(4)))


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 0, 9])
def test_a_jpeg_keeps_its_orientation_alone(attach, author, orientation, order):
    body = jpeg((0xE1, exif(orientation, order)), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
                (0xED, b"Photoshop 3.0\0" + PLACE), (0xFE, PLACE), (0xE2, b"MPF\0" + PLACE),
                (0xE2, b"ICC_PROFILE\0\1\1abc"), (0xEE, b"Adobe\0d" + bytes(5)), after=JPEG + PLACE)
    kept = kept_of(attach, author, body, "image/jpeg")
    turned = bytes.fromhex("ffe100224578696600004d4d002a00000008000101120003000000010000000000000000")
    turned = turned[:29] + bytes([orientation]) + turned[30:] if 2 <= orientation <= 8 else b""
    rest = segment(0xE2, b"ICC_PROFILE\0\1\1abc") + segment(0xEE, b"Adobe\0d" + bytes(5))
    assert kept == JPEG[:20] + turned + rest + JPEG[20:]


@pytest.mark.parametrize("tiff", [
    b"", b"MM\0*", b"MM\0*\xff\xff\xff\xff\0\0", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0\xff\xff\xff\x7f\0\0\0\0",
    b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0", b"XX" + bytes(30)], ids=repr)
def test_exif_that_cannot_be_read(attach, author, tiff):
    assert kept_of(attach, author, jpeg((0xE1, b"Exif\0\0" + tiff)), "image/jpeg") == JPEG


def test_a_jpeg_without_its_thumbnail(attach, author):
    thumbnail = b"JFIF\0\1\1\0\0\1\0\1\1\3" + PLACE[:9]
    body = JPEG[:2] + segment(0xE0, thumbnail) + segment(0xE0, b"JFXX\0\x10" + PLACE) + JPEG[20:]
    assert kept_of(attach, author, body, "image/jpeg") == JPEG


def test_a_webp_without_its_story(attach, author):
    body = webp((b"EXIF", exif(1)), (b"XMP ", PLACE), (b"ABCD", PLACE)) + PLACE
    kept = kept_of(attach, author, body, "image/webp")
    assert kept == webp_of([(b"VP8X", bytes([0x00]) + VP8X[1:]), (b"VP8 ", VP8)])


def test_a_pdf_is_kept_as_it_is(attach, author):
    body = PDF.replace(b"%%EOF", b"%" + PLACE + b"\n%%EOF")
    assert kept_of(attach, author, body, "application/pdf") == body


# ---- bytes -----------------------------------------------------------------------------------------

def test_how_bytes_are_answered(attach, author):
    picture, paper = attach(filename="blåbær.png"), attach(media="application/pdf")
    answer = content_of(author, picture)
    assert answer.etag == f'"{picture["sha256"]}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Content-Disposition"].startswith("inline; filename=\"bl_b_r.png\"")
    assert content_of(author, paper).headers["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert content_of(author, picture, none_match=answer.etag).status == 304
    whole = answer.exchange.body
    part = content_of(author, picture, headers={"Range": "bytes=1-3"})
    assert part.status == 206 and part.exchange.body == whole[1:4]
    assert part.headers["Content-Range"] == f"bytes 1-3/{len(whole)}"
    content_of(author, picture, headers={"Range": f"bytes={len(whole)}-"}, expect=416,
               code="range_not_satisfiable")
    assert author.head(f"{path_of(picture)}/content").headers["Content-Length"] == str(len(whole))


# ---- who may ---------------------------------------------------------------------------------------

def test_access_is_that_of_the_idea(attach, author, idea, publish, anonymous, participant_2, smart_admin):
    made = attach()
    paths = [path_of(made), f"{path_of(made)}/content", f"{IDEAS}/{idea['id']}/attachments"]
    for path in paths:
        anonymous.get(path, expect=404)
        participant_2.get(path, expect=404)
        smart_admin.get(path)
    publish()
    for path in paths:
        anonymous.get(path)
    author.act(f"{IDEAS}/{idea['id']}", "withdraw")
    for path in paths:
        anonymous.get(path, expect=404)
        author.get(path)


def test_only_the_author_and_only_in_hand(attach, author, idea, publish, anonymous, participant_2,
                                          smart_admin):
    made = attach()
    attach(by=smart_admin, expect=409, code="idea_not_editable")  # seen, and not theirs
    smart_admin.delete(path_of(made), etag=made.etag, expect=409, code="idea_not_editable")
    attach(by=participant_2, expect=404)
    attach(by=anonymous, expect=401)
    publish()
    attach(expect=409, code="idea_not_editable")
    author.delete(path_of(made), etag=made.etag, expect=409, code="idea_not_editable")
    attach(by=participant_2, expect=403)
    participant_2.delete(path_of(made), etag=made.etag, expect=403)
    author.act(f"{IDEAS}/{idea['id']}", "withdraw")
    assert author.delete(path_of(made), etag=made.etag).status == 204


def test_removing(attach, author, idea, owner_db):
    made = attach()
    author.delete(path_of(made), expect=428)
    author.delete(path_of(made), etag='"2-0"', expect=412)
    author.delete(path_of(made), etag=made.etag, dry_run=True)
    author.delete(path_of(made), etag=made.etag)
    for path in path_of(made), f"{path_of(made)}/content":
        author.get(path, expect=404)
    author.delete(path_of(made), etag=made.etag, expect=404)
    assert owner_db.value("SELECT count(*) FROM attachment_content WHERE attachment_id = %s",
                          [made["id"]]) == 0
    assert author.get(f"{IDEAS}/{idea['id']}")["attachments"] == []


def test_what_is_attached_goes_with_its_idea(attach, author, idea, owner_db):
    made = attach()
    author.delete(f"{IDEAS}/{idea['id']}", etag="*")
    assert owner_db.value("SELECT count(*) FROM attachment_content WHERE attachment_id = %s",
                          [made["id"]]) == 0


def test_the_centre_attaches_to_its_own(attach, smart_admin):
    own = smart_admin.post(IDEAS, {"title": "Senterets", "body": "x", "kind": "tool", "audience": "annet",
                                   "author_display": "SMART", "visibility": "public"}).json
    assert attach(by=smart_admin, to=own).status == 201


def test_a_token_without_writing(attach, server, tokens, author):
    reader = Api(server, tokens.sign(author.user.subject, scope="smart:read"))
    attach(by=reader, expect=403, code="insufficient_scope")
