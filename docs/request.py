#!/usr/bin/env python3
"""Draws request.svg, the picture of the README: python3 docs/request.py

The picture has its own background, and other colours in dark mode, so that it is readable on both kinds of pages."""

from pathlib import Path

STYLE = """
  .page { fill: #ffffff; stroke: #d0d7de }
  .box { fill: #f6f8fa; stroke: #8c959f }
  .route { fill: #ddf4ff; stroke: #54aeff }
  .text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
  .name { fill: #1f2328; font: 600 15px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif }
  .note { fill: #59636e; font: 13px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif }
  .line { stroke: #59636e; stroke-width: 1.5; fill: none; marker-end: url(#head) }
  .head { fill: #59636e }
  .ok { fill: #1a7f37 } .no { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d }
    .box { fill: #151b23; stroke: #656c76 }
    .route { fill: #121d2f; stroke: #1f6feb }
    .text, .name { fill: #f0f6fc }
    .note { fill: #9198a1 }
    .line { stroke: #9198a1 }
    .head { fill: #9198a1 }
    .ok { fill: #3fb950 } .no { fill: #f85149 }
  }
"""

WIDTH, HEIGHT = 860, 366
TABLE = (330, 20, 230, 326)  # x, y, width, height
SERVER = (660, 20, 180, 326)
LEFT = 24

# The request, the colour and the text of its response, what the table does with it, and whether it reaches the server.
ROWS = [
    ("GET /api/users/7", "ok", '200 {"id":7,"name":"Ada"}', "handler", False),
    ("PUT /api/users/7", "no", "405, Allow: GET, HEAD, …", "no such method", False),
    ("GET /about", "ok", "200 a page", "no route: unchanged", True),
]


def rect(kind, x, y, width, height):
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'


def text(kind, x, y, words, anchor="start"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def line(x1, x2, y):
    return f'<path class="line" d="M{x1} {y}H{x2}"/>'


def row(y, request, colour, response, note, passes):
    x, _, width, _ = TABLE
    end = SERVER[0] if passes else x + 14
    start = end if passes else x + 14
    parts = [
        text("text", LEFT, y, request),
        line(LEFT, end - 3, y + 10),
        line(start, LEFT + 3, y + 40),
        text(f"text {colour}", LEFT, y + 58, response),
    ]
    if passes:
        parts.append(text("note", x + width / 2, y + 2, note, "middle"))
    else:
        parts.append(rect("route", x + 16, y - 6, width - 32, 62))
        label = "/api/users/{id}"
        parts.append(text("text", x + width / 2, y + 20, label, "middle"))
        parts.append(text("note", x + width / 2, y + 42, note, "middle"))
    return parts


def picture():
    title = "A route table in front of a server: a hit, a 405, and a request that falls through"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
        rect("page", 0.5, 0.5, WIDTH - 1, HEIGHT - 1),
        rect("box", *TABLE),
        rect("box", *SERVER),
        text("name", TABLE[0] + TABLE[2] / 2, TABLE[1] + 28, "route table", "middle"),
        text("name", SERVER[0] + SERVER[2] / 2, SERVER[1] + 28, "your server", "middle"),
        text("note", SERVER[0] + SERVER[2] / 2, SERVER[1] + 50, "axum, hyper, warp,", "middle"),
        text("note", SERVER[0] + SERVER[2] / 2, SERVER[1] + 68, "any tower service", "middle"),
    ]
    for number, content in enumerate(ROWS):
        parts += row(76 + 96 * number, *content)
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    Path(__file__).with_name("request.svg").write_text(picture())
