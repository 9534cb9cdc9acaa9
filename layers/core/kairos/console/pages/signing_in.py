"""Signing in and out, and the language of the pages."""

from kairos.console.asked import Answer, Asked
from kairos.console.sections import Route, Section, find
from kairos.console.serving import cookie_name, cookies_of, set_cookie
from kairos.console.words import LANGUAGES
from kairos.domain.errors import Throttled
from kairos.ports import PasswordWanted, SignedIn, WeakPassword, WrongPassword
from kairos.services import sessions

_YEAR = 31_536_000
_LONGEST = 256
"""Characters of what is typed; Cognito takes no longer password."""


def show_form(asked: Asked) -> Answer:
    """Address and password; who is signed in already goes on."""
    further, parts = _further(asked.query.get("to", "")), asked.parts
    if sessions.find(parts.items, parts.real, parts.people, _secret(asked)) is not None:
        return asked.go(asked.root + (further or "/"))
    return asked.page("sign_in.html", to=further, wrong="", email="")


def sign_in(asked: Asked) -> Answer:
    """On to the page that was wanted; or the form again, or one for a password of their own."""
    email, password = asked.one("email")[:_LONGEST], asked.form.get("password", [""])[0][:_LONGEST]
    further = _further(asked.one("to"))
    if not email or not password:
        return asked.page("sign_in.html", 400, to=further, wrong="missing", email=email)
    try:
        found = asked.parts.people.sign_in(email, password)
    except WrongPassword:
        return asked.page("sign_in.html", 403, to=further, wrong="wrong", email=email)
    except Throttled:
        return asked.page("sign_in.html", 503, to=further, wrong="busy", email=email)
    if isinstance(found, PasswordWanted):
        return asked.page("new_password.html", to=further, wrong="", email=email, session=found.session)
    return _begun(asked, found, further)


def choose_password(asked: Asked) -> Answer:
    """A password of their own in the place of the first one, which somebody else made."""
    email, session = asked.one("email")[:_LONGEST], asked.one("session")
    password, again = (asked.form.get(name, [""])[0][:_LONGEST] for name in ("password", "again"))
    further = _further(asked.one("to"))

    def once_more(wrong: str) -> Answer:
        told = {"to": further, "wrong": wrong, "email": email, "session": session}
        return asked.page("new_password.html", 400, **told)

    if password != again:
        return once_more("differs")
    try:
        found = asked.parts.people.choose_password(email, password, session)
    except WeakPassword:
        return once_more("weak")
    except WrongPassword:
        return asked.page("sign_in.html", 403, to=further, wrong="again", email=email)
    except Throttled:
        return once_more("busy")
    return _begun(asked, found, further)


def sign_out(asked: Asked) -> Answer:
    """The session is over, here and on the server."""
    sessions.end(asked.parts.items, _secret(asked))
    return asked.go(f"{asked.root}/sign-in", "signing_in.signed_out")._replace(
        cookie=set_cookie(asked.parts, asked.root, "")
    )


def choose_language(asked: Asked) -> Answer:
    """The pages speak it from now on, in this browser."""
    code, further = asked.one("language"), _further(asked.one("to")) or "/"
    answer = asked.go(asked.root + further)
    if code not in LANGUAGES:
        return answer
    return answer._replace(cookie=set_cookie(asked.parts, asked.root, code, "kairos-language", _YEAR))


def _begun(asked: Asked, who: SignedIn, further: str) -> Answer:
    """The secret is new, so that whoever may have planted another one in the browser has nothing of it."""
    secret = sessions.begin(asked.parts.items, asked.parts.real, who)
    answer = asked.go(asked.root + (further or "/"))
    return answer._replace(cookie=set_cookie(asked.parts, asked.root, secret))


def _further(told: str) -> str:
    """A page of the console to go on to; "" for anything else, so that no link leads elsewhere."""
    return told if find("GET", told) else ""


def _secret(asked: Asked) -> str:
    return cookies_of(asked.request).get(cookie_name(asked.parts), "")


SECTION = Section(
    "signing_in",
    (
        Route("GET", "/sign-in", None, show_form),
        Route("POST", "/sign-in", None, sign_in),
        Route("POST", "/sign-in/password", None, choose_password),
        Route("POST", "/sign-out", "reader", sign_out),
        Route("POST", "/language", None, choose_language),
    ),
)
