"""Liquid within bounds: a template can neither reach out, nor run long, nor grow without end."""

from collections.abc import Iterator
from functools import cache, lru_cache

from liquid import BoundTemplate, Environment, StrictUndefined, Undefined
from liquid.builtin.expressions.primitive import IntegerLiteral, RangeLiteral
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from kairos.domain.errors import Refused

MOST_SOURCE = 200_000
"""Characters of a template's source; a mail above 102 kB is clipped by Gmail anyway."""

MOST_LOOKUPS = 20_000
"""Variables read while rendering: the bound on time that needs no clock. Some 150 ms."""

FORBIDDEN_TAGS = ("include", "render", "tablerow", "increment", "decrement", "ifchanged", "liquid", "doc")
"""What reaches out of the template, and what no mail needs."""

_TEXT = {"append", "capitalize", "downcase", "escape", "newline_to_br", "prepend", "slice", "strip"}
_TEXT |= {"strip_html", "truncate", "truncatewords", "upcase", "url_encode"}
_NUMBERS = {"at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"}
FILTERS = _TEXT | _NUMBERS | {"date", "default", "first", "join", "last", "size"}
"""Those that can't make much of little: no `replace`, whose result may be the product of its arguments."""


MOST_PASSES = 2_000
"""Passes of all loops together, and numbers in one range."""


class _BoundedContext(RenderContext):
    __slots__ = ("lookups",)

    def get(self, *args: object, **named: object) -> object:
        """A lookup like any other, but counted."""
        self.lookups = getattr(self, "lookups", 0) + 1
        if self.lookups > MOST_LOOKUPS:
            raise LiquidError("the template does too much", token=None)
        return super().get(*args, **named)  # type: ignore[arg-type]


class _BoundedTemplate(BoundTemplate):
    context_class = _BoundedContext


class _BoundedEnvironment(Environment):
    template_class = _BoundedTemplate
    loop_iteration_limit = MOST_PASSES
    output_stream_limit = 500_000
    local_namespace_limit = 100_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Only what is allowed."""
        super().setup_tags_and_filters(extra=extra)
        for name in FORBIDDEN_TAGS:
            del self.tags[name]
        self.filters = {name: one for name, one in self.filters.items() if name in FILTERS}


@cache
def environment(html: bool, strict: bool) -> Environment:
    """html: escape every value. strict: a name that does not exist is an error, else nothing is shown."""
    return _BoundedEnvironment(autoescape=html, undefined=StrictUndefined if strict else Undefined)


@lru_cache(maxsize=500)
def compiled(source: str, html: bool, strict: bool = False) -> BoundTemplate:
    """The template, parsed once while it is in use. Raises Refused for what Liquid can't read."""
    if len(source) > MOST_SOURCE:
        raise Refused("template", "It is too long.", f"Use at most {MOST_SOURCE} characters.")
    try:
        template = environment(html, strict).from_string(source)
    except LiquidError as wrong:
        raise _refused(wrong) from None
    except RecursionError:
        raise Refused("template", "It is nested too deeply.", "Simplify it.") from None
    if any(_is_long_range(one) for one in _expressions(template)):
        remedy = f"Count over at most {MOST_PASSES} numbers, written out: (1..5)."
        raise Refused("template", "It counts too far.", remedy)
    return template


def _expressions(template: BoundTemplate) -> Iterator[Expression]:
    """Every expression in the template, however deep."""
    context, nodes, found = RenderContext(template), list(template.nodes), list[Expression]()
    while nodes:
        node = nodes.pop()
        nodes += node.children(context, include_partials=False)
        found += node.expressions()
    while found:
        one = found.pop()
        found += one.children()
        yield one


def _is_long_range(one: Expression) -> bool:
    """`join`, `contains`, `reversed` and others walk a range in one go, before any pass is counted."""
    if not isinstance(one, RangeLiteral):
        return False
    ends = (one.start, one.stop)
    numbers = [end.value for end in ends if isinstance(end, IntegerLiteral)]
    return len(numbers) < len(ends) or numbers[1] - numbers[0] > MOST_PASSES


def render(source: str, variables: dict[str, object], html: bool, strict: bool = False) -> str:
    """The template with these values. Raises Refused where it breaks a bound or does not fit them."""
    try:
        return compiled(source, html, strict).render(variables)
    except LiquidError as wrong:
        raise _refused(wrong) from None
    except (ValueError, TypeError, ArithmeticError, RecursionError) as wrong:
        raise Refused("template", f"It can't be rendered: {type(wrong).__name__}.", "Simplify it.") from None


def _refused(wrong: LiquidError) -> Refused:
    return Refused("template", f"{wrong.message or type(wrong).__name__}.", "Correct the template.")
