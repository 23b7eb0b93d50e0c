"""Filling a template from a decision: who writes, what the law lets them write, which values it needs, and the finished document."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from homerule.advice.drafts import agreement as agreements
from homerule.advice.drafts import template as shelf
from homerule.advice.drafts.markup import armour, disarm, plain_disarm, read_blocks
from homerule.advice.drafts.order import Blank, Drafted, Order
from homerule.advice.drafts.template import Common, Field, Template, Variant
from homerule.advice.drafts.view import OPEN, View, authorities, facts_line, receipt, speller, us_date, view
from homerule.documents.marks import literal
from homerule.documents.model import Block, Bullets, Document, Heading, PageBreak, Paragraph
from homerule.errors import CorpusError, HomeruleError, InputError, nearest, shorten
from homerule.reasoning.decide import Engine, Request, read_day
from homerule.reasoning.explain import listed
from homerule.reasoning.finding import Decision
from homerule.vocabulary import Vocabulary

try:
    from jinja2 import DictLoader, StrictUndefined, TemplateError
    from jinja2 import Template as Template_
    from jinja2.sandbox import SandboxedEnvironment
except ImportError:
    raise InputError("a draft needs the extra `documents`", help="Install it with `pip install 'homerule[documents]'`") from None

CHOICES = ("comply", "decline")


def draft(engine: Engine, order: Order) -> Drafted:
    """The document that ``order`` asks for.

    Raises InputError where it may not lawfully be drafted (naming the authority and the document that may), where fields are missing (naming each), or where
    the answer still turns on facts; CorpusError where a template cannot be used.
    """
    return _Filler(engine, order).draft()


def fields(engine: Engine, order: Order) -> tuple[Blank, ...]:
    """The fields of a kind and where each value comes from, without drafting it. Raises InputError as `draft` does, but not for missing fields."""
    filler = _Filler(engine, order)
    filler.answer()
    filler.fill()
    return tuple(filler.blanks)


def lawful(engine: Engine, order: Order) -> bool:
    """Whether a document of this kind may be drafted here: only the verdicts are asked."""
    filler = _Filler(engine, order)
    filler.decide()
    return not filler.barred()


class _Filler:
    def __init__(self, engine: Engine, order: Order) -> None:
        self.engine, self.order = engine, order
        self.places = shelf.folders(engine.corpus.folder, order.templates)
        self.common: Common = shelf.common(self.places)
        self.template: Template = shelf.template(self.places, order.kind)
        self.spell = speller(self.common.spelling)
        self.agreement = agreements.read(order.agreement, self.common.models, self.common.agencies)
        self.vocabulary: Vocabulary = engine.corpus.vocabulary
        self.values: dict[str, Any] = {}
        self.blanks: list[Blank] = []
        self.missing: list[Field] = []
        self.warnings: list[str] = []
        self.acts: dict[str, View] = {}
        self.others: list[tuple[str, View]] = []
        self.also: dict[str, dict[str, View]] = {}
        self.decisions: list[Decision] = []
        self.clean = True
        self.more: dict[str, Any] = {}
        self.on = read_day(order.on)
        where, writer = order.place or self.agreement.place, ""
        if self.template.reads == "policy":
            from homerule.advice.drafts.ordinance import read_policy

            self.more, where, self.clean, said, writer = read_policy(engine, order)
            self.warnings += said
        if not where:
            raise InputError("no place is given", where=f"draft {order.kind}", help='Name it, for instance `"Cook County, IL"`')
        self.variant = self._variant(where)
        self.actor = order.actor or writer or self._actor(where)
        self.place, _, self.vocabulary, _, self.notes = engine.body(where, self.actor)
        self.passages = tuple(self.common.passage.items())

    # ------------------------------------------------------------------ which text, and who writes

    def _variant(self, where: str) -> Variant | None:
        t = self.template
        if not t.choose:
            return None
        place = self.engine.find(where)
        here = [v for v in t.variant if not v.place or v.place in place.chain]
        given = self.order.values.get(t.choose, "")
        if not here:
            states = listed(tuple(sorted({v.place.upper() for v in t.variant})), "and")
            raise InputError(f"no `{t.kind}` is laid down for {place.name} in these templates (only for {states})", where=f"draft {t.kind}", help="Add a [[variant]] for it to a template folder of your own: see docs/how-to/draft-documents.md")
        if not given:
            asked = [v for v in here if v.request and v.request == self.order.request]
            if asked or len(here) == 1:
                return (asked or here)[0]
            told = "; ".join(f"{v.name} ({v.line})" for v in here)
            raise InputError(f"`{t.kind}` has several texts: {told}", where=f"draft {t.kind}", help=f"Choose with `--set {t.choose}=…`")
        for v in here:
            if v.name == given:
                return v
        raise InputError(f"`{shorten(given)}` is no text of `{t.kind}` here", where=f"--set {t.choose}", help=nearest(given, [v.name for v in here]))

    def _actor(self, where: str) -> str:
        actors = {**self.template.actor, **(self.variant.actor if self.variant else {})}
        if not actors:
            raise InputError(f"`{self.template.kind}` needs to know who writes it", help="Give --actor")
        kind = self.engine.find(where).kind
        kind = "county" if kind == "city-county" and "county" in actors else "city" if kind == "city-county" else kind
        if self.agreement.actor and kind in actors:
            return self.agreement.actor
        return actors.get(kind) or next(iter(actors.values()))

    # ------------------------------------------------------------------ what the law says

    def decide(self) -> None:
        """Ask the law: the template's own question, and the further cases that it compares with."""
        t, v = self.template, self.variant
        request = self.order.request or (v.request if v else "") or t.request
        if self.order.request and t.requests and request not in t.requests:
            raise InputError(f"`{t.kind}` does not answer `{shorten(request)}`", where="--request", help=nearest(request, t.requests))
        act = self.order.values.get("act", "")
        wanted = (v.acts if v and v.acts else t.acts) or ((self.vocabulary.act(act).name,) if act and any(f.name == "act" for f in t.field) else ())
        facts = {**t.facts, **self.agreement.facts, **self.order.facts}
        asked = self.vocabulary.asked(request) if request else None
        acts = wanted or (asked.acts if asked else ())
        for act in acts:
            name = request if asked and act in asked.acts else act
            decision = self.engine.decide(Request(self.place.id, self.actor, name, self.on, facts, self.order.at, (act,)))
            self.decisions.append(decision)
            self.acts[act] = self._view(decision)
        for name, given in t.also.items():
            found = [self.engine.decide(Request(self.place.id, self.actor, act, self.on, {**facts, **given}, self.order.at)) for act in acts]
            self.also[name] = {d.findings[0].act: self._view(d) for d in found}
        self.request, self.facts = asked, facts
        for actor in t.others.get(self.place.kind.partition("-")[-1] if self.place.kind == "city-county" else self.place.kind, ()):
            for act in self._allowed() or self.acts:
                if actor == self.actor:
                    continue
                decision = self.engine.decide(Request(self.place.id, actor, act, self.on, facts, self.order.at))
                self.others.append((self.vocabulary.actor(actor).words, self._view(decision)))

    def _view(self, decision: Decision) -> View:
        return view(decision.findings[0], self.vocabulary, self.engine.corpus, self.on, self.spell)

    def _allowed(self) -> Mapping[str, tuple[str, ...]]:
        return {**self.template.allowed, **(self.variant.allowed if self.variant else {})}

    def barred(self) -> list[View]:
        """The acts whose verdict forbids this document."""
        out = []
        for act, verdicts in self._allowed().items():
            for name in [act] if act != "any" else list(self.acts):
                found = self.acts.get(name)
                if found and not set(found.reachable) & set(verdicts):
                    out.append(found)
                out += [x for _, x in self.others if x.name == name and not set(x.reachable) & set(verdicts)]
        return out if "any" not in self._allowed() or len(out) == len(self.acts) else []

    def answer(self) -> None:
        """Decide, refuse what may not be drafted, and settle what the office does on each act that the document answers."""
        self.decide()
        barred = self.barred()
        if barred:
            self._refuse(barred)
        turns = [a for act, verdicts in self._allowed().items() if (a := self.acts.get(act)) and a.verdict == "depends" and "depends" not in verdicts and not set(a.reachable) <= set(verdicts)]
        answers = {*self.template.answers, *(self.variant.answers if self.variant else ())}
        for act in answers & set(self.acts):
            a = self.acts[act]
            given = self.order.values.get(act, "")
            if given and given not in CHOICES:
                raise InputError(f"`{shorten(given)}` is no answer on {a.noun}", where=f"--set {act}", help="Give comply or decline")
            if (given == "comply" and not a.may_comply) or (given == "decline" and not a.may_decline):
                if a.verdict == "depends":
                    turns.append(a)
                    continue
                raise InputError(f"the answer `{given}` on {a.noun} may not be drafted: {a.answer.rstrip('.')} ({a.cites or 'see `homerule decide`'})", where=f"--set {act}", help="Leave it out: the law decides it")
            sure = "comply" if a.verdict == "required" else "decline" if a.verdict == "prohibited" else given
            if not sure:
                ways = [c for c, may in zip(CHOICES, (a.may_comply, a.may_decline)) if may]
                if a.verdict == "depends" and not ways:
                    turns.append(a)
                    continue
                why = f"The law {a.standing}: {a.noun}" if a.verdict in OPEN else f"{a.noun[:1].upper()}{a.noun[1:]} turns on facts not given"
                more = f"; or give the facts: {' '.join(m.rpartition('[')[2].rstrip(']') for m in a.missing[:6])}" if a.verdict == "depends" else ""
                self.missing.append(Field(name=act, question=f"{why}; what does the office do{more}?", values=tuple(ways)))
                self.blanks.append(Blank(act, self.missing[-1].question, "needed", "", tuple(ways)))
            elif given:
                self.blanks.append(Blank(act, f"What does the office do on {a.noun}?", "given", given, CHOICES))
            self.acts[act] = a._replace(choice=sure)
        if turns:
            asked = dict.fromkeys(m for a in turns for m in a.missing)
            raise InputError(f"the answer on {listed(tuple(dict.fromkeys(a.noun for a in turns)), 'and')} turns on facts not yet given: {' '.join(asked)}", where=f"draft {self.template.kind}", help="Give each with `--fact NAME=VALUE`")

    def _refuse(self, barred: list[View]) -> None:
        first = barred[0]
        says = first.answer.rstrip(".")
        cites = f" ({first.cites})" if first.cites else ""
        kinds = (self.variant.instead if self.variant and self.variant.instead else ()) or self.template.instead
        offers = [k for k in kinds if self._lawful_instead(k)]
        offer = f"What may be drafted here: {listed(tuple(f'`homerule draft {k}`' for k in offers), 'or')}" if offers else "Take the question to counsel"
        raise InputError(f"`{self.template.kind}` may not be drafted: {says}{cites}", where=self.place.name, help=offer)

    def _lawful_instead(self, kind: str) -> bool:
        name, _, choice = kind.partition(" --set ")
        values = {choice.partition("=")[0]: choice.partition("=")[2]} if choice else {}
        try:
            return lawful(self.engine, self.order._replace(kind=name, values=values, request="", actor=self.order.actor))
        except HomeruleError:
            return False

    # ------------------------------------------------------------------ values

    def context(self) -> dict[str, Any]:
        """What templates may speak of."""
        office: Mapping[str, str] = self.common.office.get(self.actor) or {"name": "", "head": self.vocabulary.actor(self.actor).words.removeprefix("the ").title(), "self": "this office"}
        state = self.engine.find(self.place.state).name if self.place.state else self.place.name
        short = self.place.name.removesuffix(f", {state}")
        body = self.order.values.get("body") or (f"City of {short}" if self.place.kind == "city" else short)
        if self.agreement.agency:
            office = {**office, "name": self.agreement.agency}
        office = {**office, **({"name": self.order.values["office"]} if self.order.values.get("office") else {})}
        return {
            "place": self.place.name, "body": body, "the_body": f"the {body}" if body.startswith("City of ") else body, "state": state, "office": office, "actor": self.actor, "actor_words": self.vocabulary.actor(self.actor).words,
            "on": us_date(self.on), "day": self.on, "year": self.on.year, "acts": self.acts, "also": self.also, "request": self.request.name if self.request else "",
            "request_words": self.request.words if self.request else "", "facts": facts_line(self.facts, self.vocabulary), "federal": dict(self.common.federal),
            "agreement": self.agreement, "variant": self.variant, "words": dict(self.variant.words) if self.variant else {}, "languages": self._languages(), "us": agreements.us, "others": self.others,
            "known_clause": lambda form: defaultdict(str, agreements.clause(form, "", "", None)) if form else defaultdict(str), "form_of": lambda model, signed: agreements.form_of(self.common.federal.get("kind", ""), model, signed), "model_label": lambda m: agreements.label(self.common.federal.get("kind", ""), m) if m and m != "other" else "",
            "after": agreements.after, **({self.template.choose: self.variant.name} if self.variant else {}),
            **self.acts, **self.more,
        }  # fmt: skip

    def _languages(self) -> list[dict[str, Any]]:
        reach = {*self.place.chain}
        return [dict(x) for x in self.common.language if x["place"] in reach and (not self.request or self.request.name in x["requests"])]

    def fill(self) -> None:
        """Every field: given, else from its default, else noted as missing or left as a ruled line."""
        known = {f.name: f for f in self.common.field}
        wanted = [known[n] if n in known else self._unknown(n) for n in self.template.uses] + list(self.template.field) + list(self.variant.field if self.variant else ())
        context = self.context()
        taken = {*(f.name for f in wanted), *self.acts, self.template.choose, "body", "office"}
        for name, question, value in (("body", "The body, as its letterhead names it", context["body"]), ("office", "The office, as its letterhead names it", context["office"]["name"])):
            self.blanks.append(Blank(name, question, "given" if self.order.values.get(name) else "filled", value, ()))
        for name in self.order.values:
            if name not in taken:
                raise InputError(f"`{self.template.kind}` has no field `{shorten(name)}`", where="--set", help=nearest(name, sorted(taken - {""})))
        for field in wanted:
            given = str(self.order.values.get(field.name, "")).strip()
            value = given or self.render(field.default, context, f"field {field.name}").strip()
            text = self._read(field, value) if value else ""
            needed = not value and not field.blank and self._true(field.needed, context)
            if needed:
                self.missing.append(field)
            state = "given" if given else "filled" if value else "by hand" if field.blank else "needed" if needed else "optional"
            self.blanks.append(Blank(field.name, field.question, state, value, field.values))
            context[field.name] = self.values[field.name] = text

    def _unknown(self, name: str) -> Field:
        raise CorpusError(f"the template uses the field `{name}`, which {shelf.COMMON} does not declare", where=self.template.file, help="Declare it with [[field]]")

    def _read(self, field: Field, value: str) -> str:
        if field.values and value not in field.values:
            raise InputError(f"`{shorten(value)}` is no value of `{field.name}`", where="--set", help=nearest(value, field.values))
        if field.kind == "date":
            try:
                return us_date(dt.date.fromisoformat(value))
            except ValueError:
                raise InputError(f"`{shorten(value)}` is no day", where=f"--set {field.name}", help="Give it as YYYY-MM-DD") from None
        if field.kind == "number" and not (value.isascii() and value.isdigit() and len(value) < 8):
            raise InputError(f"`{shorten(value)}` is no whole number", where=f"--set {field.name}", help="Give digits alone")
        return value

    def _true(self, expression: str, context: dict[str, Any]) -> bool:
        try:
            return bool(_environment(self.passages).compile_expression(expression, undefined_to_none=False)(**context))
        except (TemplateError, TypeError) as error:
            raise CorpusError(f"`{expression}` cannot be used: {error}", where=self.template.file, help="Mend the template") from None

    def render(self, text: str, context: dict[str, Any], part: str) -> str:
        """A piece of the template, filled."""
        if not text:
            return ""
        try:
            filled = _compiled(self.passages, text).render(context)
            return plain_disarm(filled) if part.startswith("field") else filled
        except (TemplateError, TypeError, KeyError, ValueError, AttributeError) as error:
            raise CorpusError(f"{part} cannot be filled: {' '.join(str(error).split())[:200]}", where=self.template.file, help="Mend the template") from None

    # ------------------------------------------------------------------ the document

    def draft(self) -> Drafted:
        """The finished document."""
        self.answer()
        if self.template.reads == "log":
            from homerule.advice.drafts.report import read_log

            self.more |= read_log(self.order.log, self.variant, self.engine.corpus, self.vocabulary, self.on, self.order.values, self.spell)
            self.warnings += self.more["warnings"]
        self.fill()
        if self.missing:
            names = "; ".join(f"{f.name} ({f.question.rstrip('.')}{': ' + ' or '.join(f.values) if f.values else ''})" for f in self.missing)
            count = "one more value" if len(self.missing) == 1 else f"{len(self.missing)} more values"
            raise InputError(f"the draft needs {count}: {names}", where=f"draft {self.template.kind}", help=f"Give each with `--set NAME=VALUE`; `homerule draft {self.template.kind} … --fields` lists every field")
        t, context = self.template, {**self.context(), **self.values}
        title = self.variant.title if self.variant and self.variant.title else t.title
        body = self.variant.body if self.variant and self.variant.body else t.body

        def words(text: str, part: str) -> str:
            return disarm(" ".join(self.render(text, context, part).split()))

        blocks = [*read_blocks(self.render(body, context, "body")), *self._for_counsel()]
        heads = [("Date", us_date(self.on))] if t.form in ("letter", "memo", "report", "order") else []
        if t.to:
            heads.append(("To", "\n".join(disarm(line.strip()) for line in self.render(t.to, context, "to").split("\n") if line.strip())))
        heads += [(label, said) for label, text in t.heads if (said := words(text, label))]
        head = [words(x, "letterhead") for x in ("{{ body }}", "{{ office.name }}", "{{ address }}" if "address" in self.values else "")]
        extra = [f"{s.citation}: {s.says.rstrip('.')} ({s.certainty}; checked {s.checked}; {s.source})." for s in t.authority]
        extra += [f"{a['citation']} ({a['certainty']})" for a in self.more.get("authorities", ())]
        document = Document(
            title=words(title, "title"), blocks=tuple(blocks), kind=t.form, subtitle=words(t.subtitle, "subtitle"), letterhead=tuple(x for x in head if x), fields=tuple(heads),
            authorities=authorities([*self.acts.values(), *(x for _, x in self.others), *self.more.get("views", ())], extra, most=0 if t.form == "card" or t.reads == "policy" else 3), receipt=self._receipt(), extra={"author": disarm(plain_disarm(head[0]))},
        )  # fmt: skip
        return Drafted(t.kind, document, shelf.word_template(self.places, t.form), tuple(self.decisions), tuple(dict.fromkeys(self.warnings)), tuple(self.blanks), self.clean)

    def _receipt(self) -> str:
        if self.decisions:
            return receipt(self.decisions[0])
        corpus = self.engine.corpus
        return f"Prepared with Homerule: corpus {corpus.version} ({', '.join(p.partition(':')[0] + ' ' + p.partition(':')[2][:10] for p in corpus.hash_of(self.place.chain).split())}), law as of {us_date(self.on)}. A draft for counsel to review; not legal advice."

    def _for_counsel(self) -> list[Block]:
        """What counsel must know and the addressee need not: doubts, clashes, assumptions, what the corpus lacks."""
        said: list[str] = []
        for a in self.acts.values():
            said += [f"**{a.noun[:1].upper()}{a.noun[1:]}** is {a.phrase}: {d}" for d in a.doubts]
            said += [f"On {a.noun}: {c}" for c in a.clashes]
            said += [f"Recalled, not confirmed against a source: {r.cite}." for r in a.reasons if r.certainty == "recalled"]
            said += [f"On {a.noun}, taken as given: {x}." for x in a.assumed]
            if a.verdict == "depends" and a.choice:
                said.append(f"On {a.noun} the law turns on facts not given. The answer in this draft is lawful in every case that they leave.")
            said += [f"Coming: {x}." for x in a.coming]
            said += [f"Duty: {literal(t.says)}{' ' + literal(t.when).rstrip('.') + '.' if t.when else ''} ({literal(t.cite)})" for t in a.tasks if not (t.cap and a.choice != "comply")]
            if a.verdict in ("unsettled", "conflict"):
                self.warnings.append(f"the law is {a.phrase} on {a.noun}")
        said += [f"{n[:1].upper()}{n[1:].rstrip('.')}." for n in self.notes]
        said += self.agreement.doubts
        form = self.values.get("agreement_form", "")
        if form and not self.agreement.clause and not self.order.values.get("clause_words"):
            known = agreements.clause(form, "", "", None)
            said.append(f"The exit clause is that of the form `{form}` ({known.get('label', '')}; {known.get('certainty', 'unread')}), and was not read in the signed copy: compare them before this is sent.")
            self.warnings.append("the exit clause is that of the form, not read in the signed copy: compare them before the notice is sent")
        said += [w[:1].upper() + w[1:].rstrip(".") + "." for w in self.more.get("warnings", ())]
        said += [self.template.note] if self.template.note else []
        unique = tuple(dict.fromkeys(said))
        if not unique:
            return []
        return [PageBreak(), Heading("For counsel: remove before this is issued"), Bullets(unique)] if self.template.form != "card" else [Paragraph("**For counsel, before this is issued.** " + " ".join(unique[:4]), "small")]


@lru_cache(maxsize=8)
def _environment(passages: tuple[tuple[str, str], ...]) -> SandboxedEnvironment:
    env = SandboxedEnvironment(loader=DictLoader(dict(passages)), undefined=StrictUndefined, finalize=armour, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    env.filters.update(cap=lambda s: str(s)[:1].upper() + str(s)[1:], low=_low, listed=lambda items, last="and": listed(tuple(items), last), stop=lambda s: str(s).rstrip(". ") + ".")
    return env


@lru_cache(maxsize=1024)
def _compiled(passages: tuple[tuple[str, str], ...], text: str) -> Template_:
    return _environment(passages).from_string(text)


def _low(text: str) -> str:
    text = str(text)
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
