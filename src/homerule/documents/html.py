"""A document as one HTML page: semantic, readable without a style sheet, for screen (light and dark) and print, with no request to anywhere."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from html import escape

from homerule.documents import shape
from homerule.documents.marks import plain, runs
from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table
from homerule.documents.shape import body, head, squared

_CSS = """
:root{color-scheme:light dark;--ink:#1a1a1a;--quiet:#4a4a4a;--paper:#fff;--rule:#8a8a8a;--soft:#f3f3f1;--mark:#7a3b00}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--quiet:#bdbdbd;--paper:#15171a;--rule:#7d8590;--soft:#22262b;--mark:#ffb77a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 Georgia,"Times New Roman","Liberation Serif",serif}
main{max-width:44rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:break-word}
h1,h2,h3,h4{line-height:1.25;margin:1.8em 0 .5em;text-wrap:balance}
h1{font-size:1.6rem;margin-top:1em}h2{font-size:1.22rem}h3{font-size:1.05rem}h4{font-size:1rem;font-style:italic}
p,ul,ol,table,figure,aside,dl{margin:.75em 0}
li{margin:.3em 0}
ol.alpha{list-style:none;counter-reset:a var(--start,0);padding-left:2.2em}ol.alpha>li{counter-increment:a;position:relative}
ol.alpha>li::before{content:"(" counter(a,lower-alpha) ")";position:absolute;left:-2.2em}
.letterhead{text-align:center;border-bottom:2px solid var(--ink);padding-bottom:.8rem;margin-bottom:1.4rem}
.letterhead p{margin:.1em 0}.letterhead p:first-child{font-size:1.3rem;font-weight:bold;letter-spacing:.02em}
.mark{color:var(--mark);font:bold .875rem/1.4 system-ui,sans-serif;border:1px solid currentColor;padding:.3em .7em;display:inline-block}
.address{white-space:pre-line}.lead{font-size:1.18rem}.small,caption.small{font-size:.875rem;color:var(--quiet)}
.subtitle{color:var(--quiet);margin-top:-.3em}
dl.fields{display:grid;grid-template-columns:max-content 1fr;gap:.25em 1.2em;border-bottom:1px solid var(--rule);padding-bottom:1em}
dl.fields dt{font-weight:bold}dl.fields dd{margin:0;white-space:pre-line}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:bold;padding:.2em 0 .5em}
th,td{text-align:left;vertical-align:top;padding:.4em .7em;border-bottom:1px solid var(--rule)}
thead th{border-bottom:2px solid var(--ink);background:var(--soft)}
.n{text-align:right}
figure img{max-width:100%;height:auto;background:#fff}
figcaption{font-size:.9rem;color:var(--quiet)}
aside{border-left:5px solid var(--rule);background:var(--soft);padding:.7em 1em}
aside.warning{border-left-color:#b35806}aside.draft{border-left-color:var(--mark)}
aside strong.label{display:block}
.sign{margin:2.6em 0 1em;break-inside:avoid}.sign .line{display:flex;gap:2em}.sign .line span{border-top:1px solid var(--ink);flex:2;padding-top:.2em}.sign .line span+span{flex:1}
dl.form{display:grid;grid-template-columns:max-content 1fr;gap:.7em 1em}dl.form dt{font-weight:bold}dl.form dd{margin:0}dl.form dd.blank{border-bottom:1px solid var(--ink);min-height:1.4em}
.authorities{font-size:.95rem}
.card main{max-width:34rem}.card{font-family:system-ui,"Helvetica Neue",Arial,sans-serif}
.skip{position:absolute;left:-99rem}
@media print{
@page{size:letter;margin:1in}
:root{--ink:#000;--quiet:#333;--paper:#fff;--soft:#f3f3f1;--mark:#000}
body{font-size:11pt}main{max-width:none;padding:0}
h2,h3,h4{break-after:avoid}tr,li,aside,figure{break-inside:avoid}thead{display:table-header-group}
.break{break-after:page;border:0}
}
"""


def to_html(doc: Document) -> str:
    """``doc`` as one self-contained page (UTF-8): no script, no request, styles for screen and print."""
    top = head(doc)
    out = [
        f'<!DOCTYPE html>\n<html lang="{escape(doc.language)}">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(plain(shape.title(doc)))}</title>\n<meta name="author" content="{escape(top.author)}">\n<style>{_CSS}</style>\n</head>\n'
        f'<body class="{doc.kind}">\n<main>\n<header>'
    ]
    if top.letterhead:
        out.append('<div class="letterhead">' + "".join(f"<p>{escape(line)}</p>" for line in top.letterhead) + "</div>")
    if top.mark:
        out.append(f'<p class="mark">{escape(top.mark)}</p>')
    if top.date:
        out.append(f"<p>{escape(top.date)}</p>")
    if top.to:
        out.append('<p class="address">' + "\n".join(escape(line) for line in top.to) + "</p>")
    out.append(f"<h1>{'Re: ' if doc.kind == 'letter' else ''}{_inline(shape.title(doc))}</h1>")
    if doc.subtitle:
        out.append(f'<p class="subtitle">{_inline(doc.subtitle)}</p>')
    if top.fields:
        out.append('<dl class="fields">' + "".join(f"<dt>{escape(label)}</dt><dd>{_inline(value, lines=True)}</dd>" for label, value in top.fields) + "</dl>")
    out.append("</header>")
    out.append(_distinct("\n".join(_block(block) for block in body(doc))))
    out.append("</main>\n</body>\n</html>\n")
    return "\n".join(out)


def fragment(doc: Document) -> str:
    """The body of ``doc`` for a page of somebody else's: its blocks from ``<h2>`` down, without a head and without any style attribute."""
    return re.sub(r' style="[^"]*"', "", _distinct("\n".join(_block(block) for block in body(doc))))


def _distinct(page: str) -> str:
    """Regions with names of their own: those that would have the same are numbered."""
    seen: Counter[str] = Counter()

    def name(found: re.Match[str]) -> str:
        seen[found[1]] += 1
        return found[0] if seen[found[1]] == 1 else f'role="region" aria-label="{found[1]} {seen[found[1]]}"'

    return re.sub(r'role="region" aria-label="([^"]*)"', name, page)


def _inline(text: str, *, lines: bool = False) -> str:
    parts = []
    for run in runs(text, lines):
        piece = escape(run.text, quote=False)
        piece = f"<em>{piece}</em>" if run.emphasis else piece
        parts.append(f"<strong>{piece}</strong>" if run.strong else piece)
    return "".join(parts)


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            n = min(max(level, 1), 3) + 1
            return f"<h{n}>{_inline(text)}</h{n}>"
        case Paragraph(text, style):
            kind = f' class="{style}"' if style in ("lead", "small", "address") else ""
            return f"<p{kind}>{_inline(text, lines=style == 'address')}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{_inline(i)}</li>" for i in items) + "</ul>"
        case Numbered(items, start, form):
            begin = f' class="alpha" style="--start:{start - 1}"' if form == "a" else f' start="{start}"' if start != 1 else ""
            return f"<ol{begin}>" + "".join(f"<li>{_inline(i)}</li>" for i in items) + "</ol>"
        case Table():
            return _table(block)
        case Figure(image, alt, caption, width_cm):
            kind, data = ("png", image) if isinstance(image, bytes) else ("svg+xml", image.encode("utf-8"))
            note = f"<figcaption>{_inline(caption)}</figcaption>" if caption else ""
            return f'<figure><img src="data:image/{kind};base64,{b64encode(data).decode()}" alt="{escape(plain(alt))}" style="width:{width_cm:g}cm">{note}</figure>'
        case Callout(label, text, kind):
            name = kind if kind in ("note", "warning", "draft") else "note"
            return f'<aside class="{name}" aria-label="{escape(plain(label))}"><strong class="label">{_inline(label)}</strong>{_inline(text)}</aside>'
        case Signature(name, office, date):
            who = "<br>".join(_inline(x) for x in (name, office) if x) or "Signature"
            return f'<div class="sign"><div class="line"><span>{who}</span>{"<span>Date</span>" if date else ""}</div></div>'
        case Form(fields):
            rows = (f"<dt>{_inline(label)}</dt>" + (f"<dd>{_inline(value)}</dd>" if value else '<dd class="blank"><span class="skip">to be filled in</span></dd>') for label, value in fields)
            return '<dl class="form">' + "".join(rows) + "</dl>"
        case PageBreak():
            return '<hr class="break">'
    raise TypeError(block)


def _table(table: Table) -> str:
    def cells(tag: str, row: tuple[str, ...]) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(f"<{tag}{scope}{numeric if i in table.numeric else ''}>{_inline(c)}</{tag}>" for i, c in enumerate(row))

    numeric = ' class="n"'
    caption = f"<caption>{_inline(table.caption)}</caption>" if table.caption else ""
    rows = "".join(f"<tr>{cells('td', row)}</tr>\n" for row in squared(table))
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(plain(table.caption) or "Table")}"><table>{caption}<thead><tr>{cells("th", table.head)}</tr></thead>\n<tbody>{rows}</tbody></table></div>'
