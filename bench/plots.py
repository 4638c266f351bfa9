"""Plots as small SVG by hand: ranges of times, and counts by number. No packages."""

import html
import math

INK, GREY, LINE = "#222", "#777", "#ddd"
COLOURS = ["#c0392b", "#e08e0b", "#1f6fb2", "#3a8f4d"]
FONT = 'font-family="sans-serif" font-size="12"'


def text(x, y, words, anchor="start", colour=INK):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{html.escape(words)}</text>'


def line(x1, y1, x2, y2, colour, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def dot(x, y, colour, radius=3.5):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>'


def apart(places, gap):
    """The same heights in their order, moved up as far as it takes to lie `gap` apart."""
    moved, bound = list(places), math.inf
    for i in sorted(range(len(places)), key=lambda i: places[i], reverse=True):
        moved[i] = bound = min(places[i], bound - gap)
    return moved


def drawing(width, height, parts):
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                      f'viewBox="0 0 {width} {height}" {FONT}>',
                      f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def ranges(title, unit, rows):
    """One line for each of rows (name, p50, most): from the one to the other, with a dot at each."""
    left, width, step, top = 190, 720, 20, 46
    most = max(row[2] for row in rows)
    tick = next(size for size in (0.5, 1, 2, 5, 10, 20) if most / size <= 8)
    end = tick * math.ceil(most / tick)
    bottom = top + step * len(rows)
    at = lambda value: left + (width - left - 30) * value / end
    parts = [text(10, 20, title)]
    for i in range(int(end / tick) + 1):
        x = at(i * tick)
        parts += [line(x, top - 8, x, bottom, LINE), text(x, bottom + 16, f"{i * tick:g}", "middle", GREY)]
    parts.append(text((left + width - 30) / 2, bottom + 34, unit, "middle", GREY))
    for x, colour, words in ((width - 135, COLOURS[2], "median"), (width - 65, COLOURS[0], "worst")):
        parts += [dot(x, 16, colour), text(x + 8, 20, words)]
    for i, (name, median, worst) in enumerate(rows):
        y = top + step * i + step / 2
        parts += [text(left - 10, y + 4, name, "end"), line(at(median), y, at(worst), y, COLOURS[2], 2),
                  dot(at(median), y, COLOURS[2]), dot(at(worst), y, COLOURS[0])]
    return drawing(width, bottom + 42, parts)


def counts(title, across, numbers, series):
    """Lines by name: a count for each of `numbers`, both axes in steps of their own: 0, 1, 10, 100 ..."""
    left, width, top, bottom = 60, 720, 46, 300
    end = max(1, math.ceil(math.log10(1 + max(max(values) for _, values in series))))
    at_x = lambda i: left + (width - left - 150) * i / max(1, len(numbers) - 1)
    at_y = lambda value: bottom - (bottom - top) * math.log10(1 + value) / end
    parts = [text(10, 20, title)]
    for power in range(end + 1):
        value = 10**power if power else 0
        for shown in {0, value, 1} if power == 0 else {value}:
            parts += [line(left, at_y(shown), width - 150, at_y(shown), LINE),
                      text(left - 8, at_y(shown) + 4, f"{shown:,}", "end", GREY)]
    for i, number in enumerate(numbers):
        parts.append(text(at_x(i), bottom + 18, str(number), "middle", GREY))
    parts.append(text((left + width - 150) / 2, bottom + 36, across, "middle", GREY))
    labels = apart([at_y(values[-1]) for _, values in series], 16)
    for which, (name, values) in enumerate(series):
        colour = COLOURS[which % len(COLOURS)]
        under = sum(any(a == b for a, b in zip(values, later)) for _, later in series[which + 1:])
        points = [(at_x(i), at_y(value)) for i, value in enumerate(values)]
        # Wider where others will lie on it, so that all are seen.
        parts += [line(*a, *b, colour, 2 + 3 * under) for a, b in zip(points, points[1:])]
        parts += [dot(x, y, colour, 3.5 + 1.5 * under) for x, y in points]
        parts.append(text(points[-1][0] + 14, labels[which] + 4, f"{name}: {values[-1]:,}", colour=colour))
    return drawing(width, bottom + 46, parts)
