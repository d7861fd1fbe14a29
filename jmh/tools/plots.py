"""Charts as SVG, without any library: a bar or a point is a median, the thin line on it reaches from the minimum to the maximum."""

import html
import math
import statistics

WIDTH = 760
BAR = 20
LEFT = 130
RIGHT = 190
COLOURS = {"ottla": "#2a7f62", "ottla-memory": "#7fc8a9", "kafka": "#8a8f98", "bare": "#d0a85c", "java": "#d0a85c"}


def bars(title, unit, digits, values_by_name):
    """One chart; `values_by_name` maps a name to its measured values."""
    rows = [(name, values) for name, values in values_by_name.items() if values]
    top = max(max(values) for _, values in rows) or 1
    height = 46 + len(rows) * (BAR + 12)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{html.escape(title)}</text>',
    ]
    y = 42
    for name, values in rows:
        scale = (WIDTH - LEFT - RIGHT) / top
        low, middle, high = min(values), statistics.median(values), max(values)
        centre = y + BAR / 2
        out.append(f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{html.escape(name)}</text>')
        out.append(f'<rect x="{LEFT}" y="{y}" width="{max(1, middle * scale):.1f}" height="{BAR}" '
                   f'fill="{COLOURS.get(name, "#5b7db1")}"/>')
        out.append(f'<line x1="{LEFT + low * scale:.1f}" x2="{LEFT + high * scale:.1f}" y1="{centre}" y2="{centre}" '
                   'stroke="#222222" stroke-width="1.5"/>')
        out.append(f'<text x="{LEFT + high * scale + 8:.1f}" y="{y + 15}">{middle:,.{digits}f} {html.escape(unit)}</text>')
        y += BAR + 12
    out.append("</svg>")
    return "\n".join(out) + "\n"


LINES_HEIGHT = 330
TOP = 46
BOTTOM = 46
MARK = 4


def lines(title, unit, x_title, series, is_log_y=False):
    """Lines over the powers of ten; `series` maps a name to {x: measured values}. From 0, unless `is_log_y`."""
    xs = sorted({x for points in series.values() for x in points})
    every = [value for points in series.values() for values in points.values() for value in values]
    # All of a chart of few values of x, such as 1 to 4, is more even without logarithms.
    is_log_x = xs[-1] >= 50
    span = [math.log10(x) if is_log_x else x for x in xs]
    low, high = (10 ** math.floor(math.log10(min(every))), 10 ** math.ceil(math.log10(max(every)))) if is_log_y else (0, max(every) * 1.08)
    if is_log_y and low == high:
        high = low * 10
    width, height = WIDTH - 70 - RIGHT, LINES_HEIGHT - TOP - BOTTOM

    def at_x(x):
        value = math.log10(x) if is_log_x else x
        return 70 + (value - span[0]) / max(span[-1] - span[0], 1e-9) * width

    def at_y(value):
        part = (math.log10(value / low) / math.log10(high / low)) if is_log_y else value / high
        return TOP + (1 - part) * height

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {LINES_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{LINES_HEIGHT}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{html.escape(title)}, {html.escape(unit)}</text>',
    ]
    ticks = [low * 10 ** i for i in range(round(math.log10(high / low)) + 1)] if is_log_y else even_ticks(high)
    for tick in ticks:
        y = at_y(tick)
        out.append(f'<line x1="70" x2="{70 + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="62" y="{y + 4:.1f}" text-anchor="end">{tick:,.10g}</text>')
    for x in xs:
        out.append(f'<text x="{at_x(x):.1f}" y="{LINES_HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,}</text>')
    out.append(f'<text x="{70 + width / 2}" y="{LINES_HEIGHT - 8}" text-anchor="middle">{html.escape(x_title)}</text>')
    ends = []
    for name, points in series.items():
        colour = COLOURS.get(name.split(",")[0], "#5b7db1")
        dash = ' stroke-dasharray="5 4"' if "," in name else ""
        path = [(at_x(x), at_y(statistics.median(points[x]))) for x in sorted(points)]
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dash} points="'
                   + " ".join(f"{x:.1f},{y:.1f}" for x, y in path) + '"/>')
        for x in sorted(points):
            out.append(f'<line x1="{at_x(x):.1f}" x2="{at_x(x):.1f}" y1="{at_y(max(points[x])):.1f}" y2="{at_y(min(points[x])):.1f}" '
                       f'stroke="{colour}"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{MARK}" fill="{colour}"/>' for x, y in path]
        ends.append((path[-1][1], path[-1][0], name, colour))
    # Names beside the last points, none on another.
    last = -100
    for y, x, name, colour in sorted(ends):
        last = max(y, last + 15)
        out.append(f'<text x="{70 + width + 10:.1f}" y="{last + 4:.1f}" fill="{colour}">{html.escape(name)}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def even_ticks(high):
    """About five round numbers from 0 to `high`."""
    step = 10 ** math.floor(math.log10(high / 5))
    step *= next(factor for factor in (1, 2, 5, 10) if high / (step * factor) <= 6)
    return [step * i for i in range(int(high / step) + 1)]
