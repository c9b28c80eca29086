"""What may be in a picture: elements and attributes that draw, nothing that acts or fetches."""

from __future__ import annotations

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
XLINK_NAMESPACE = "http://www.w3.org/1999/xlink"

ELEMENTS = frozenset(
    {
        "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
        "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern",
        "marker", "style", "switch",
    }
)  # fmt: skip
#: Elements that hold text.
TEXTS = frozenset({"title", "desc", "text", "tspan", "style"})

ATTRIBUTES = frozenset(
    {
        "id", "class", "style", "transform", "viewBox", "preserveAspectRatio", "width", "height", "x", "y", "x1", "y1",
        "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "fr", "d", "points", "dx", "dy", "rotate", "pathLength",
        "textLength", "lengthAdjust", "offset", "gradientUnits", "gradientTransform", "spreadMethod", "patternUnits",
        "patternContentUnits", "patternTransform", "clipPathUnits", "maskUnits", "maskContentUnits", "markerWidth",
        "markerHeight", "markerUnits", "refX", "refY", "orient", "fill", "fill-opacity", "fill-rule", "stroke",
        "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
        "stroke-dasharray", "stroke-dashoffset", "opacity", "color", "stop-color", "stop-opacity", "clip-path",
        "clip-rule", "mask", "marker-start", "marker-mid", "marker-end", "display", "visibility", "overflow",
        "font-family", "font-size", "font-style", "font-weight", "font-variant", "letter-spacing", "word-spacing",
        "text-anchor", "text-decoration", "dominant-baseline", "alignment-baseline", "baseline-shift",
        "writing-mode", "vector-effect", "shape-rendering", "text-rendering", "paint-order", "mix-blend-mode",
        "role", "aria-label", "aria-hidden", "href", "version",
    }
)  # fmt: skip
