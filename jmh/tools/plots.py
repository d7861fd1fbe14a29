"""Bar charts as SVG, without any library: a bar is a median, the line on it reaches from the minimum to the maximum."""

import html
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
